"""`make run`: everything on one machine, as a tree of processes that lives and dies with its parent.

Standard library only, and nothing of Django: this process stays about 15 MB small.
"""

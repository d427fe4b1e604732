"""Programs that fail, as an application would: run under the official SDK, never imported.

Words that are replaced, so that one program stands for thousands of issues (see `events/naming.py`):
gizmo/Gizmo/GIZMO the thing, frob/Frob the verb, zonk the place, 7001001 a number of the issue, 7001002 of the event,
and pat.tester@example.org, Pat Tester and the other planted values are replaced by the person of the event.
"""

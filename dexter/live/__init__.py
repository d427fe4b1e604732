"""Live updates between the processes: what changed goes into a short stream in Redis, open pages read it.

    publish(["issue:12", "issue:13"], {"new": [13]})      # from any process, after the commit
    async for event in events({"issue:*"}, last="..."):    # in a web process, for one open page

A topic is a kind, or a kind and a number: `freshness`, `issue:12`, `job:5`, `user:3`. A page may ask for all
of a kind, `issue:*`. An event says that something changed, not what: the page asks for what it shows.
"""

from dexter.live.hub import events
from dexter.live.publishing import publish
from dexter.live.topics import Event, is_topic

__all__ = ["Event", "events", "is_topic", "publish"]

"""Comments and Sentry's notes: sent in order, looked up before they are sent again, taken over from there."""

from issues.sync.notes.pull import adopt_notes, pull_notes
from issues.sync.notes.push import push_notes
from issues.sync.notes.texts import note_text, written_text

__all__ = ["adopt_notes", "note_text", "pull_notes", "push_notes", "written_text"]

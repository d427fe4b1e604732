"""Why something cannot be done, in words for the person who asked."""


class Refused(Exception):
    """The action cannot be done on these issues; the message says why and what can be done."""

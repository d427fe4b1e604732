"""What a search that cannot be understood, or not be answered, is answered with."""


class SearchError(ValueError):
    """A search that cannot be parsed: what is wrong, where, and what would be right.

    `start` and `end` are offsets into the text that was given (`text[start:end]` is the place; it may be
    empty at the end of the text). `hint` is "" where there is nothing useful to add.
    """

    summary = "The search cannot be read"

    def __init__(self, message: str, start: int, end: int, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.start = start
        self.end = end
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message}, {self.hint}." if self.hint else f"{self.message}."


class Unanswerable(SearchError):
    """A search that was read, and asks for what Dexter cannot tell."""

    summary = "The search cannot be answered"

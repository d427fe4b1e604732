"""What a reader raises when its part of an event has no shape it knows."""


class Unreadable(Exception):
    """One section of an event cannot be read; the others may well be.

    `section` is the part ("breadcrumbs"), `reason` what was found instead, for a person to read.
    """

    def __init__(self, section: str, reason: str) -> None:
        super().__init__(f"{section}: {reason}")
        self.section = section
        self.reason = reason


def wrong_type(section: str, expected: str, found: object) -> Unreadable:
    return Unreadable(
        section, f"expected {expected}, found {_JSON_NAMES.get(type(found), type(found).__name__)}"
    )


_JSON_NAMES = {
    dict: "an object",
    list: "a list",
    str: "a text",
    int: "a number",
    float: "a number",
    bool: "a boolean",
}

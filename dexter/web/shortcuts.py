"""The keyboard help: the words for what `aria-keyshortcuts` on the elements of the pages does."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Shortcut:
    """`keys`: the keys in turn, separated by blanks."""

    keys: str
    act: str


SHORTCUTS: dict[str, list[Shortcut]] = {
    "In a list": [
        Shortcut("J", "Next issue"),
        Shortcut("K", "Previous issue"),
        Shortcut("Enter", "Open"),
        Shortcut("X", "Select"),
        Shortcut("Shift X", "Select to here"),
        Shortcut("R", "Show what is new"),
        Shortcut("]", "Older page"),
        Shortcut("[", "Newer page"),
        Shortcut("Esc", "Close, then clear the selection"),
    ],
    "Triage": [
        Shortcut("E", "Resolve, or reopen"),
        Shortcut("I", "Archive until it escalates"),
        Shortcut("A", "Assign"),
        Shortcut("P", "Priority in Sentry"),
        Shortcut("M", "Merge"),
        Shortcut("L", "Labels"),
        Shortcut("C", "Comment"),
        Shortcut("U", "Undo"),
    ],
    "On an issue": [
        Shortcut("J", "Next issue of the list"),
        Shortcut("K", "Previous issue of the list"),
        Shortcut("N", "Newer event"),
        Shortcut("O", "Older event"),
        Shortcut("]", "Next release on the timeline"),
        Shortcut("[", "Previous release on the timeline"),
        Shortcut("Y", "Copy as Markdown"),
    ],
    "Everywhere": [
        Shortcut("/", "Search"),
        Shortcut("Ctrl K", "Search or run a command"),
        Shortcut("G I", "Go to the issues"),
        Shortcut("G D", "Go to the deadlocks"),
        Shortcut("G W", "Go to what next"),
        Shortcut("G N", "Go to the inbox"),
        Shortcut("G O", "Go to the changes waiting for Sentry"),
        Shortcut("G S", "Go to the settings"),
        Shortcut("?", "This help"),
    ],
}

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
        Shortcut("]", "Older page"),
        Shortcut("[", "Newer page"),
        Shortcut("Esc", "Close, then clear the selection"),
    ],
    "On an issue": [
        Shortcut("J", "Next issue of the list"),
        Shortcut("K", "Previous issue of the list"),
        Shortcut("N", "Newer event"),
        Shortcut("O", "Older event"),
        Shortcut("Y", "Copy as Markdown"),
    ],
    "Everywhere": [
        Shortcut("/", "Search"),
        Shortcut("G I", "Go to the issues"),
        Shortcut("G S", "Go to the settings"),
        Shortcut("?", "This help"),
    ],
}

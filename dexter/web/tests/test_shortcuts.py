"""The help names the keys that there are: of the scripts, of the templates, and those after G."""

import re
from pathlib import Path

from django.conf import settings

from dexter.web.portal import AREAS
from dexter.web.shortcuts import SHORTCUTS

ROOT = Path(settings.BASE_DIR)
TOLD = {shortcut.keys.lower() for group in SHORTCUTS.values() for shortcut in group}
WORDS = {"escape": "esc", "X": "shift x", "control+k": "ctrl k", "meta+k": "ctrl k"}


def found_in(folder: str, suffix: str, pattern: str) -> set[str]:
    text = "".join(path.read_text() for path in (ROOT / folder).rglob(f"*.{suffix}"))
    return {key for keys in re.findall(pattern, text) for key in keys.split()}


def test_every_key_that_does_something_is_in_the_help() -> None:
    keys = found_in("static/js", "js", r'onKey\("([^"]+)"')
    keys |= found_in("templates", "html", r'aria-keyshortcuts="([^"{]+)"')
    assert {WORDS.get(key) or WORDS.get(key.lower()) or key.lower() for key in keys} - TOLD == set()


def test_every_place_after_g_is_in_the_help_and_has_a_letter_of_its_own() -> None:
    letters = [area.key for area in AREAS]
    letters += sorted(found_in("templates", "html", r'data-goto="([a-z])"'))
    assert len(letters) == len(set(letters)), letters
    assert {f"g {letter}" for letter in letters} == {keys for keys in TOLD if keys.startswith("g ")}

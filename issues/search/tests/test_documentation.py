"""docs/search.md says what the table and the grammar say."""

import re
from pathlib import Path

import pytest

from issues.search import parse
from issues.search.fields import FAMILIES, FIELDS, IS_VALUES, REFUSED, Field

DOCUMENT = (Path(__file__).resolve().parents[3] / "docs" / "search.md").read_text()


def row(*cells: str) -> str:
    return "| " + " | ".join(cells) + " |\n"


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.key)
def test_every_key_is_documented(field: Field) -> None:
    aliases = ", ".join(f"`{alias}`" for alias in field.aliases)
    assert row(f"`{field.key}`", aliases, field.about, f"`{field.example}`") in DOCUMENT


def test_states_families_and_refusals_are_documented() -> None:
    assert all(row(f"`is:{state}`", about) in DOCUMENT for state, about in IS_VALUES.items())
    assert all(row(f"`{key}`", hint) in DOCUMENT for key, hint in REFUSED.items())
    assert all(f"`{family}`" in DOCUMENT for family in FAMILIES)


def test_every_search_of_the_summary_can_be_parsed() -> None:
    summary = DOCUMENT.split("## In short")[1].split("## Rules")[0]
    searches = [
        one for line in summary.splitlines()[4:] for one in re.findall(r"`([^`]+)`", line.split(" | ")[0])
    ]
    assert len(searches) > 15
    assert all(parse(one) for one in searches)

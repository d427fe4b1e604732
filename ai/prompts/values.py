"""What a prompt is made of and what comes of an answer. Values only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ai.prompts.people import Person


@dataclass(frozen=True)
class Marker:
    """Something that an answer may cite: its place is `tab` and `anchor` on the issue's page, or `url`."""

    kind: str
    label: str
    tab: str = ""
    anchor: str = ""
    url: str = ""


@dataclass(frozen=True)
class Line:
    """Of a further part: a text, and the letter of its marker; without one it cannot be cited.

    `label` names it where it is cited, else the beginning of the text; the rest is as in Marker.
    """

    text: str
    letter: str = ""
    kind: str = ""
    label: str = ""
    tab: str = ""
    anchor: str = ""
    url: str = ""


@dataclass(frozen=True)
class Extra:
    """A further part of a prompt, from the cache."""

    name: str
    label: str
    lines: Sequence[Line]


@dataclass(frozen=True)
class Part:
    """A piece of what is sent. `name` is what a person leaves out by; a required part stays."""

    name: str
    label: str
    text: str
    tokens: int
    is_required: bool = False
    is_left_out: bool = False


@dataclass(frozen=True)
class Prompt:
    """What is sent: `messages` are pairs of role and text, `markers` what may be cited.

    `estimated_tokens` is an estimate: servers count with the vocabulary of their model.
    """

    messages: tuple[tuple[str, str], ...]
    parts: tuple[Part, ...]
    context_hash: str
    estimated_tokens: int
    category: str
    markers: Mapping[str, Marker]


@dataclass(frozen=True)
class Template:
    """The words around an event. `version` is stored with every answer."""

    version: str
    system: str
    task: str


@dataclass(frozen=True)
class Citation:
    """A marker that an answer names and that is there; `count`: how often."""

    marker: str
    about: Marker
    count: int = 1


@dataclass(frozen=True)
class Checked:
    """What an answer cites. It is grounded when at least one of its markers is there."""

    citations: tuple[Citation, ...]
    invented: tuple[str, ...]

    @property
    def grounded(self) -> bool:
        return bool(self.citations)


@dataclass(frozen=True)
class RuleSummary:
    """What rules find. `points` are pairs of a label and a sentence, masked."""

    headline: str
    points: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Context:
    """What is known of an event: its `payload` as stored, the issue's `facts` by name, and what else helps.

    `history`: earlier questions and answers, oldest first. `people`: whose names are masked in all of it.
    """

    payload: Mapping[str, Any]
    facts: Sequence[tuple[str, object]] = ()
    question: str = ""
    history: Sequence[tuple[str, str]] = ()
    others: Sequence[Extra] = field(default_factory=tuple)
    people: Sequence[Person] = ()

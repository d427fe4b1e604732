"""A search in the words of Sentry's own issue search, as far as Sentry can run it."""

from collections.abc import Iterable
from typing import NamedTuple

from .ast import Filter, Node, Not, Pattern, Query, Text, key_text, value_text
from .fields import FIELDS
from .quoting import escape
from .times import Moment

_NAMES = {field.key: field.sentry for field in FIELDS}
_OWN_STATES = dict.fromkeys(("growing", "deadlock", "n+1", "slow_query"), "") | {
    "unhandled": "error.unhandled:true"
}


class SentryQuery(NamedTuple):
    """`text` for the `query` parameter, or None and the `reason` why Sentry cannot run the search."""

    text: str | None
    reason: str


class _Refused(Exception):  # noqa: N818 - says no, carries the sentence
    pass


def to_sentry(query: Query) -> SentryQuery:
    """The same search for Sentry: conditions that all hold, at most one free text.

    Sentry may still refuse `!` and `*` where the organisation lacks the advanced search feature. `me` is the
    owner of the token there.
    """
    try:
        return SentryQuery(" ".join(_written(query.terms)), "")
    except _Refused as refusal:
        return SentryQuery(None, str(refusal))


def _written(terms: Iterable[Node]) -> list[str]:
    texts = 0
    written = []
    for term in terms:
        texts += isinstance(term, Text)
        if texts > 1:
            raise _Refused("Sentry takes several words of free text as one string, in this order")
        written.append(_term(term))
    return written


def _term(term: Node) -> str:
    match term:
        case Text():
            return _text(term)
        case Filter():
            return _filter(term)
        case Not():
            raise _Refused("Sentry has no NOT for free text or for several conditions")
        case _:
            raise _Refused("Sentry's issue search has no OR")


def _text(text: Text) -> str:
    if text.prefix:
        raise _Refused("Sentry does not search free text by the beginning of a word")
    return '"' + escape(text.value) + '"'


def _filter(node: Filter) -> str:
    sign = "!" if node.negated else ""
    name = _NAMES.get(node.key, node.key) if node.namespace == "field" else key_text(node.namespace, node.key)
    if name is None:
        raise _Refused(f"Sentry does not know {node.key}:")
    if node.op == "has":
        return f"{sign}has:{name}"
    if node.key == "is" and node.namespace == "field":
        return sign + _state(str(node.value))
    if node.op == "=" and isinstance(node.value, Moment):
        return _within(name, node.value, node.negated)
    if len(node.values) > 1 and any(isinstance(value, Pattern) for value in node.values):
        raise _Refused("Sentry does not take wildcards in a list")
    values = [value_text(value) for value in node.values]
    body = values[0] if len(values) == 1 else f"[{', '.join(values)}]"
    return f"{sign}{name}:{'' if node.op == '=' else node.op}{body}"


def _state(state: str) -> str:
    # Every version of Sentry, and GlitchTip, knows "ignored".
    known = _OWN_STATES.get(state, "is:ignored" if state == "archived" else f"is:{state}")
    if not known:
        raise _Refused(f"Sentry does not know is:{state}")
    return known


def _within(name: str, moment: Moment, negated: bool) -> str:
    """Sentry takes an exact time with some minutes of tolerance, so the bounds are written out."""
    if negated:
        raise _Refused("Sentry cannot leave out a span of time")
    end = Moment(moment.at + moment.lasts, moment.lasts)
    return f"{name}:>={moment} {name}:<{end}"

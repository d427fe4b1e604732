"""The tree of a parsed search. Nodes are values: equal when they mean the same; `str()` gives canonical text.

Query(root)             root is None for an empty search (everything matches)
And(items) Or(items)    two or more items; no And directly inside an And, no Or inside an Or
Not(item)               around Text, And and Or; a filter carries its own `negated`
Filter                  key:value
Text                    free text, one word or a "quoted phrase"
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from .fields import is_reserved
from .quoting import escape, quote
from .times import Moment, Relative

Op = Literal["=", ">", ">=", "<", "<=", "has"]
Namespace = Literal["field", "tags", "flags"]
Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Pattern:
    """A value with wildcards: the literal parts between the stars, ("*" -> ("", ""))."""

    parts: tuple[str, ...]

    def __str__(self) -> str:
        return quote(self.parts)

    def matches(self, text: str) -> bool:
        """Whether the whole of `text` fits, ignoring case; linear in the length of the text."""
        text = text.lower()
        first, *middle, last = (part.lower() for part in self.parts)
        if not text.startswith(first):
            return False
        at = len(first)
        for part in middle:
            found = text.find(part, at)
            if found < 0:
                return False
            at = found + len(part)
        return len(text) - at >= len(last) and text.endswith(last)

    def like(self, sign: str = "\\") -> str:
        """The pattern for SQL's LIKE, with `sign` as its ESCAPE character."""
        return "%".join("".join(sign + c if c in f"%_{sign}" else c for c in part) for part in self.parts)


Value = str | int | bool | Pattern | Relative | Moment


@dataclass(frozen=True, slots=True)
class Filter:
    """One condition. Several values are alternatives. `op` "has" has none and asks whether there is any.

    `key` is canonical (fields.Field.key) in the namespace "field", and the bare name of a tag or feature
    flag in the others. `span` is the place in the text it was read from and takes no part in comparison.
    """

    key: str
    op: Op
    values: tuple[Value, ...]
    negated: bool = False
    namespace: Namespace = "field"
    span: Span = field(default=(0, 0), compare=False)

    @property
    def value(self) -> Value:
        """The only, or first, value."""
        return self.values[0]

    def __str__(self) -> str:
        sign = "!" if self.negated else ""
        if self.op == "has":
            return f"{sign}has:{key_text(self.namespace, self.key)}"
        written = [value_text(value) for value in self.values]
        body = written[0] if len(written) == 1 else "[" + ", ".join(written) + "]"
        return f"{sign}{key_text(self.namespace, self.key)}:{'' if self.op == '=' else self.op}{body}"


@dataclass(frozen=True, slots=True)
class Text:
    """Free text: a word, the beginning of one (`prefix`), or words in this order (`phrase`)."""

    value: str
    phrase: bool = False
    prefix: bool = False
    span: Span = field(default=(0, 0), compare=False)

    def __str__(self) -> str:
        if self.phrase:
            return f'"{escape(self.value, chr(92) + chr(34))}"'
        return escape(self.value, '\\"*()') + ("*" if self.prefix else "")


@dataclass(frozen=True, slots=True)
class And:
    items: "tuple[Node, ...]"

    def __str__(self) -> str:
        return " ".join(f"({item})" if isinstance(item, Or) else str(item) for item in self.items)


@dataclass(frozen=True, slots=True)
class Or:
    items: "tuple[Node, ...]"

    def __str__(self) -> str:
        return " OR ".join(str(item) for item in self.items)


@dataclass(frozen=True, slots=True)
class Not:
    item: "Text | And | Or"

    def __str__(self) -> str:
        return f"NOT {self.item}" if isinstance(self.item, Text) else f"NOT ({self.item})"


Node = Filter | Text | And | Or | Not


@dataclass(frozen=True, slots=True)
class Query:
    """A parsed search; `str()` of it parses to an equal one."""

    root: Node | None = None

    def __str__(self) -> str:
        return "" if self.root is None else str(self.root)

    def __bool__(self) -> bool:
        return self.root is not None

    @property
    def terms(self) -> tuple[Node, ...]:
        """What has to hold together: the items of the outermost AND, or the one node there is."""
        if self.root is None:
            return ()
        return self.root.items if isinstance(self.root, And) else (self.root,)

    def filters(self) -> Iterator[Filter]:
        """Every filter, wherever it stands."""
        return (node for node in self._walk() if isinstance(node, Filter))

    def texts(self) -> Iterator[Text]:
        """Every free text, wherever it stands."""
        return (node for node in self._walk() if isinstance(node, Text))

    def _walk(self) -> Iterator[Node]:
        waiting = [self.root] if self.root else []
        while waiting:
            node = waiting.pop()
            yield node
            if isinstance(node, And | Or):
                waiting.extend(reversed(node.items))
            elif isinstance(node, Not):
                waiting.append(node.item)


def key_text(namespace: Namespace, key: str) -> str:
    """A key as it is typed: a tag that looks like a field, or has odd characters, is written tags[...]."""
    if namespace == "flags":
        return f'flags["{escape(key, chr(92) + chr(34))}"]'
    plain = key.replace(".", "").replace("-", "").replace("_", "")
    safe = plain.isalnum() and plain.isascii() and not key[0].isdigit() and key[0] not in ".-"
    if namespace == "field" or (safe and not is_reserved(key)):
        return key
    return f'tags["{escape(key, chr(92) + chr(34))}"]'


def value_text(value: Value) -> str:
    """A value as it is typed."""
    if isinstance(value, str):
        return quote((value,))
    return str(value).lower() if isinstance(value, bool) else str(value)

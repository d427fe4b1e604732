"""Checks a JSON value against the part of JSON Schema that Dexter asks models for.

Known are `type`, `properties`, `required`, `additionalProperties: false`, `items`, `enum`, `minItems`,
`maxItems`, `minLength`, `maxLength`, `minimum` and `maximum` (https://json-schema.org/draft/2020-12).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from ai.llm.errors import WrongShape
from ai.llm.values import Schema

KNOWN = frozenset({
    "type", "properties", "required", "additionalProperties", "items", "enum", "minItems", "maxItems",
    "minLength", "maxLength", "minimum", "maximum", "title", "description",
})  # fmt: skip
MOST_PROBLEMS = 5
_FENCE = "```"


def read_json(text: str, schema: Schema) -> Any:
    """The value that a model's answer holds, checked. Raises WrongShape.

    Models without structured output put a code block or sentences around it: the first object counts.
    """
    value = _value(text)
    problems = tuple(_first(problems_of(value, schema)))
    if problems:
        raise WrongShape(problems=problems)
    return value


def _value(text: str) -> Any:
    body = text.strip()
    if _FENCE in body:
        body = body.split(_FENCE, 2)[1].removeprefix("json")
    start = body.find("{")
    if start < 0:
        raise WrongShape("The answer holds no JSON object.")
    try:
        return json.JSONDecoder().raw_decode(body, start)[0]
    except (ValueError, RecursionError) as error:
        raise WrongShape(f"The answer is no JSON: {error}") from error


def _first(problems: Iterator[str]) -> Iterator[str]:
    for _, problem in zip(range(MOST_PROBLEMS), problems, strict=False):
        yield problem


def problems_of(value: Any, schema: Schema, where: str = "answer") -> Iterator[str]:
    """What is wrong with the value, as sentences. Raises ValueError for a schema with unknown words."""
    unknown = set(schema) - KNOWN
    if unknown:
        raise ValueError(f"these words of a schema are not known here: {sorted(unknown)}")
    kind = schema.get("type")
    if kind is not None and not any(_is(value, name) for name in ([kind] if isinstance(kind, str) else kind)):
        yield f"{where} is not of type {kind}"
        return
    if "enum" in schema and value not in schema["enum"]:
        yield f"{where} is none of {', '.join(map(str, schema['enum']))}"
    if isinstance(value, Mapping):
        yield from _object(value, schema, where)
    elif isinstance(value, list):
        yield from _size(len(value), schema, "Items", where)
        for number, item in enumerate(value):
            yield from problems_of(item, schema.get("items", {}), f"{where}[{number}]")
    elif isinstance(value, str):
        yield from _size(len(value), schema, "Length", where)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield from _bounds(value, schema, where)


def _object(value: Mapping[str, Any], schema: Schema, where: str) -> Iterator[str]:
    properties = schema.get("properties", {})
    for name in schema.get("required", ()):
        if name not in value:
            yield f"{where}.{name} is missing"
    for name, item in value.items():
        if name in properties:
            yield from problems_of(item, properties[name], f"{where}.{name}")
        elif schema.get("additionalProperties") is False:
            yield f"{where}.{name} was not asked for"


def _size(size: int, schema: Schema, unit: str, where: str) -> Iterator[str]:
    if size < schema.get(f"min{unit}", 0):
        yield f"{where} is too short"
    if size > schema.get(f"max{unit}", size):
        yield f"{where} is too long"


def _bounds(value: float, schema: Schema, where: str) -> Iterator[str]:
    if value < schema.get("minimum", value):
        yield f"{where} is below {schema['minimum']}"
    if value > schema.get("maximum", value):
        yield f"{where} is above {schema['maximum']}"


def _is(value: Any, kind: str) -> bool:
    if kind == "null":
        return value is None
    if kind == "boolean":
        return isinstance(value, bool)
    if kind == "integer":
        return not isinstance(value, bool) and (
            isinstance(value, int) or (isinstance(value, float) and value.is_integer())
        )
    if kind == "number":
        return isinstance(value, int | float) and not isinstance(value, bool)
    return isinstance(value, {"object": Mapping, "array": list, "string": str}[kind])

"""Sentry's public OpenAPI document, for checking the client's requests: paths, query parameters, bodies.

The document is not part of the project (its licence is another one); it is looked for in the folder
`DEXTER_SHARED`, by default `shared` beside the checkout.
"""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import jsonschema  # type: ignore[import-untyped]

ROOT = Path(__file__).resolve().parents[4]
SHARED = Path(os.environ.get("DEXTER_SHARED") or ROOT.parent / "shared")


@cache
def document() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((SHARED / "sentry" / "openapi-subset.json").read_text())
    return found


def resolved(value: Any) -> Any:
    """A part of the document without `$ref`, and with JSON Schema's way of saying nullable."""
    if isinstance(value, list):
        return [resolved(item) for item in value]
    if not isinstance(value, dict):
        return value
    if "$ref" in value:
        found: Any = document()
        for step in value["$ref"].removeprefix("#/").split("/"):
            found = found[step]
        return resolved(found)
    out = {key: resolved(inner) for key, inner in value.items()}
    if out.pop("nullable", False) and isinstance(out.get("type"), str):
        out["type"] = [out["type"], "null"]
    return out


@dataclass(frozen=True)
class Operation:
    template: str
    method: str
    parameters: dict[str, dict[str, Any]]
    body: dict[str, Any] | None


@cache
def operations() -> tuple[tuple[re.Pattern[str], Operation], ...]:
    return tuple(
        (_pattern(template), _operation(template, method, item))
        for template, methods in document()["paths"].items()
        for method, item in methods.items()
        if method in {"get", "put", "post", "delete"}
    )


def _pattern(template: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\{[^}]+\\}", "[^/]+", re.escape(template)) + "$")


def _operation(template: str, method: str, item: dict[str, Any]) -> Operation:
    parameters = [resolved(parameter) for parameter in item.get("parameters", [])]
    body = (
        resolved(item["requestBody"])["content"]["application/json"]["schema"]
        if "requestBody" in item
        else None
    )
    names = {parameter["name"]: parameter for parameter in parameters if parameter["in"] == "query"}
    return Operation(template, method.upper(), names, body)


def find(method: str, path: str) -> Operation | None:
    """The operation of a path as sent (ids still encoded), the one with the fewest placeholders."""
    found = [op for pattern, op in operations() if op.method == method and pattern.match(path)]
    return min(found, key=lambda op: op.template.count("{"), default=None)


def violations(method: str, url: str, body: Any) -> list[str]:
    """What is wrong with a request, in words; empty if it is right."""
    parts = urlsplit(url)
    operation = find(method, parts.path)
    if operation is None:
        return [f"{method} {unquote(parts.path)} is not in the document"]
    query = parse_qsl(parts.query, keep_blank_values=True)
    return [*_query_violations(operation, query), *_body_violations(operation, body)]


def _query_violations(operation: Operation, query: list[tuple[str, str]]) -> list[str]:
    out = []
    for name in dict.fromkeys(name for name, _ in query):
        values = [value for key, value in query if key == name]
        parameter = operation.parameters.get(name)
        if parameter is None:
            out.append(f"parameter {name} does not exist")
        else:
            out.extend(_value_violations(name, values, parameter["schema"]))
    missing = {name for name, parameter in operation.parameters.items() if parameter.get("required")}
    out.extend(f"parameter {name} is required" for name in sorted(missing - {name for name, _ in query}))
    return out


def _value_violations(name: str, values: list[str], schema: dict[str, Any]) -> list[str]:
    many = schema.get("type") == "array"
    if len(values) > 1 and not many:
        return [f"parameter {name} is given more than once"]
    one = schema["items"] if many else schema
    return [f"parameter {name}: {value!r} does not fit {one}" for value in values if not _fits(value, one)]


def _fits(value: str, schema: dict[str, Any]) -> bool:
    """A value of a query string is text; it fits if any reading of it does."""
    readings: list[Any] = [value]
    if re.fullmatch(r"-?\d+", value):
        readings.append(int(value))
    if value in {"0", "1", "true", "false"}:
        readings.append(value in {"1", "true"})
    if schema.get("format") == "date-time" and not re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:.]+Z", value):
        return False
    return any(_valid(reading, schema) for reading in readings)


def _valid(value: Any, schema: dict[str, Any]) -> bool:
    return not list(jsonschema.Draft202012Validator(schema).iter_errors(value))


def _body_violations(operation: Operation, body: Any) -> list[str]:
    if operation.body is None:
        return [] if body is None else ["a body is sent where none is described"]
    if body is None:
        return ["a body is required"]
    validator = jsonschema.Draft202012Validator(strict(operation.body))
    return [f"body {error.json_path}: {error.message}" for error in validator.iter_errors(body)]


def strict(schema: Any) -> Any:
    """Without `required` (the generator marks every key so; partial bodies are the rule), without extra
    keys.
    """
    if isinstance(schema, list):
        return [strict(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    out = {key: strict(value) for key, value in schema.items() if key != "required"}
    if "properties" in out:
        out.setdefault("additionalProperties", False)
    return out

"""Reads the official OpenAPI document leniently: types of what is there bind, `required` lists do not."""

import json
import os
from functools import cache
from pathlib import Path
from typing import Any

from openapi_schema_validator import OAS30Validator

ROOT = Path(__file__).resolve().parents[5]


@cache
def folder() -> Path:
    """Where the official document and its examples are. Fails loudly where they are not."""
    found = Path(os.environ.get("DEXTER_SHARED", ROOT.parent / "shared")) / "sentry"
    assert found.is_dir(), f"the contract tests need {found}; set DEXTER_SHARED"
    return found


@cache
def document() -> Any:
    return json.loads((folder() / "openapi-subset.json").read_text())


def operation(method: str, path: str) -> Any:
    return document()["paths"][path][method.lower()]


def response_schema(method: str, path: str, status: int) -> Any:
    """The JSON schema of an answer with every reference written out, None where there is no body."""
    found = operation(method, path)["responses"].get(str(status), {})
    content = found.get("content", {}).get("application/json")
    return _lenient(content["schema"]) if content else None


def _lenient(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_lenient(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        target: Any = document()
        for part in schema["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        return _lenient(target)
    kept = {}
    for key, value in schema.items():
        if key == "properties":
            kept[key] = {name: _lenient(part) for name, part in value.items()}
        elif key not in ("required", "example", "format"):
            kept[key] = _lenient(value)
    return kept


def type_errors(schema: Any, body: Any) -> list[str]:
    return [
        f"{'/'.join(map(str, e.absolute_path))}: {e.message[:160]}"
        for e in OAS30Validator(schema).iter_errors(body)
    ]


def unknown_keys(schema: Any, body: Any, place: str = "") -> list[str]:
    """Keys of the body that the schema does not know, where it lists the keys of an object at all."""
    variants = _variants(schema)
    if isinstance(body, list):
        items = [variant["items"] for variant in variants if "items" in variant]
        return (
            [key for row in body[:3] for key in unknown_keys({"anyOf": items}, row, place + "[]")]
            if items
            else []
        )
    if not isinstance(body, dict):
        return []
    described = [variant for variant in variants if variant.get("properties")]
    if not described or any(variant.get("additionalProperties") for variant in variants):
        return []
    known: dict[str, list[Any]] = {}
    for variant in described:
        for name, part in variant["properties"].items():
            known.setdefault(name, []).append(part)
    found = [f"{place}.{key}" for key in body if key not in known]
    for key, value in body.items():
        if key in known:
            found += unknown_keys({"anyOf": known[key]}, value, f"{place}.{key}")
    return found


def _variants(schema: Any) -> list[Any]:
    found = [schema]
    for word in ("anyOf", "oneOf", "allOf"):
        for part in schema.get(word, []):
            found += _variants(part)
    return found


def query_names(method: str, path: str) -> set[str]:
    return {
        each["name"]
        for each in map(_resolved, operation(method, path).get("parameters", []))
        if each["in"] == "query"
    }


def _resolved(parameter: Any) -> Any:
    return (
        document()["components"]["parameters"][parameter["$ref"].rsplit("/", 1)[1]]
        if "$ref" in parameter
        else parameter
    )


def example(name: str) -> Any:
    return json.loads((folder() / "examples" / f"{name}.json").read_text())

"""Which kind of error an event is."""

import pytest

from ai.prompts import PLAIN
from ai.prompts.categories import LABELS, builtin, category_of
from issues.payload.tests.events import api_event, entry, exception, frame


def event(type_, value="", module=None, **fields):
    made = exception(type_, frame("f"), value=value)
    made["module"] = module
    return api_event(entries=[entry("exception", {"values": [made]})], **fields)


@pytest.mark.parametrize(
    ("type_", "value", "module", "expected"),
    [
        ("DeadlockDetected", "deadlock detected", "psycopg.errors", "deadlock"),
        ("OperationalError", "deadlock detected\nDETAIL: Process 1 waits", "django.db.utils", "deadlock"),
        ("OperationalError", "server closed the connection", "django.db.utils", "database"),
        ("IntegrityError", "duplicate key value violates unique constraint", "psycopg", "database"),
        ("DoesNotExist", "Order matching query does not exist.", "shop.models", "database"),
        ("AttributeError", "'NoneType' object has no attribute 'price'", None, "null_attribute"),
        ("TypeError", "Cannot read properties of undefined (reading 'id')", None, "null_attribute"),
        ("ReferenceError", "cart is not defined", None, "null_attribute"),
        ("TypeError", "unsupported operand type(s) for +: 'int' and 'str'", None, "type_value"),
        ("ValueError", "invalid literal for int() with base 10: 'x'", None, "type_value"),
        ("ZeroDivisionError", "division by zero", None, "type_value"),
        ("KeyError", "'price'", None, "key_index"),
        ("IndexError", "list index out of range", None, "key_index"),
        ("ModuleNotFoundError", "No module named 'shop'", None, "import"),
        ("ConnectionRefusedError", "[Errno 111] Connection refused", None, "network"),
        ("ReadTimeout", "timed out", "httpx", "timeout"),
        ("PoolTimeout", "couldn't get a connection after 30.00 sec", "psycopg_pool", "timeout"),
        ("SSLCertVerificationError", "certificate verify failed", "ssl", "tls"),
        ("HTTPError", "404 Client Error: Not Found", "requests", "http_4xx"),
        ("HTTPError", "502 Server Error: Bad Gateway", "requests", "http_5xx"),
        ("PermissionDenied", "needs the permission receipt.archive", "admin.access", "auth"),
        ("HTTPError", "429 Too Many Requests", "requests", "rate_limit"),
        ("JSONDecodeError", "Expecting value: line 1 column 1", "json.decoder", "serialization"),
        ("UnicodeDecodeError", "'utf-8' codec can't decode byte", None, "serialization"),
        ("FileNotFoundError", "[Errno 2] No such file or directory: 'x'", None, "file_system"),
        ("MemoryError", "", None, "memory"),
        ("RuntimeError", "dictionary changed size during iteration", None, "concurrency"),
        ("ExceptionGroup", "unhandled errors in a TaskGroup", None, "concurrency"),
        ("Warning", "N+1 queries in cart", None, "n_plus_one"),
        ("ShopClosed", "come back tomorrow", "shop", "other"),
    ],
)
def test_a_category(type_, value, module, expected):
    assert category_of(event(type_, value, module)) == expected


@pytest.mark.parametrize(
    ("module", "expected"),
    [("django.core.handlers", "django"), ("flask.app", "flask"), ("fastapi.routing", "fastapi"),
     ("node_modules/express/lib", "express"), ("react-dom", "react")],
)  # fmt: skip
def test_what_no_rule_knows_is_put_to_its_framework(module, expected):
    made = exception("Odd", {**frame("f"), "module": module}, value="odd")
    made["module"] = None
    assert category_of(api_event(entries=[entry("exception", {"values": [made]})])) == expected


def test_a_browser_and_what_cannot_be_read():
    assert category_of(event("Odd", "odd", platform="javascript")) == "javascript"
    assert category_of({"entries": 7}) == "other"
    assert category_of({"title": "KeyError: 'x'"}) == "key_index"


def test_every_category_has_a_template():
    made = {name: builtin(name, PLAIN) for name in LABELS}
    assert len({template.version for template in made.values()}) == len(LABELS) > 20
    assert "order for all" in made["deadlock"].task
    assert made["other"].task == PLAIN.task

"""The control room under /_sandbox/: true state, journal, faults, clock. No token, loopback only."""

import html
import json
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from dexter.sentry.sandbox.clock import iso
from dexter.sentry.sandbox.http import ApiError, Request, Response, html_response, json_response, not_found
from dexter.sentry.sandbox.shapes.issue import short_id
from dexter.sentry.sandbox.tokens import Token, expand
from dexter.sentry.sandbox.webhooks import bodies
from dexter.sentry.sandbox.world.changes import activities
from dexter.sentry.sandbox.world.model import Issue

if TYPE_CHECKING:
    from dexter.sentry.sandbox.state import Sandbox

LOOPBACK = ("127.0.0.1", "::1", "localhost", "testclient", "")
MANY = 5000


def true_state(sandbox: "Sandbox", issue: Issue) -> dict[str, Any]:
    """What an issue really is, in the sandbox's own words."""
    return {
        "id": str(issue.id),
        "shortId": short_id(sandbox.world, issue),
        "project": sandbox.world.projects[issue.project].slug,
        "status": issue.status,
        "substatus": issue.substatus,
        "statusDetails": {key: value for key, value in (issue.details or {}).items() if key != "seen"},
        "priority": issue.priority,
        "assignedTo": ":".join(issue.assigned) if issue.assigned else None,
        "count": issue.count,
        "userCount": issue.users,
        "firstSeen": iso(issue.first),
        "lastSeen": iso(issue.last),
        "bookmarkedBy": sorted(issue.bookmarked or ()),
        "seenBy": sorted(issue.seen or ()),
        "subscribedBy": sorted(issue.subscribed or ()),
        "shareId": issue.share,
        "inbox": issue.inbox is not None,
        "pending": issue.gone,
        "notes": [
            {"id": str(note["id"]), "user": note["user"], "text": note["text"]} for note in issue.notes or []
        ],
        "hashes": [sandbox.world.hash_of(stream) for stream in issue.streams],
    }


def _index(sandbox: "Sandbox", request: Request) -> Response:
    body = {
        "server": f"sandbox Sentry, flavour {sandbox.options.flavour}",
        "organization": "acme",
        "now": iso(sandbox.clock.now()),
        "forwarded": sandbox.clock.forwarded,
        "seed": sandbox.options.seed,
        "pace": sandbox.arrivals.pace,
        "issues": sum(1 for _ in sandbox.world.visible()),
        "events": sum(issue.count for issue in sandbox.world.visible()),
        "merged": len(sandbox.world.merged),
        "deleted": len(sandbox.world.deleted),
        "rate_limit": sandbox.limiter.limit,
        "refused": sandbox.limiter.refused,
        "faults": sandbox.faults.listed(),
        "webhooks": {"url": sandbox.sender.url, **sandbox.sender.counts},
        "journal": sandbox.journal.counters(),
        "tokens": {
            value: sorted(token.scopes) for value, token in sandbox.tokens.items() if "user" not in value
        },
        "paths": {
            path: (function.__doc__ or "").strip().split("\n")[0] for path, function in sorted(PATHS.items())
        },
    }
    if "text/html" in request.headers.get("accept", ""):
        return html_response(_page(body))
    return json_response(body)


def _page(body: dict[str, Any]) -> str:
    """The same for people: a table, without style or script."""
    rows = "".join(
        f"<tr><th scope='row'>{html.escape(key)}</th><td><pre>{html.escape(_text(value))}</pre></td></tr>"
        for key, value in body.items()
    )
    title = "Sandbox Sentry: control room"
    return f"<!doctype html><html lang='en'><head><meta charset='utf-8'><title>{title}</title></head><body><h1>{title}</h1><table>{rows}</table></body></html>"  # noqa: E501


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, indent=1)


def _issue(sandbox: "Sandbox", request: Request, text: str) -> Response:
    """GET: the true state of one issue; `mergedInto` or `deleted` where it is gone."""
    number = int(text) if text.isdigit() else 0
    if number in sandbox.world.merged:
        return json_response({"id": text, "mergedInto": str(sandbox.world.merged[number])})
    if number in sandbox.world.deleted:
        return json_response({"id": text, "deleted": True})
    issue = sandbox.world.issues.get(number) or sandbox.world.issue_by(text)
    if issue is None:
        raise not_found()
    state = true_state(sandbox, issue)
    state["activity"] = [
        {key: entry[key] for key in ("id", "type", "user", "data")}
        for entry in activities(sandbox.world, issue)
    ]
    return json_response(state)


def _issues(sandbox: "Sandbox", request: Request) -> Response:
    """GET ?after=ID&limit=N: true states by rising id, and merged and deleted ids."""
    after, limit = int(request.one("after") or 0), int(request.one("limit") or MANY)
    found = [issue for number, issue in sorted(sandbox.world.issues.items()) if number > after][:limit]
    return json_response(
        {
            "issues": [true_state(sandbox, issue) for issue in found],
            "next": str(found[-1].id) if len(found) == limit else None,
            "merged": {str(child): str(parent) for child, parent in sandbox.world.merged.items()},
            "deleted": [str(number) for number in sorted(sandbox.world.deleted)],
        }
    )


def _log(sandbox: "Sandbox", request: Request) -> Response:
    """GET ?after=N&limit=N: the requests it got, and counters that are never cut. DELETE empties both."""
    if request.method == "DELETE":
        sandbox.journal.clear()
        return json_response({"cleared": True})
    lines = sandbox.journal.after(int(request.one("after") or 0), int(request.one("limit") or 1000))
    return json_response({"requests": lines, "counters": sandbox.journal.counters()})


def _faults(sandbox: "Sandbox", request: Request) -> Response:
    """GET, POST {kind, path, method, count, probability, skip, ms, status, body}, DELETE (?id=N)."""
    if request.method == "POST":
        try:
            sandbox.faults.add(request.json())
        except ValueError as error:
            raise ApiError(400, {"detail": str(error)}) from None
    elif request.method == "DELETE":
        number = request.one("id")
        sandbox.faults.clear(int(number) if number else None)
    return json_response({"faults": sandbox.faults.listed()})


def _clock(sandbox: "Sandbox", request: Request) -> Response:
    """GET, POST {forward_seconds} and {pace}: what is due arrives at once."""
    if request.method == "POST":
        body = request.json()
        sandbox.clock.forward(float(body.get("forward_seconds", 0)))
        if "pace" in body:
            sandbox.arrivals.set_pace(float(body["pace"]))
        sandbox.advance()
        sandbox.results.clear()
    return json_response(
        {"now": iso(sandbox.clock.now()), "forwarded": sandbox.clock.forwarded, "pace": sandbox.arrivals.pace}
    )


def _rate_limit(sandbox: "Sandbox", request: Request) -> Response:
    """GET, POST {limit, window, concurrent, endpoint_limits, bare_string}; limit 0 is no limit."""
    limiter = sandbox.limiter
    if request.method == "POST":
        body = request.json()
        for name in ("limit", "window", "concurrent", "endpoint_limits", "bare_string"):
            if name in body:
                setattr(limiter, name, body[name])
    names = ("limit", "window", "concurrent", "endpoint_limits", "bare_string", "refused")
    return json_response({name: getattr(limiter, name) for name in names})


def _switches(sandbox: "Sandbox", request: Request) -> Response:
    """GET, POST {old_refusals, no_advanced_search, merge_seconds}: how older servers behave."""
    if request.method == "POST":
        sandbox.switches = replace(sandbox.switches, **request.json())
    return json_response(
        {name: getattr(sandbox.switches, name) for name in sandbox.switches.__dataclass_fields__}
    )


def _tokens(sandbox: "Sandbox", request: Request) -> Response:
    """POST {revoke} takes a token away, {value, scopes, user_id} makes one."""
    if request.method == "POST":
        body = request.json()
        if "revoke" in body:
            sandbox.tokens.pop(str(body["revoke"]), None)
        if "value" in body:
            user = int(body.get("user_id", 0))
            kind, bucket = ("user", f"user:{user}") if user else ("integration", "org")
            scopes = expand(tuple(body.get("scopes", ())))
            sandbox.tokens[body["value"]] = Token(body["value"], kind, user, scopes, bucket)
    return json_response({value: sorted(token.scopes) for value, token in sandbox.tokens.items()})


def _webhooks(sandbox: "Sandbox", request: Request) -> Response:
    """GET: what was sent. POST {url, secret} turns them on, {send: kind.action, issue} sends one now."""
    sender = sandbox.sender
    sent = None
    if request.method == "POST":
        body = request.json()
        sender.url = body.get("url", sender.url)
        sender.secret = body.get("secret", sender.secret)
        if "send" in body:
            sent = _send_now(sandbox, str(body["send"]), str(body.get("issue") or ""))
    return json_response(
        {"url": sender.url, "request_id": sent, **sender.counts, "sent": list(sender.sent)[-100:]}
    )


def _send_now(sandbox: "Sandbox", what: str, text: str) -> str | None:
    resource, _, action = what.partition(".")
    world = sandbox.world
    issue = world.issue_by(text) if text else next(iter(world.visible()), None)
    if issue is None:
        raise not_found()
    make: dict[str, Callable[[], dict[str, Any]]] = {
        "issue": lambda: {"issue": bodies.issue_data(world, issue)},
        "error": lambda: bodies.error_data(world, issue),
        "event_alert": lambda: bodies.event_alert_data(world, issue, "Send a notification for new issues"),
        "metric_alert": lambda: bodies.metric_alert_data(
            world, {"resolved": 2, "warning": 10}.get(action, 20), "Too many errors"
        ),
        "comment": lambda: bodies.comment_data(
            world, issue, {"id": 1, "text": "a comment", "user": 1, "at": sandbox.clock.now()}
        ),
        "installation": lambda: bodies.installation_data(),
    }
    if resource not in make:
        raise ApiError(400, {"detail": f"send must be one of {', '.join(make)} and an action"})
    return sandbox.sender.send(resource, action or "created", make[resource]())


def _events(sandbox: "Sandbox", request: Request) -> Response:
    """POST {issue, count}, {new_issues: N} or {regression: true}: makes them arrive now."""
    body = request.json()
    now = sandbox.clock.now()
    made: list[str] = []
    if body.get("issue"):
        issue = sandbox.world.issue_by(str(body["issue"]))
        if issue is None:
            raise not_found()
        sandbox.arrivals.event(issue, now, int(body.get("count", 1)))
        made.append(str(issue.id))
    made += [
        str(sandbox.arrivals.new_issue(now + place * 0.001).id)
        for place in range(int(body.get("new_issues", 0)))
    ]
    if body.get("regression"):
        issue = sandbox.arrivals.regression(now, sandbox.world.version)
        made += [str(issue.id)] if issue else []
    return json_response({"issues": made})


PATHS: dict[str, Callable[["Sandbox", Request], Response]] = {
    "": _index,
    "issues": _issues,
    "log": _log,
    "faults": _faults,
    "clock": _clock,
    "rate-limit": _rate_limit,
    "switches": _switches,
    "tokens": _tokens,
    "webhooks": _webhooks,
    "events": _events,
}


def control(sandbox: "Sandbox", request: Request) -> Response:
    """Answers a request to the control room. 403 for everybody who is not on this machine."""
    if request.client not in LOOPBACK:
        return json_response({"detail": "The control room answers on loopback only."}, 403)
    parts = request.path.removeprefix("/_sandbox/").strip("/").split("/")
    try:
        if len(parts) == 2 and parts[0] == "issues":
            return _issue(sandbox, request, parts[1])
        if len(parts) == 1 and parts[0] in PATHS:
            return PATHS[parts[0]](sandbox, request)
    except ApiError as error:
        return json_response(error.body, error.status)
    except (ValueError, TypeError) as error:
        return json_response({"detail": str(error)}, 400)
    return json_response({"detail": f"unknown; there are {', '.join(PATHS)}"}, 404)

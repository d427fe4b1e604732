"""The command palette: actions on what one looks at, places to go to, issues found as one types."""

from dataclasses import dataclass

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET

from dexter.web.htmx import render_fragment
from dexter.web.portal import AREAS
from dexter.web.request import Request, keys_in
from issues.models import Issue
from issues.queries.offers import why_not
from issues.queries.palette import find_issues
from issues.queries.saved_views import views_of
from issues.views.asked_action import issues_of

PLACES = (
    ("bell", "Inbox", "issues:inbox", "G N"),
    ("queue", "Changes waiting for Sentry", "issues:outbox", "G O"),
    ("download", "Exports", "issues:exports", ""),
    ("pin", "Pinned events", "issues:pins", ""),
    ("gear", "Settings", "web:settings", "G S"),
)


@dataclass(frozen=True)
class Command:
    """A line: `url` is gone to, `do` is posted for the issue or the selection."""

    label: str
    icon: str
    url: str = ""
    do: str = ""
    keys: str = ""
    hint: str = ""
    tone: str = ""


# (label, icon, do, keys, capability)
ACTIONS = (
    ("Resolve", "check", "resolve", "E", ""),
    ("Resolve in the next release", "deploy", "resolve?in=next_release", "", "status_details"),
    ("Resolve in the latest release", "pin", "resolve?release=latest", "", "status_details"),
    ("Resolve in a commit", "changes", "ask:commit", "", "status_details"),
    ("Reopen", "undo", "unresolve", "", ""),
    ("Archive until it escalates", "growing", "archive?until=escalating", "I", "substatus"),
    ("Archive for good", "bell-off", "archive?until=forever", "", ""),
    ("Archive until a time, events or users", "clock", "ask:archive", "", "substatus"),
    ("Assign", "assign", "ask:assign", "A", "assign"),
    ("Assign to nobody", "user", "assign", "", "assign"),
    ("Priority high", "flag", "priority?priority=high", "", "priority"),
    ("Priority medium", "flag", "priority?priority=medium", "", "priority"),
    ("Priority low", "flag", "priority?priority=low", "", "priority"),
    ("Merge", "merge", "ask:merge", "M", "merge"),
    ("Labels", "pin", "ask:labels", "L", ""),
    ("Bookmark", "save", "bookmark?on=1", "", "bookmark"),
    ("Remove the bookmark", "save", "bookmark?on=0", "", "bookmark"),
    ("Mark as seen", "eye", "seen?on=1", "", "seen"),
    ("Mark as unseen", "eye", "seen?on=0", "", "seen"),
    ("Subscribe", "bell", "subscribe?on=1", "", "subscribe"),
    ("Unsubscribe", "bell-off", "subscribe?on=0", "", "subscribe"),
    ("Share by a public link", "link", "share?on=1", "", "share"),
    ("End the public link", "link", "share?on=0", "", "share"),
    ("Take apart", "split", "ask:unmerge", "", "unmerge"),
    ("Delete", "trash", "ask:delete", "", "delete"),
)


@require_GET
def palette(request: Request) -> HttpResponse:
    """`q` as it is typed, `issue` what is looked at or ticked; without `typed` the whole dialog."""
    text = request.GET.get("q", "").strip()[:200]
    ids = keys_in(request.GET.getlist("issue"))[:100]
    issues = issues_of(ids)
    groups = [
        (_named(issues), _actions(request, issues, text)),
        ("Go to", _places(request, text)),
        ("Issues", [_issue(each) for each in find_issues(text)]),
    ]
    context = {"q": text, "groups": [(name, lines) for name, lines in groups if lines], "ids": ids}
    name = "_palette_results" if "typed" in request.GET else "_palette"
    return render_fragment(request, f"issues/{name}.html", context)


def _named(issues: list[Issue]) -> str:
    return str(issues[0]) if len(issues) == 1 else f"{len(issues)} issues"


def _matches(text: str, label: str) -> bool:
    """Whether every word of `text` begins a word of `label`."""
    words = label.lower().split()
    return all(any(word.startswith(part) for word in words) for part in text.lower().split())


def _actions(request: Request, issues: list[Issue], text: str) -> list[Command]:
    if not issues:
        return (
            [Command("Undo your last change", "undo", do="undo", keys="U")]
            if _matches(text, "undo last")
            else []
        )
    no = why_not([issue.connection.flavour for issue in issues], request.user)
    lines = [
        Command(label, icon, do=do, keys=keys)
        for label, icon, do, keys, needs in ACTIONS
        if not no.get(needs) and _matches(text, label)
    ]
    lines += (
        [Command("Undo your last change", "undo", do="undo", keys="U")] if _matches(text, "undo last") else []
    )
    return lines if text else lines[:6]


def _places(request: Request, text: str) -> list[Command]:
    lines = [
        Command(area.label, area.icon, reverse(area.url_name), keys=f"G {area.key.upper()}") for area in AREAS
    ]
    lines += [Command(label, icon, reverse(url), keys=keys) for icon, label, url, keys in PLACES]
    lines += [Command(view.name, "issues", f"/?view={view.pk}") for view in views_of(request.user)]
    return [line for line in lines if _matches(text, line.label)][:8]


def _issue(issue: Issue) -> Command:
    label = issue.error_type or issue.title
    return Command(
        label, issue.level, reverse("issues:issue", args=[issue.pk]), hint=str(issue), tone="level"
    )

"""The forms that ask for more before something is done: in the dialog, or as pages without a script."""

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_GET, require_POST

from dexter.sentry.flavour import FLAVOURS
from dexter.web.htmx import render_fragment
from dexter.web.request import Request, keys_in
from issues.actions import InvalidAction
from issues.models import Issue, Label
from issues.queries.likeness import alike
from issues.queries.named import named_issues, unknown_words
from issues.queries.offers import MAY_NOT_DELETE, why_not
from issues.queries.open_changes import labels_of
from issues.queries.people import assignable
from issues.search import SearchError
from issues.services.merging import survivor_of, survivor_rule
from issues.services.triage import Refused
from issues.tasks import enqueue_hashes, known_hashes
from issues.views.answers import dialog
from issues.views.asked_action import Targets, issues_of, targets_of

# Of so many issues the dialog knows the details; of more only their number.
LOOKED_AT = 200
_NOT_CARRIED = {"csrfmiddlewaretoken", "do", "next", "peeking"}


def ask(request: Request, name: str, targets: Targets, *, status: int = 200, **more: Any) -> HttpResponse:
    """The dialog `name` for the targets. Raises Http404 for one that does not exist."""
    if name not in _CONTEXTS:
        raise Http404("no such dialog")
    title, context = _CONTEXTS[name]
    issues = issues_of(targets.ids[:LOOKED_AT])
    if not issues:
        raise Http404("no such issue")
    if name == "unmerge" and len(targets.ids) > 1:
        raise Refused("One issue at a time can be taken apart. Select one.")
    flavours = {issue.connection.flavour for issue in issues}
    shared = {
        "issues": issues,
        "count": len(targets.ids),
        "named": str(issues[0]) if len(targets.ids) == 1 else f"{len(targets.ids):,} issues",
        "carried": _carried(request, targets),
        "no": why_not(flavours, request.user),
        "error": None,
    }
    given = {**shared, **context(request, issues), **more}
    return dialog(request, f"_ask_{name}", given, status=status, title=title)


def wrong(request: Request, do: str, targets: Targets, error: InvalidAction) -> HttpResponse:
    """The form again, with what is wrong in it."""
    kind = do.partition("?")[0]
    name = {"resolve": "commit", "archive": "archive", "label": "labels"}.get(kind, kind)
    if name not in _CONTEXTS:
        raise Http404(str(error))
    return ask(request, name, targets, status=422, error=error, typed=request.POST)


def _carried(request: Request, targets: Targets) -> list[tuple[str, str]]:
    """The choice of issues as hidden fields."""
    if request.POST.get("all") or request.GET.get("all"):
        data = request.POST or request.GET
        return [(k, v) for k, values in data.lists() for v in values if k not in _NOT_CARRIED]
    return [("issue", str(key)) for key in targets.ids]


def _plain(request: Request, issues: list[Issue]) -> dict[str, Any]:
    return {}


def _assign(request: Request, issues: list[Issue]) -> dict[str, Any]:
    text = request.POST.get("who", request.GET.get("who", ""))
    connections = {issue.connection_id for issue in issues}
    return {
        "people": assignable(connections, text, request.user),
        "who": text,
        "mixed": len(connections) > 1,
        "connection_id": next(iter(connections)),
    }


def _archive(request: Request, issues: list[Issue]) -> dict[str, Any]:
    return {"windows": [("", "ever"), ("60", "an hour"), ("1440", "a day"), ("10080", "a week")]}


def _commit(request: Request, issues: list[Issue]) -> dict[str, Any]:
    release = issues[0].last_release
    commits = list(release.commits.all()[:8]) if release else []
    return {"commits": commits, "release": release, "repository": commits[0].repository if commits else ""}


def chosen_to_merge(request: Request, targets: Targets) -> list[Issue]:
    """What the form has ticked, the targets (until somebody takes one out) and what was pasted."""
    ticked = keys_in(request.POST.getlist("merge"))
    ids = ticked if request.POST.get("chosen") else [*targets.ids, *ticked]
    issues = issues_of(ids[:LOOKED_AT])
    pasted = request.POST.get("paste", "")
    connections = {issue.connection_id for issue in issues_of(targets.ids[:1])}
    return list(
        {
            issue.pk: issue for issue in [*issues, *issues_of(_keys(named_issues(pasted, connections)))]
        }.values()
    )


def _keys(issues: list[Issue]) -> list[int]:
    return [issue.pk for issue in issues]


def _merge(request: Request, issues: list[Issue]) -> dict[str, Any]:
    targets = Targets(tuple(issue.pk for issue in issues))
    chosen = [issue for issue in chosen_to_merge(request, targets) if not issue.gone]
    pasted = request.POST.get("paste", "")
    similar = [each for each in alike(issues[0]).candidates if each.can_merge] if len(issues) == 1 else []
    listed = [*issues, *(each for each in chosen if each not in issues)]
    return {
        "chosen": chosen,
        "listed": listed,
        "similar": [each for each in similar if each.issue not in listed],
        "survivor": survivor_of(chosen) if chosen else None,
        "rule": survivor_rule(issues[0]),
        "events": sum(issue.count for issue in chosen),
        "others": max(0, len(chosen) - 1),
        "projects": len({issue.project_id for issue in chosen}),
        "not_found": unknown_words(pasted, chosen) or (pasted.split() if chosen == issues else []),
    }


def _unmerge(request: Request, issues: list[Issue]) -> dict[str, Any]:
    return hashes_context(issues[0])


def hashes_context(issue: Issue) -> dict[str, Any]:
    """The fingerprints of the issue, once a job has read them."""
    found = known_hashes(issue)
    job = None if found is not None else enqueue_hashes(issue)
    return {"issue": issue, "hashes": found, "job": job}


def _delete(request: Request, issues: list[Issue]) -> dict[str, Any]:
    titles = {FLAVOURS[issue.connection.flavour].title for issue in issues}
    return {
        "events": sum(issue.count for issue in issues),
        "comments": sum(issue.comment_count for issue in issues),
        "servers": " and ".join(sorted(titles)),
        "may_not": "" if request.user.has_perm("issues.delete_issue") else MAY_NOT_DELETE,
    }


def _labels(request: Request, issues: list[Issue]) -> dict[str, Any]:
    """A label counts as put on when all of the issues have it."""
    by_issue = labels_of([issue.pk for issue in issues])
    sets = [{each.label.name for each in by_issue.get(issue.pk, ())} for issue in issues]
    return {
        "labels": list(Label.objects.all()[:100]),
        "on": set.intersection(*sets),
        "tones": Label.Tone.choices,
    }


_CONTEXTS: dict[str, tuple[str, Callable[[Request, list[Issue]], dict[str, Any]]]] = {
    "assign": ("Assign", _assign),
    "priority": ("Priority", _plain),
    "archive": ("Archive until", _archive),
    "commit": ("Resolve in a commit", _commit),
    "merge": ("Merge", _merge),
    "unmerge": ("Take apart", _unmerge),
    "delete": ("Delete", _delete),
    "labels": ("Labels", _labels),
}


@require_POST
def people(request: Request) -> HttpResponse:
    """The people of the assign dialog whose name has `who`, as one types."""
    try:
        targets = targets_of(request, request.POST)
    except SearchError:
        raise Http404("no such issues") from None
    issues = issues_of(targets.ids[:LOOKED_AT])
    return render_fragment(
        request, "issues/_people.html", _assign(request, issues) if issues else {"people": []}
    )


@require_GET
def hashes(request: Request, pk: int) -> HttpResponse:
    """The list of the dialog that takes an issue apart, which asks until a job has read it."""
    found = issues_of([pk])
    if not found:
        raise Http404("no such issue")
    return render_fragment(request, "issues/_hashes.html", hashes_context(found[0]))

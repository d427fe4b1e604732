"""Acting on issues: one POST for one issue or many, named by its button; undo; labels.

`do` is a kind with its arguments (`archive?until=forever`), `ask:` and the name of a dialog that asks for
more, or one of `merge`, `label`, `unlabel`, which take other issues and names instead.
"""

from collections.abc import Callable, Sequence

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.views.decorators.http import require_POST

from dexter.web.request import Request
from issues.actions import Action, InvalidAction, Kind
from issues.models import Issue, IssueAction
from issues.queries.offers import why_not
from issues.queries.open_changes import words_of
from issues.queries.undo import last_batch, rows_of_batch
from issues.search import SearchError
from issues.services.labels import put_label, take_label
from issues.services.merging import merge
from issues.services.triage import GRACE, Acted, Refused, act_where_possible, undo_all
from issues.tasks import enqueue_issue
from issues.views import bulk, dialogs
from issues.views.answers import changed, refused, say, say_done
from issues.views.asked_action import Targets, action_from, issues_of, targets_of


@require_POST
def act(request: Request, pk: int | None = None) -> HttpResponse:
    """What the pressed button says, on the issue of the address or on the chosen ones."""
    do = request.POST.get("do", "")
    try:
        targets = targets_of(request, request.POST, pk)
        if not targets.ids:
            return refused(request, "No issue is selected. Tick some, or open one.")
        if do.startswith("ask:"):
            return dialogs.ask(request, do.removeprefix("ask:"), targets)
        return _OTHERS.get(do.partition("?")[0], _act)(request, targets)
    except InvalidAction as error:
        return dialogs.wrong(request, do, targets, error)
    except (Refused, SearchError) as error:
        return refused(request, str(error))


def _act(request: Request, targets: Targets) -> HttpResponse:
    action = _archived_as_usual(request, action_from(request.POST), targets)
    may(request, action)
    if targets.is_many or targets.query:
        return bulk.begin(request, action, targets)
    acted = act_where_possible(action, targets.ids, user=request.user)  # type: ignore[arg-type]
    _say_acted(request, acted, targets.ids)
    return changed(request, targets.ids)


def _archived_as_usual(request: Request, action: Action, targets: Targets) -> Action:
    """What the key says is "archive": until it escalates, or for good where a server knows nothing else."""
    if request.POST["do"] != "archive" or request.POST.get("for") or len(targets.ids) != 1:
        return action
    flavours = [issue.connection.flavour for issue in issues_of(targets.ids)]
    return (
        Action(Kind.ARCHIVE, {"until": "forever"})
        if why_not(flavours, request.user).get("substatus")
        else action
    )


def may(request: Request, action: Action) -> None:
    """Everybody who is signed in may triage; deleting needs a permission. Raises PermissionDenied."""
    if action.kind == Kind.DELETE and not request.user.has_perm("issues.delete_issue"):
        raise PermissionDenied("Deleting needs the permission “Can delete issue”.")


def _say_acted(request: Request, acted: Acted, ids: Sequence[int]) -> None:
    issues = issues_of(ids)
    if acted.refused:
        reasons = sorted({reason for _, reason in acted.refused})
        left = f"{len(acted.refused)} of {len(ids)} left as they were: " if len(ids) > 1 else ""
        say(request, f"{left}{' '.join(reasons)}", level=messages.ERROR)
    if acted.actions:
        first = acted.actions[0]
        ask = first.issue_id if first.kind == Kind.RESOLVE and len(acted.actions) == 1 else ""
        say_done(request, _done_words(acted, issues), issues, undo=acted.batch, ask=ask)
    elif acted.unchanged:
        what = f"{issues[0]} was" if len(ids) == 1 else f"All {acted.unchanged} issues were"
        say(request, f"{what} like that already.")


def _done_words(acted: Acted, issues: Sequence[Issue]) -> str:
    row = acted.actions[0]
    what = words_of([row])[row.pk]
    names = {issue.pk: str(issue) for issue in issues}
    count = len(acted.actions)
    text = f"{what}: {names.get(row.issue_id) if count == 1 else f'{count} issues'}."
    if row.kind in (Kind.DELETE, Kind.UNMERGE):
        text += f" Sentry is told in {int(GRACE.total_seconds())} s; until then you can take it back."
    return text


def _merge(request: Request, targets: Targets) -> HttpResponse:
    chosen = dialogs.chosen_to_merge(request, targets)
    survivor, acted = merge([issue.pk for issue in chosen], user=request.user)
    count = len(acted.actions)
    text = f"Merged {count} issue{'' if count == 1 else 's'} into {survivor}."
    say_done(request, text, [survivor], undo=acted.batch)
    return changed(request, [issue.pk for issue in chosen])


def _label(request: Request, targets: Targets) -> HttpResponse:
    """The ticked names and a new one are put on; those that were ticked before and are not now, taken off."""
    new = request.POST.get("new_label", "").strip()
    wanted = set(request.POST.getlist("label")) | ({new} if new else set())
    before = set(request.POST.getlist("label_before"))
    for name in sorted(wanted - before):
        put_label(targets.ids, name, user=request.user, tone=request.POST.get("tone", ""))
    for name in sorted(before - wanted):
        take_label(targets.ids, name)
    if wanted != before:
        say(request, f"Labels: {', '.join(sorted(wanted)) or 'none'}.")
    return changed(request, targets.ids)


_OTHERS: dict[str, Callable[[Request, Targets], HttpResponse]] = {"merge": _merge, "label": _label}


@require_POST
def undo(request: Request) -> HttpResponse:
    """Take back `batch`, or what the person did last."""
    rows = rows_of_batch(request.POST["batch"]) if request.POST.get("batch") else last_batch(request.user)
    if not rows:
        return refused(request, "There is nothing of yours to take back.")
    if rows[0].bulk_id:
        return bulk.begin_undo(request, rows[0].bulk)  # type: ignore[arg-type]
    undone = undo_all(rows, user=request.user)  # type: ignore[arg-type]
    if undone.count:
        say_done(request, _undone_words(rows, undone.count), [row.issue for row in rows])
    for reason in sorted({reason for _, reason in undone.refused}):
        say(request, reason, level=messages.ERROR)
    if not undone.count and not undone.refused:
        say(request, "It was taken back already.")
    return changed(request, [row.issue_id for row in rows])


def _undone_words(rows: Sequence[IssueAction], count: int) -> str:
    what = words_of([rows[0]])[rows[0].pk]
    return f"Taken back: {what.lower()}, {rows[0].issue if count == 1 else f'{count} issues'}."


def read_again(rows: Sequence[IssueAction]) -> None:
    """After a change was given up: what Sentry has may differ from what was shown before."""
    for issue in {row.issue for row in rows}:
        enqueue_issue(issue)

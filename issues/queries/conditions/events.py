"""Filters that the cached events answer: tags, releases, event ids, frames."""

from collections.abc import Iterator

from django.core.cache import cache
from django.db.models import Exists, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from issues.models import Event, Issue, IssueTag, Project, Release
from issues.queries.conditions.columns import text_is
from issues.queries.conditions.context import NOTHING, Context, any_of, unanswerable
from issues.queries.conditions.places import projects_are
from issues.queries.fulltext import all_of, match_expression, one_of, text_condition
from issues.search import Filter, Pattern, TextMatch, Value
from issues.search.words import pieces

# Under which name Sentry tags an event with a field, where it is not the field's own.
TAG_OF_FIELD = {"error.mechanism": "mechanism", "http.url": "url", "device.model": "device"}
_NEWEST = "issues:newest-releases"
# Sentry's tag `user` holds the best that is known: id:7, else email:..., username:..., ip:...
_USER_PREFIXES = {"user.id": "id:", "user.email": "email:", "user.username": "username:", "user.ip": "ip:"}


def tag_condition(key: str, values: tuple[Value, ...] = ()) -> Q:
    """Issues of which a cached event has the tag, with one of `values` where there are any."""
    return tags_condition({key: values})


def tags_condition(wanted: dict[str, tuple[Value, ...]]) -> Q:
    """Issues of which a cached event has one of some tags, each with one of its values if any."""
    conditions = [
        Q(key=key) & _value_condition(values) if values else Q(key=key) for key, values in wanted.items()
    ]
    return Q(Exists(IssueTag.objects.filter(any_of(conditions), issue=OuterRef("pk"))))


def _value_condition(values: tuple[Value, ...]) -> Q:
    plain = [str(value).lower() if isinstance(value, bool) else str(value)
             for value in values if not isinstance(value, Pattern)]  # fmt: skip
    exact = Q(value=plain[0]) if len(plain) == 1 else Q(value__in=plain)
    patterns = [text_is("value", value) for value in values if isinstance(value, Pattern)]
    return any_of(([exact] if plain else []) + patterns)


def tag(asked: Filter, context: Context) -> Q:
    """Any tag by its name, and fields that Sentry tags events with."""
    key = TAG_OF_FIELD.get(asked.key, asked.key) if asked.namespace == "field" else asked.key
    return tag_condition(key, asked.values)


def perhaps_tag(asked: Filter, context: Context) -> Q:
    """A field that Sentry keeps apart from the tags: only events that are tagged with it can be found."""
    if not IssueTag.objects.filter(key=asked.key).exists():
        hint = "Dexter searches such a field where events are tagged with it; free text may find the value"
        raise unanswerable(asked, f"No cached event is tagged with {asked.key}", hint)
    return tag_condition(asked.key, asked.values)


def logger(asked: Filter, context: Context) -> Q:
    """The tag `logger`; servers that do not tag events with it still name the issue's."""
    named = ~Q(logger="") if asked.op == "has" else any_of([text_is("logger", v) for v in asked.values])
    return named | tag(asked, context)


def user(asked: Filter, context: Context) -> Q:
    """user.id: and the like, through the one identity that Sentry's tag `user` holds."""
    prefix = _USER_PREFIXES[asked.key]
    if asked.op == "has":
        return tags_condition({"user": (Pattern((prefix, "")),), asked.key: ()})
    held: tuple[Value, ...] = tuple(
        Pattern((prefix + v.parts[0], *v.parts[1:])) if isinstance(v, Pattern) else f"{prefix}{v}"
        for v in asked.values
    )
    return tags_condition({"user": held, asked.key: asked.values})


def handled(asked: Filter, context: Context) -> Q:
    """error.handled: and error.unhandled:, from what Sentry says of the issue, else by the tag `handled`."""
    unknown = Q(is_unhandled__isnull=True)
    if asked.op == "has":
        return ~unknown | tag_condition("handled")
    caught = bool(asked.value) == (asked.key == "error.handled")
    return Q(is_unhandled=not caught) | (unknown & tag_condition("handled", ("yes" if caught else "no",)))


def release(asked: Filter, context: Context) -> Q:
    """release:latest is the newest release of each project, as in Sentry."""
    if "latest" not in asked.values:
        return tag_condition("release", asked.values)
    others = tuple(value for value in asked.values if value != "latest")
    newest = [
        projects_are(projects) & tag_condition("release", (version,))
        for version, projects in newest_releases(context).items()
    ]
    return any_of(newest + ([tag_condition("release", others)] if others else []))


def first_release(asked: Filter, context: Context) -> Q:
    """Sentry says it with an issue's details only, which are read when its page is opened."""
    if not Issue.objects.filter(first_release__isnull=False).exists():
        hint = (
            "it is read when an issue's page is opened; release: finds the issues that happened in a release"
        )
        raise unanswerable(asked, "Dexter does not know yet in which release any issue began", hint)
    if asked.op == "has":
        return Q(first_release__isnull=False)
    named = [text_is("version", value) for value in asked.values if value != "latest"]
    found = [Q(first_release__in=Release.objects.filter(any_of(named)))] if named else []
    if "latest" in asked.values:
        found += [
            projects_are(projects) & Q(first_release__in=Release.objects.filter(version=version))
            for version, projects in newest_releases(context).items()
        ]
    return any_of(found)


def newest_releases(context: Context) -> dict[str, list[int]]:
    """Primary keys of projects by the version of their newest release; a minute old at most.

    A project without releases of its own has that of its organisation: some servers do not say which.
    """
    kept: dict[str, list[int]] | None = cache.get(_NEWEST)
    if kept is None:
        kept = {}
        for project, version in _newest(context):
            kept.setdefault(version, []).append(project)
        cache.set(_NEWEST, kept, 60)
    return kept


def _newest(context: Context) -> Iterator[tuple[int, str]]:
    """One query, whatever the number of projects and releases."""
    newest = Release.objects.order_by("-created_at", "-pk").values("version")
    own = newest.filter(projects=OuterRef("pk"))[:1]
    shared = newest.filter(connection=OuterRef("connection"), projects__isnull=True)[:1]
    projects = Project.objects.order_by().annotate(newest=Coalesce(Subquery(own), Subquery(shared)))
    for project, version in projects.values_list("pk", "newest"):
        if version:
            yield project, version


def event_id(asked: Filter, context: Context) -> Q:
    return Q(pk__in=Event.objects.filter(event_id__in=asked.values).values("issue"))


def trace(asked: Filter, context: Context) -> Q:
    events = Event.objects.filter(issue=OuterRef("pk")).exclude(trace_id="")
    if asked.op == "has":
        return Q(Exists(events))
    return Q(pk__in=Event.objects.filter(trace_id__in=asked.values).values("issue"))


FRAME_FIELDS = {"stack.filename", "stack.function", "stack.module", "stack.abs_path", "stack.package"}


def frame(asked: Filter, context: Context) -> Q:
    """stack.filename: and the like, by the words of the frames, wherever in an event they stand."""
    if asked.key not in FRAME_FIELDS or asked.op == "has":
        fields = "stack.filename:, stack.function: and stack.module:"
        raise unanswerable(asked, f"Dexter's cache does not know {asked}", f"of frames it searches {fields}")
    found = [query for value in asked.values if (query := _words_of(asked, value))]
    return text_condition(one_of(found), context) if found else NOTHING


def _words_of(asked: Filter, value: Value) -> str:
    """The full-text query of a value, "" where it has no word to look for."""
    parts = value.parts if isinstance(value, Pattern) else (str(value),)
    found = []
    for position, part in enumerate(parts):
        if not pieces(part):
            continue
        if position and part[0].isalnum():
            hint = f"begin with a sign or a whole word, for example {asked.key}:*/{part}"
            raise unanswerable(asked, "A star cannot stand before a part of a word here", hint)
        prefix = position < len(parts) - 1 and part[-1].isalnum()
        found.append(match_expression(TextMatch("prefix" if prefix else "phrase", tuple(pieces(part)))))
    return all_of(found) if found else ""


def flag(asked: Filter, context: Context) -> Q:
    hint = f"if it is a tag as well, write tags[{asked.key}]"
    raise unanswerable(asked, "Dexter's cache does not keep feature flags", hint)

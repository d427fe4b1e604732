"""From the tree of a search to a condition on Issue. What the cache cannot answer raises SearchError."""

from django.db.models import Q

from issues.queries.conditions import columns, events, labels, people, places
from issues.queries.conditions.context import Condition, Context, any_of
from issues.queries.fulltext import all_of, expression, is_text, text_condition
from issues.search import And, Filter, Node, Not, Or, Query, Text, Unanswerable
from issues.search.ast import Span
from issues.search.fields import field_named
from issues.search.grammar import negate

CONDITIONS: dict[str, Condition] = {
    "is": columns.is_condition,
    "assigned": people.assigned,
    "level": columns.choice("level"),
    "priority": columns.choice("priority"),
    "lastSeen": columns.moment("last_seen"),
    "firstSeen": columns.moment("first_seen"),
    "timesSeen": columns.number("count"),
    "users": columns.number("user_count"),
    "score": columns.number("score"),
    "title": columns.text("title"),
    "culprit": columns.text("culprit"),
    "message": columns.contains("title", "error_value", "culprit"),
    "error.type": columns.text("error_type"),
    "error.value": columns.text("error_value"),
    "platform": columns.text("platform"),
    "issue": columns.exact("short_id", fold=str.upper),
    "issue.id": columns.exact("sentry_id"),
    "issue.category": columns.exact("issue_category", fold=str.lower),
    "issue.type": columns.exact("issue_type", fold=str.lower),
    "project": places.project,
    "project.id": places.project_id,
    "connection": places.connection,
    "team": people.team,
    "assigned_or_suggested": people.not_cached,
    "label": labels.label,
    "bookmarks": people.not_cached,
    "subscribed": people.not_cached,
    "release": events.release,
    "first-release": events.first_release,
    "error.handled": events.handled,
    "error.unhandled": events.handled,
    "trace": events.trace,
    "event.id": events.event_id,
    "user.id": events.user,
    "user.email": events.user,
    "user.username": events.user,
    "user.ip": events.user,
}
# What Sentry tags events with under the field's own name, or one that is known.
TAGGED = {"environment", "transaction", "dist", "device.family", "os.name", *events.TAG_OF_FIELD}


# SQLite's parser gives up at a hundred open parts of an expression, a few for each level.
DEEPEST = 20


def compile_query(query: Query, context: Context) -> Q:
    """The condition of a whole search; an empty one is true of every issue."""
    if query.root is None:
        return Q()
    depth, (start, end) = _deepest(query.root)
    if depth > DEEPEST:
        hint = "write it with fewer parentheses"
        message = f"The search is nested {depth} levels deep, {DEEPEST} is the most"
        raise Unanswerable(message, start, end, hint)
    return _node(query.root, context)


def _deepest(node: Node) -> tuple[int, Span]:
    """The number of AND and OR around the leaf that has most of them, and its place."""
    if isinstance(node, Filter | Text):
        return 0, node.span
    if isinstance(node, Not):
        return _deepest(node.item)
    depth, span = max(map(_deepest, node.items))
    return depth + 1, span


def reads_events(query: Query) -> bool:
    """Whether the answer depends on which events are in the cache."""
    return any(query.texts()) or any(map(_reads_events, query.filters()))


def reads_first_releases(query: Query) -> bool:
    """Whether the answer depends on of which issues the cache knows the first release."""
    return any(asked.namespace == "field" and asked.key == "first-release" for asked in query.filters())


def _reads_events(asked: Filter) -> bool:
    if asked.namespace != "field":
        return True
    if asked.key == "is":
        return asked.value in columns.FOUND_IN_EVENTS
    entry = field_named(asked.key)
    in_columns = {"message", "platform", "error.type", "error.value"}
    return entry is not None and entry.scope == "event" and asked.key not in in_columns


def _node(node: Node, context: Context) -> Q:
    if isinstance(node, Filter):
        condition = _filter(node, context)
        return ~condition if node.negated else condition
    if is_text(node):
        return text_condition(expression(node), context)
    if isinstance(node, Not):
        return _not(node.item, context)
    if isinstance(node, And):
        return _all(node.items, context)
    return any_of([_node(item, context) for item in node.items])  # type: ignore[union-attr]


def _all(items: tuple[Node, ...], context: Context) -> Q:
    texts = [expression(item) for item in items if is_text(item)]
    joined = text_condition(all_of(texts), context) if texts else Q()
    for item in items:
        if not is_text(item):
            joined &= _node(item, context)
    return joined


def _not(item: Node, context: Context) -> Q:
    """Negations are pushed inwards: NOT (a OR b) is two conditions that the planner can take apart."""
    if isinstance(item, Or) and not is_text(item):
        return _all(tuple(map(negate, item.items)), context)
    return ~_node(item, context)


def _filter(asked: Filter, context: Context) -> Q:
    if asked.namespace == "flags":
        return events.flag(asked, context)
    if asked.namespace == "tags":
        return (events.logger if asked.key == "logger" else events.tag)(asked, context)
    if asked.key.startswith("stack."):
        return events.frame(asked, context)
    condition = CONDITIONS.get(asked.key)
    if condition is None:
        condition = events.tag if asked.key in TAGGED else events.perhaps_tag
    return condition(asked, context)

"""Turns the terms of a query into questions to an issue."""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from dexter.sentry.sandbox.clock import parse_iso
from dexter.sentry.sandbox.events.naming import Person
from dexter.sentry.sandbox.http import bad_request
from dexter.sentry.sandbox.search.grammar import Parsed, Term
from dexter.sentry.sandbox.search.values import has_release, has_user, head_of, text_of, values_of
from dexter.sentry.sandbox.world.model import Issue

if TYPE_CHECKING:
    from dexter.sentry.sandbox.world.store import World

Condition = Callable[[Issue], bool]

_STATUSES = {"unresolved": "unresolved", "resolved": "resolved", "ignored": "ignored", "archived": "ignored",
             "muted": "ignored"}  # fmt: skip
_SUBSTATUSES = {"new", "ongoing", "escalating", "regressed", "archived_until_escalating",
                "archived_until_condition_met", "archived_forever"}  # fmt: skip
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
_RELATIVE = re.compile(r"^([+-])(\d+)([smhdw])$")


class Compiler:
    """Holds what a question may depend on: the world, the time and who asks."""

    def __init__(self, world: "World", now: float, user_id: int) -> None:
        self.world = world
        self.now = now
        self.user_id = user_id

    def compile(self, parsed: Parsed) -> list[Condition]:
        """Raises ApiError 400 for values that Sentry refuses."""
        conditions = [self._signed(term) for term in parsed.terms]
        if parsed.text:
            conditions.append(self._free_text(parsed.text))
        return conditions

    def _signed(self, term: Term) -> Condition:
        condition = self._one(term)
        return (lambda issue: not condition(issue)) if term.negated else condition

    def _one(self, term: Term) -> Condition:
        method = _BY_KEY.get(term.key.lower())
        return method(self, term) if method else self._tag(term)

    def _free_text(self, text: str) -> Condition:
        wanted = _wildcard(f"*{text}*")
        return lambda issue: bool(wanted.match(text_of(self.world, issue)))

    # -- state

    def _is(self, term: Term) -> Condition:
        value = term.values[0].lower()
        if value in _STATUSES:
            return lambda issue: issue.status == _STATUSES[value]
        if value in _SUBSTATUSES:
            return lambda issue: issue.substatus == value
        plain: dict[str, Condition] = {
            "assigned": lambda issue: issue.assigned is not None,
            "unassigned": lambda issue: issue.assigned is None,
            "for_review": lambda issue: issue.inbox is not None,
            "linked": lambda issue: False,
            "unlinked": lambda issue: True,
        }
        if value not in plain:
            raise bad_request(f'Error parsing search query: Invalid value for "is" search: "{value}"')
        return plain[value]

    def _owners(self, term: Term) -> set[tuple[str, str] | None]:
        found: set[tuple[str, str] | None] = set()
        for value in term.values:
            if value == "none":
                found.add(None)
            elif value.startswith("#"):
                found |= {("team", team.id) for team in self.world.teams if team.slug == value[1:]}
            elif value == "my_teams":
                mine = self.world.person(self.user_id)
                found |= {("team", team.id) for team in self.world.teams if mine and team.slug in mine.teams}
            else:
                found |= {("user", str(number)) for number in self._people(value)}
        return found

    def _people(self, value: str) -> set[int]:
        if value == "me":
            return {self.user_id}
        return {
            person.user_id
            for person in self.world.people
            if value.lower() in (person.email, person.name.lower(), str(person.user_id))
        }

    def _assigned(self, term: Term) -> Condition:
        owners = self._owners(term)
        return lambda issue: issue.assigned in owners

    def _bookmarks(self, term: Term) -> Condition:
        people = set().union(*(self._people(value) for value in term.values))
        return lambda issue: bool(issue.bookmarked and issue.bookmarked & people)

    def _subscribed(self, term: Term) -> Condition:
        people = set().union(*(self._people(value) for value in term.values))
        return lambda issue: bool(issue.subscribed and issue.subscribed & people)

    def _team(self, term: Term) -> Condition:
        slugs = {value.lstrip("#") for value in term.values}
        return lambda issue: self.world.projects[issue.project].team in slugs

    # -- numbers and times

    def _times_seen(self, term: Term) -> Condition:
        try:
            wanted = int(term.values[0])
        except ValueError:
            raise bad_request("Error parsing search query: Invalid number for timesSeen") from None
        compare = _COMPARE[term.operator]
        return lambda issue: compare(issue.count, wanted)

    def _first_seen(self, term: Term) -> Condition:
        compare, moment = self._moment(term)
        return lambda issue: compare(issue.first, moment)

    def _last_seen(self, term: Term) -> Condition:
        compare, moment = self._moment(term)
        return lambda issue: compare(issue.last, moment)

    def _moment(self, term: Term) -> tuple[Callable[[float, float], bool], float]:
        text = term.values[0]
        if relative := _RELATIVE.match(text):
            moment = self.now - int(relative[2]) * _UNITS[relative[3]]
            return _COMPARE[">=" if relative[1] == "-" else "<="], moment
        try:
            return _COMPARE[term.operator], parse_iso(text)
        except ValueError:
            why = "Expected +/-duration (e.g. +1h) or ISO 8601-like (e.g. 2018-01-01T12:00:00)."
            raise bad_request(f"Error parsing search query: Invalid date: {text}. {why}") from None  # noqa: E501

    # -- what the issue is

    def _level(self, term: Term) -> Condition:
        return self._by_set(term, lambda issue: self.world.templates[issue.streams[0].kind].level)

    def _project(self, term: Term) -> Condition:
        names = {value.lower() for value in term.values}
        wanted = {
            place for place, project in enumerate(self.world.projects) if {project.slug, project.id} & names
        }
        return lambda issue: issue.project in wanted

    def _issue(self, term: Term) -> Condition:
        found = {issue.id for issue in (self.world.issue_by(value) for value in term.values) if issue}
        return lambda issue: issue.id in found

    def _priority(self, term: Term) -> Condition:
        return self._by_set(term, lambda issue: issue.priority)

    def _category(self, term: Term) -> Condition:
        return self._by_set(term, lambda issue: "error")

    def _platform(self, term: Term) -> Condition:
        return self._by_set(term, lambda issue: self.world.templates[issue.streams[0].kind].platform)

    def _unhandled(self, term: Term) -> Condition:
        wanted = term.values[0].lower() in ("true", "1")
        if term.key == "error.handled":
            wanted = not wanted
        return lambda issue: self.world.templates[issue.streams[0].kind].unhandled == wanted

    def _by_set(self, term: Term, read: Callable[[Issue], str]) -> Condition:
        tests = [_wildcard(value) for value in term.values]
        return lambda issue: any(test.match(read(issue)) for test in tests)

    def _title(self, term: Term) -> Condition:
        tests = [_wildcard(f"*{value}*" if term.key == "message" else value) for value in term.values]
        return lambda issue: any(test.match(head_of(self.world, issue)["title"]) for test in tests)

    def _transaction(self, term: Term) -> Condition:
        return self._by_set(term, lambda issue: head_of(self.world, issue)["culprit"])

    def _error(self, term: Term) -> Condition:
        name = term.key.partition(".")[2]
        return self._by_set(term, lambda issue: head_of(self.world, issue)["metadata"].get(name, ""))

    # -- what its events say

    def _release(self, term: Term) -> Condition:
        tests = [_wildcard(value) for value in term.values if value != "latest"]
        newest = (
            {project.releases[-1].version for project in self.world.projects}
            if "latest" in term.values
            else set()
        )
        wanted = [
            release
            for release in self.world.all_releases()
            if release.version in newest or any(test.match(release.version) for test in tests)
        ]
        if term.key.lower() in ("firstrelease", "first-release"):
            return lambda issue: any(
                self.world.release_at(self.world.projects[issue.project], issue.first) is release
                for release in wanted
            )
        return lambda issue: any(has_release(self.world, issue, release) for release in wanted)

    def _user(self, term: Term) -> Condition:
        numbers: set[int] = set()
        for value in term.values:
            value = value.removeprefix("id:").removeprefix("email:")
            digits = re.findall(r"\d+", value)
            for number in {int(found) for found in digits if 0 < int(found) <= 9973}:
                person = Person(number)
                if value in (str(number), person.email, person.username, person.ip):
                    numbers.add(number)
        return lambda issue: any(has_user(issue, number) for number in numbers)

    def _has(self, term: Term) -> Condition:
        key = term.values[0]
        if key == "user":
            return lambda issue: issue.users > 0
        if key == "assigned":
            return lambda issue: issue.assigned is not None
        return lambda issue: bool(values_of(self.world, issue, key))

    def _tag(self, term: Term) -> Condition:
        if term.operator != "=":
            raise bad_request(f"Error parsing search query: Invalid comparison for {term.key}")
        tests = [_wildcard(value) for value in term.values]
        return lambda issue: any(
            test.match(value) for value in values_of(self.world, issue, term.key) for test in tests
        )


def _wildcard(text: str) -> re.Pattern[str]:
    parts = [re.escape(part) for part in text.split("*")]
    return re.compile("^" + ".*".join(parts) + "$", re.IGNORECASE | re.DOTALL)


_COMPARE: dict[str, Callable[[float, float], bool]] = {
    "=": lambda left, right: left == right,
    ">": lambda left, right: left > right,
    ">=": lambda left, right: left >= right,
    "<": lambda left, right: left < right,
    "<=": lambda left, right: left <= right,
}

_BY_KEY: dict[str, Callable[[Compiler, Term], Condition]] = {
    "is": Compiler._is,
    "assigned": Compiler._assigned,
    "assigned_or_suggested": Compiler._assigned,
    "bookmarks": Compiler._bookmarks,
    "subscribed": Compiler._subscribed,
    "team": Compiler._team,
    "timesseen": Compiler._times_seen,
    "times_seen": Compiler._times_seen,
    "firstseen": Compiler._first_seen,
    "age": Compiler._first_seen,
    "lastseen": Compiler._last_seen,
    "event.timestamp": Compiler._last_seen,
    "timestamp": Compiler._last_seen,
    "level": Compiler._level,
    "project": Compiler._project,
    "project.name": Compiler._project,
    "project.id": Compiler._project,
    "issue": Compiler._issue,
    "issue.id": Compiler._issue,
    "issue.priority": Compiler._priority,
    "issue.category": Compiler._category,
    "issue.type": Compiler._category,
    "platform": Compiler._platform,
    "platform.name": Compiler._platform,
    "error.unhandled": Compiler._unhandled,
    "error.handled": Compiler._unhandled,
    "error.type": Compiler._error,
    "error.value": Compiler._error,
    "title": Compiler._title,
    "message": Compiler._title,
    "transaction": Compiler._transaction,
    "culprit": Compiler._transaction,
    "release": Compiler._release,
    "release.version": Compiler._release,
    "firstrelease": Compiler._release,
    "first-release": Compiler._release,
    "user": Compiler._user,
    "user.id": Compiler._user,
    "user.email": Compiler._user,
    "user.username": Compiler._user,
    "user.ip": Compiler._user,
    "has": Compiler._has,
}

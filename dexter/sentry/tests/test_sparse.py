"""Counts over time of a server that leaves the empty hours out."""

import pytest

from dexter.sentry.client.sparse import HOUR, every_hour

NOW = 1_795_212_000 + 1234  # in the hour that begins at 1,795,212,000
RUNNING = 1_795_212_000


def test_hours_without_events_are_zero():
    hours = every_hour([[RUNNING - HOUR, 14], [RUNNING, 10]], NOW)
    assert len(hours) == 24
    assert hours[-2:] == [[RUNNING - HOUR, 14], [RUNNING, 10]]
    assert sum(count for _, count in hours) == 24


def test_an_issue_without_events_has_a_day_of_zeros():
    assert every_hour([], NOW) == [[RUNNING - step * HOUR, 0] for step in range(23, -1, -1)]


def test_an_hour_that_the_server_may_have_cut_is_left_out():
    assert sum(count for _, count in every_hour([[RUNNING - 24 * HOUR, 5]], NOW)) == 0


@pytest.mark.parametrize("ahead", [1, 30])
def test_a_server_whose_clock_is_ahead_says_which_hour_runs(ahead):
    newest = RUNNING + ahead * HOUR
    assert every_hour([[newest, 3]], NOW)[-1] == [newest, 3]

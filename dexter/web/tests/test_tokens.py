"""Personal API tokens: kept as a hash, found, counted as used, revoked, made from the command line."""

from datetime import timedelta
from io import StringIO

import pytest
import time_machine
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.utils import timezone

from dexter.web.models import ApiToken
from dexter.web.tokens import find_token, make_token, revoke_token

pytestmark = pytest.mark.django_db


@pytest.fixture
def user() -> User:
    return User.objects.create_user("priya")


def test_only_the_hash_is_kept(user: User) -> None:
    token, text = make_token(user, name="report")
    stored = ApiToken.objects.values().get(pk=token.pk)
    assert text.startswith(stored["prefix"])
    assert all(text not in str(value) for value in stored.values())


def test_found_with_its_user(user: User) -> None:
    token, text = make_token(user, name="report", can_write=True)
    found = find_token(text)
    assert found == token
    assert found.user == user


@pytest.mark.parametrize("wrong", ["", "dxt_", "dxt_nothing"])
def test_unknown_is_not_found(wrong: str) -> None:
    assert find_token(wrong) is None


def test_revoked_is_not_found(user: User) -> None:
    token, text = make_token(user, name="report")
    assert revoke_token(user, token.pk)
    assert find_token(text) is None
    assert not revoke_token(user, token.pk)


def test_nobody_revokes_for_another(user: User) -> None:
    token, text = make_token(user, name="report")
    assert not revoke_token(User.objects.create_user("mateo"), token.pk)
    assert find_token(text)


def test_token_of_a_closed_account_is_not_found(user: User) -> None:
    _, text = make_token(user, name="report")
    User.objects.update(is_active=False)
    assert find_token(text) is None


def test_last_use_is_noted_once_a_minute(user: User, django_assert_num_queries) -> None:
    token, text = make_token(user, name="report")
    start = timezone.now()
    with time_machine.travel(start, tick=False), django_assert_num_queries(2):
        find_token(text)
    with time_machine.travel(start + timedelta(seconds=30), tick=False), django_assert_num_queries(1):
        find_token(text)
    token.refresh_from_db()
    assert token.last_used == start
    with time_machine.travel(start + timedelta(seconds=90), tick=False), django_assert_num_queries(2):
        find_token(text)


def test_command_prints_a_working_token(user: User) -> None:
    out = StringIO()
    call_command("create_token", "priya", "--write", stdout=out)
    found = find_token(out.getvalue().strip())
    assert found is not None
    assert found.user == user
    assert found.can_write


def test_command_names_the_unknown_user() -> None:
    with pytest.raises(CommandError, match="no user 'nobody'"):
        call_command("create_token", "nobody")


def test_command_makes_no_token_that_cannot_be(user: User) -> None:
    with pytest.raises(CommandError, match="more than 80 characters"):
        call_command("create_token", "priya", name="n" * 81)
    user.is_active = False
    user.save()
    with pytest.raises(CommandError, match="priya may not sign in"):
        call_command("create_token", "priya")
    assert not ApiToken.objects.exists()

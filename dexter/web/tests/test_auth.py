"""Who may ask the JSON API, and who may change something by it."""

import pytest
from django.contrib.auth.models import User
from django.test import RequestFactory
from ninja.errors import HttpError

from dexter.web.auth import TokenAuth
from dexter.web.tokens import make_token

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("can_write", "write"), [(False, False), (True, False), (True, True)])
def test_a_token_that_is_enough_speaks_for_its_person(can_write: bool, write: bool) -> None:
    user = User.objects.create_user("priya")
    token, text = make_token(user, name="test", can_write=can_write)
    request = RequestFactory().get("/")
    assert TokenAuth(write=write).authenticate(request, text) == token
    assert request.user == user


def test_a_reading_token_may_not_write() -> None:
    _, text = make_token(User.objects.create_user("priya"), name="test")
    with pytest.raises(HttpError, match="may only read") as refused:
        TokenAuth(write=True).authenticate(RequestFactory().get("/"), text)
    assert refused.value.status_code == 403


def test_an_unknown_token_is_nobody() -> None:
    assert TokenAuth().authenticate(RequestFactory().get("/"), "dxt_nothing") is None

"""Sign-in, settings, help and error pages, over HTTP."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from dexter.web.models import ApiToken, Preference

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def user() -> User:
    return User.objects.create_user("priya", password="over the hills")


@pytest.fixture
def signed_in(client: Client, user: User) -> Client:
    client.force_login(user)
    return client


def test_a_stranger_is_sent_to_sign_in(client: Client) -> None:
    answer = client.get("/settings/")
    assert answer.status_code == 302
    assert answer["Location"] == "/login/?next=/settings/"


def test_htmx_is_told_to_leave_the_page_when_the_session_ended(client: Client) -> None:
    answer = client.get("/help/keys/", headers={**HTMX, "HX-Current-URL": "http://testserver/settings/?a=1"})
    assert answer.status_code == 200
    assert answer["HX-Redirect"] == "/login/?next=http%3A%2F%2Ftestserver%2Fsettings%2F%3Fa%3D1"
    assert answer.content == b""


def test_sign_in_and_out(client: Client, user: User) -> None:
    answer = client.post("/login/", {"username": "priya", "password": "over the hills", "next": "/settings/"})
    assert answer["Location"] == "/settings/"
    assert client.post("/logout/")["Location"] == "/login/"
    assert client.get("/settings/").status_code == 302


def test_a_wrong_password_says_what_to_do(client: Client, user: User) -> None:
    page = client.post("/login/", {"username": "priya", "password": "no"}).content.decode()
    assert "Check both and try again" in page


def test_the_demo_account_is_named_in_the_demo_only(client: Client) -> None:
    assert "demonstration" not in client.get("/login/").content.decode()


def test_preferences_are_kept_and_shape_the_page(signed_in: Client, user: User) -> None:
    assert 'data-mode="system"' in signed_in.get("/settings/").content.decode()
    signed_in.post("/settings/preferences/", {"mode": "dark", "split_shown": "1"})
    kept = Preference.objects.get(user=user)
    assert (kept.mode, kept.split, kept.density) == ("dark", False, "cosy")
    assert 'data-mode="dark"' in signed_in.get("/settings/").content.decode()


def test_one_choice_by_htmx_leaves_the_others(signed_in: Client, user: User) -> None:
    Preference.objects.create(user=user, mode="dark", split=False)
    answer = signed_in.post("/settings/preferences/", {"density": "compact"}, headers=HTMX)
    assert answer.status_code == 204
    kept = Preference.objects.get(user=user)
    assert (kept.mode, kept.split, kept.density) == ("dark", False, "compact")


def test_a_wrong_choice_is_refused_with_the_form(signed_in: Client, user: User) -> None:
    answer = signed_in.post("/settings/preferences/", {"mode": "pink"})
    assert answer.status_code == 422
    assert Preference.objects.get().mode == "system"


@pytest.mark.parametrize(
    ("back", "target"),
    [("/settings/#tokens", "/settings/#tokens"), ("//evil.example/", "/settings/"), ("", "/settings/")],
)
def test_a_form_does_not_send_people_elsewhere(signed_in: Client, back: str, target: str) -> None:
    answer = signed_in.post("/settings/preferences/", {"mode": "dark", "back": back})
    assert answer["Location"] == target


def test_a_token_is_shown_once(signed_in: Client, user: User) -> None:
    page = signed_in.post("/settings/tokens/", {"name": "nightly", "can_write": "on"}).content.decode()
    token = ApiToken.objects.get(user=user)
    assert f"{token.prefix}" in page
    assert 'id="new-token"' in page
    assert 'id="new-token"' not in signed_in.get("/settings/").content.decode()


def test_revoking_takes_it_off_the_page(signed_in: Client, user: User) -> None:
    signed_in.post("/settings/tokens/", {"name": "nightly"})
    token = ApiToken.objects.get()
    page = signed_in.post(f"/settings/tokens/{token.pk}/revoke/", follow=True).content.decode()
    assert token.prefix not in page
    assert "refused from now on" in page


def test_a_token_of_somebody_else_is_not_there(signed_in: Client) -> None:
    other = ApiToken.objects.create(user=User.objects.create_user("mateo"), name="x", digest="y")
    assert signed_in.post(f"/settings/tokens/{other.pk}/revoke/").status_code == 404


def test_help_is_a_page_and_a_fragment(signed_in: Client) -> None:
    page, part = signed_in.get("/help/keys/"), signed_in.get("/help/keys/", headers=HTMX)
    assert b"Select to here" in page.content
    assert b"Select to here" in part.content
    # A page is no dialog that could be closed.
    assert (b"Close <kbd>" in page.content, b"Close <kbd>" in part.content) == (False, True)
    assert "<html" not in part.content.decode()
    assert "HX-Request" in part["Vary"]
    assert "HX-Request" in page["Vary"]


@pytest.mark.parametrize("header", ["HX-Boosted", "HX-History-Restore-Request"])
def test_boosted_links_and_restored_pages_get_the_whole_page(signed_in: Client, header: str) -> None:
    assert "<html" in signed_in.get("/help/keys/", headers={**HTMX, header: "true"}).content.decode()


def test_settings_page_queries(signed_in: Client, django_assert_num_queries) -> None:
    signed_in.get("/settings/")
    # person with preferences, tokens
    with django_assert_num_queries(2):
        signed_in.get("/settings/")


def test_error_pages_need_no_session(client: Client, signed_in: Client) -> None:
    answer = signed_in.get("/no/such/page/")
    assert answer.status_code == 404
    assert "There is nothing here" in answer.content.decode()


def test_every_page_is_served_under_a_strict_policy(client: Client) -> None:
    policy = client.get("/login/")["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy

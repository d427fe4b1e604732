"""What an open list asks for when the stream told it of changes."""

import pytest
from django.utils import timezone

from issues.tests.factories import make_connection, make_issue, make_project, make_user

pytestmark = pytest.mark.django_db
LIST = {"HX-Request": "true", "HX-Current-URL": "http://testserver/?query=is:unresolved"}


@pytest.fixture
def issues(client):
    client.force_login(make_user("jane"))
    project = make_project(connection=make_connection())
    return [make_issue(project=project, status="unresolved", last_seen=timezone.now()) for _ in range(3)]


def test_what_the_list_does_not_show_is_counted(client, issues):
    answer = client.get("/issues/news/", {"shown": f"{issues[0].pk}", "changed": ""}, headers=LIST)
    assert "<b>2 new</b>" in answer.content.decode()


def test_an_empty_list_would_show_all_of_them(client, issues):
    answer = client.get("/issues/news/", {"shown": "0"}, headers=LIST)
    assert "<b>3 new</b>" in answer.content.decode()


def test_a_list_whose_own_rows_changed_has_no_news(client, issues):
    answer = client.get(
        "/issues/news/", {"changed": f"{issues[0].pk}", "created": "", "shown": ""}, headers=LIST
    )
    body = answer.content.decode()
    assert f'id="issue-{issues[0].pk}"' in body
    assert " new</b>" not in body


def test_the_panel_beside_the_list_changes_too(client, issues):
    asked = {"changed": f"{issues[0].pk}", "shown": "", "peeking": f"{issues[0].pk}"}
    body = client.get("/issues/news/", asked, headers=LIST).content.decode()
    assert 'id="issue-actions"' in body
    assert 'id="issue-state"' in body

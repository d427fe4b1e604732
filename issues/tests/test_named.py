"""Issues by what is pasted into the merge dialog."""

import pytest

from issues.queries.named import named_issues, unknown_words
from issues.tests.factories import make_connection, make_issue, make_project

pytestmark = pytest.mark.django_db


@pytest.fixture
def project():
    return make_project(connection=make_connection(slug="acme"))


def named(text, project):
    return named_issues(text, [project.connection_id])


def make_three(project):
    return [
        make_issue(project=project, sentry_id=str(number), short_id=f"SHOP-{number}")
        for number in (9001, 9002, 9003)
    ]


def test_each_way_to_name_an_issue_in_the_order_of_the_text(project):
    one, two, three = make_three(project)
    local = f"http://dexter.example.com/issues/{three.pk}/?tab=tags"
    remote = "https://sentry.example.com/organizations/acme/issues/9002/events/latest/"
    assert named(f"{local} shop-9001 {remote}", project) == [three, one, two]
    assert named("9001\nhttps://acme.sentry.example.com/issues/9003/", project) == [one, three]


def test_what_names_nothing_is_told(project):
    one, *_ = make_three(project)
    text = f"SHOP-9001 /issues/{one.pk}/ 9001 SHOP-77 /issues/7777777/ 78"
    assert unknown_words(text, named(text, project)) == ["SHOP-77", "/issues/7777777/", "78"]


def test_one_query_for_any_number_of_words(project, django_assert_num_queries):
    make_three(project)
    text = " ".join(f"SHOP-{number} 90{number} /issues/{number}/" for number in range(60))
    with django_assert_num_queries(1):
        named(text, project)
    with django_assert_num_queries(0):
        assert named("  ", project) == []


def test_named_twice_is_found_once_and_what_is_elsewhere_or_gone_not_at_all(project):
    one, two, _ = make_three(project)
    two.gone = "deleted"
    two.save()
    other = make_issue(project=make_project(connection=make_connection(slug="other")), sentry_id="77")
    assert named(f"9001 SHOP-9001 9002 77 /issues/{other.pk}/ {'9' * 40} /issues/{'9' * 40}/", project) == [
        one
    ]

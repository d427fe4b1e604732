"""Templates: versioned rows, editable in the admin with a preview, restorable, measured."""

import pytest
from django.core.cache import cache

from ai.models import Explanation, PromptTemplate
from ai.prompts import LABELS
from ai.queries.figures import figures
from ai.services.asking import ask
from ai.services.templates import add_version, make_first_versions, template_for, use_again
from issues.tests.factories import make_user
from issues.tests.issue_page import SECRETS

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def staff(client):
    cache.clear()
    client.force_login(make_user("boss", is_staff=True, is_superuser=True))
    return client


@pytest.fixture
def rows():
    make_first_versions()
    return PromptTemplate.objects


def new_version(**fields):
    given = {"category": "other", "system": "You are a careful reviewer.", "task": "Say it in one sentence."}
    return add_version(**given | fields)


def test_every_category_has_a_first_version(rows):
    assert rows.filter(version=1, is_current=True).count() == len(LABELS)
    assert make_first_versions() == 0


def test_a_new_version_is_used_and_the_old_one_kept(rows):
    new_version()
    assert template_for("other").version == "other/2"
    use_again(rows.get(category="other", version=1))
    assert template_for("other").version == "other/1"
    assert rows.filter(category="other").count() == 2


def test_without_rows_the_built_in_one_is_used():
    PromptTemplate.objects.all().delete()
    assert template_for("deadlock").version == "deadlock/1"


def test_answers_are_measured_per_version(event, user, model, rows, ollama):
    category = Explanation.objects.get(pk=ask(event=event, user=user).pk).category
    new_version(category=category)
    ask(event=event, user=user)  # another template is another question
    assert len(ollama.chats) == 2
    assert "Say it in one sentence." in str(ollama.chats[1])
    assert {row.template for row in figures()} == {f"{category}/1", f"{category}/2"}
    assert {row.category for row in Explanation.objects.all()} == {category}


def test_editing_in_the_admin_makes_a_version(staff, rows):
    first = rows.get(category="deadlock")
    form = {"system": first.system, "task": f"{first.task} In German.", "note": "in German"}
    answer = staff.post(f"/admin/ai/prompttemplate/{first.pk}/change/", form)
    assert answer.status_code == 302
    second = rows.get(category="deadlock", version=2)
    first.refresh_from_db()
    assert (first.is_current, second.is_current, second.created_by.username) == (False, True, "boss")
    assert "In German." not in first.task
    action = {"action": "use_this_version", "_selected_action": [first.pk]}
    staff.post("/admin/ai/prompttemplate/", action)
    assert template_for("deadlock").version == "deadlock/1"
    assert staff.post(f"/admin/ai/prompttemplate/{first.pk}/delete/", {"post": "yes"}).status_code == 403


def test_who_goes_on_editing_edits_the_new_version(staff, rows):
    first = rows.get(category="deadlock")
    form = {"system": first.system, "task": f"{first.task} In German.", "note": "", "_continue": "1"}
    answer = staff.post(f"/admin/ai/prompttemplate/{first.pk}/change/", form)
    second = rows.get(category="deadlock", version=2)
    assert answer["Location"] == f"/admin/ai/prompttemplate/{second.pk}/change/"


def test_a_preview_on_a_real_event(staff, event, rows):
    row = new_version(category="other")
    page = staff.get(f"/ai/templates/{row.pk}/").content.decode()
    assert "You are a careful reviewer." in page
    assert [secret for secret in SECRETS if secret in page] == []
    assert (
        f"/ai/templates/{row.pk}/" in staff.get(f"/admin/ai/prompttemplate/{row.pk}/change/").content.decode()
    )


def test_templates_are_for_administrators(client, user, event, rows):
    client.force_login(user)
    assert client.get(f"/ai/templates/{rows.first().pk}/").status_code == 404

"""Pages where the static files were not collected, or are those of an older version."""

import pytest
from django.contrib.staticfiles.storage import staticfiles_storage

pytestmark = pytest.mark.django_db

STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "dexter.web.static_files.StaticFilesStorage"},
}


@pytest.fixture
def nothing_collected(settings, tmp_path):
    settings.STATIC_ROOT = str(tmp_path)
    settings.STORAGES = STORAGES


def test_it_is_the_storage_of_a_server():
    from dexter import settings

    assert settings.STORAGES == STORAGES


@pytest.mark.usefixtures("nothing_collected")
def test_a_page_comes_without_style(client):
    answer = client.get("/login/")
    assert answer.status_code == 200
    assert "/static/css/tokens.css" in answer.content.decode()


@pytest.mark.usefixtures("nothing_collected")
def test_an_error_page_comes_without_style(client, django_user_model):
    client.force_login(django_user_model.objects.create_user("ada"))
    answer = client.get("/nothing/here/")
    assert answer.status_code == 404
    assert "There is nothing here" in answer.content.decode()


@pytest.mark.usefixtures("nothing_collected")
def test_collected_files_have_hashed_names(tmp_path):
    (tmp_path / "staticfiles.json").write_text(
        '{"version": "1.1", "paths": {"css/tokens.css": "css/tokens.1.css"}}'
    )
    assert staticfiles_storage.url("css/tokens.css") == "/static/css/tokens.1.css"
    assert staticfiles_storage.url("css/new.css") == "/static/css/new.css"

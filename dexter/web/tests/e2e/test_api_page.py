"""The page of the API's document: it works under the portal's own policy, without another server."""

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


def test_the_document_is_shown(open_list, site):
    page = open_list()
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{site}/api/v1/docs")
    expect(page.locator("#swagger-ui .opblock-summary-path").first).to_be_visible()
    assert all(url.startswith((site, "data:")) for url in asked)
    assert page.problems == []

"""All addresses. An app's pages are in its `urls`, its JSON in its `api`."""

from django.contrib import admin
from django.urls import include, path

from dexter.api import api
from dexter.web import views as web

urlpatterns = [
    path("login/", web.login, name="login"),
    path("logout/", web.logout, name="logout"),
    path("admin/", admin.site.urls),
    path("api/v1/", api.urls),
    path("", include("dexter.web.urls")),
    path("", include("dexter.live.urls")),
    path("", include("issues.urls")),
    path("", include("deadlocks.urls")),
    path("", include("ai.urls")),
    path("", include("dexter.ops.urls")),
]

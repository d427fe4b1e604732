from django.urls import path

from dexter.web import views

app_name = "web"
urlpatterns = [
    path("settings/", views.settings, name="settings"),
    path("settings/preferences/", views.preferences, name="preferences"),
    path("settings/tokens/", views.tokens, name="tokens"),
    path("settings/tokens/<int:pk>/revoke/", views.revoke, name="revoke"),
    path("help/keys/", views.keys, name="keys"),
    path("freshness/", views.freshness, name="freshness"),
]

from django.urls import path

from ai.views import models

app_name = "ai"
urlpatterns = [
    path("ai/models/", models.models, name="models"),
    path("ai/models/check/", models.check, name="check"),
    path("ai/models/<int:pk>/try/", models.try_model, name="try"),
]

from django.urls import path

from deadlocks.views import findings

app_name = "deadlocks"
urlpatterns = [
    path("deadlocks/issues/<int:pk>/queries/", findings.queries, name="queries"),
]

from django.urls import path

from deadlocks.views import findings, logs

app_name = "deadlocks"
urlpatterns = [
    path("deadlocks/analyze/", logs.analyze, name="analyze"),
    path("deadlocks/logs/<int:pk>/", logs.log, name="log"),
    path("deadlocks/logs/<int:pk>/change/", logs.change, name="change-log"),
    path("deadlocks/issues/<int:pk>/queries/", findings.queries, name="queries"),
]

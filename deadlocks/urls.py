from django.urls import path

from deadlocks.views import findings, history, logs, originals, reports

app_name = "deadlocks"
urlpatterns = [
    path("deadlocks/", reports.reports, name="list"),
    path("deadlocks/<int:pk>/", reports.report, name="report"),
    path("deadlocks/<int:pk>/report.<str:kind>", reports.download, name="download"),
    path("deadlocks/analyze/", logs.analyze, name="analyze"),
    path("deadlocks/history/", history.history, name="history"),
    path("deadlocks/<int:pk>/advice/", history.follow, name="follow"),
    path("deadlocks/logs/<int:pk>/<int:position>/advice/", history.follow_log, name="follow-log"),
    path("deadlocks/logs/<int:pk>/", logs.log, name="log"),
    path("deadlocks/logs/<int:pk>/change/", logs.change, name="change-log"),
    path("deadlocks/<int:pk>/reveal/", originals.of_report, name="reveal"),
    path("deadlocks/logs/<int:pk>/<int:position>/report.<str:kind>", logs.download, name="download-log"),
    path("deadlocks/logs/<int:pk>/<int:position>/reveal/", originals.of_log, name="reveal-log"),
    path("deadlocks/issues/<int:pk>/", reports.panel, name="panel"),
    path("deadlocks/issues/<int:pk>/queries/", findings.queries, name="queries"),
]

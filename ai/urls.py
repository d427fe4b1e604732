from django.urls import path

from ai.views import explanations, metrics, models, recommendations, search, stream

app_name = "ai"
urlpatterns = [
    path("search/describe/", search.describe, name="describe"),
    path("search/described/<int:pk>/", search.described, name="described"),
    path("recommendations/", recommendations.recommendations, name="recommendations"),
    path("ai/models/", models.models, name="models"),
    path("ai/models/check/", models.check, name="check"),
    path("ai/models/<int:pk>/try/", models.try_model, name="try"),
    path("ai/servers/<int:pk>/pull/", models.pull, name="pull"),
    path("ai/servers/<int:pk>/pulls/", models.pulls, name="pulls"),
    path("ai/servers/<int:pk>/offer/", models.offer, name="offer"),
    path("ai/pulls/<int:pk>/stop/", models.stop_pull, name="stop-pull"),
    path("ai/metrics/", metrics.metrics, name="metrics"),
    path("ai/templates/<int:pk>/", explanations.template, name="template"),
    path("ai/compare/", explanations.compare, name="compare"),
    path("ai/issues/<int:pk>/", explanations.panel, name="panel"),
    path("ai/issues/<int:pk>/ask/", explanations.ask, name="ask"),
    path("ai/issues/<int:pk>/sent/", explanations.preview, name="preview"),
    path("ai/explanations/<int:pk>/", explanations.explanation, name="explanation"),
    path("ai/explanations/<int:pk>/stream/", stream.stream, name="stream"),
    path("ai/explanations/<int:pk>/stop/", explanations.stop, name="stop"),
    path("ai/explanations/<int:pk>/feedback/", explanations.feedback, name="feedback"),
    path("ai/explanations/<int:pk>/markdown/", explanations.markdown, name="markdown"),
]

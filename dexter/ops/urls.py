from django.urls import path

from dexter.ops import views

urlpatterns = [path("healthz", views.health, name="health"), path("metrics", views.metrics, name="metrics")]

"""The consultation as a body sees it: live participation, communication kit."""

from __future__ import annotations

from django.urls import URLPattern

app_name = "consultation"
urlpatterns: list[URLPattern] = []

from django.urls import URLPattern

app_name = "observer"
urlpatterns: list[URLPattern] = []

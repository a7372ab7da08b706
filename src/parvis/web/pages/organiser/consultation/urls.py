"""The consultation as the organiser sees it."""

from django.urls import path

from parvis.web.pages.organiser.consultation import views

app_name = "consultation"
urlpatterns = [
    path("", views.home, name="home"),
    path("regle/", views.publish, name="publish-rule"),
    path("reprendre/", views.take_back, name="take-back"),
    path("kits/", views.make_kits, name="kits"),
    path("kits.zip", views.kits_file, name="kits-file"),
]

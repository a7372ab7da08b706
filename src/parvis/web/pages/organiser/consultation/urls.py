"""The consultation as the organiser sees it."""

from django.urls import path

from parvis.web.pages.organiser.consultation import integrity, kits, margins, texts, views

app_name = "consultation"
urlpatterns = [
    path("", views.home, name="home"),
    path("regle/", views.publish, name="publish-rule"),
    path("reprendre/", views.take_back, name="take-back"),
    path("textes/", texts.texts, name="texts"),
    path("marges/", margins.home, name="margins"),
    path("marges/retirer/", margins.remove, name="remove-margins"),
    path("marges/modele.csv", margins.to_fill, name="margins-template"),
    path("integrite/", integrity.home, name="integrity"),
    path("integrite.csv", integrity.table, name="integrity-csv"),
    path("kits/", kits.make, name="kits"),
    path("kits.zip", kits.archive, name="kits-file"),
]

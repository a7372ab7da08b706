from django.urls import path

from parvis.web.pages.mine import views

app_name = "mine"
urlpatterns = [
    path("", views.mine, name="home"),
    path("profil/", views.profile, name="profile"),
    path("donnees.json", views.export, name="export"),
]

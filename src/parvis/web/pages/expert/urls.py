from django.urls import path

from parvis.web.pages.expert import commentary, jury

app_name = "expert"
urlpatterns = [
    path("", commentary.home, name="home"),
    path("resultats/<int:scorecard>/", commentary.write, name="write"),
    path("commentaire/<int:commentary>/signer/", commentary.sign, name="sign"),
    path("jury/", jury.home, name="jury"),
    path("jury/<slug:edition>/", jury.ranks, name="jury-ranks"),
]

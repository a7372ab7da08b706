from django.urls import path

from parvis.web.pages.public import editions, site

app_name = "public"
urlpatterns = [
    path("", site.home, name="home"),
    path("editions/<slug:edition>/", editions.edition, name="edition"),
    path("editions/<slug:edition>/resultats/", editions.national, name="national"),
    path("editions/<slug:edition>/palmares/", editions.palmares, name="palmares"),
    path("editions/<slug:edition>/methode/", editions.method, name="method"),
    path("editions/<slug:edition>/methode.toml", editions.method_file, name="method-file"),
    path("editions/<slug:edition>/grilles/<slug:channel>.xlsx", editions.grid_file, name="grid-file"),
    path("editions/<slug:edition>/donnees-ouvertes.zip", editions.open_data_file, name="open-data"),
    path("aide/", site.help_page, name="help"),
    path("mentions-legales/", site.legal, name="legal"),
    path("accessibilite/", site.accessibility, name="accessibility"),
    path("vos-donnees/", site.privacy, name="privacy"),
]

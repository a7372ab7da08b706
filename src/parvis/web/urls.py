"""One prefix per audience."""

from django.urls import include, path

urlpatterns = [
    path("compte/", include("allauth.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("avis/", include("parvis.web.pages.citizen.urls")),
    path("structure/", include("parvis.web.pages.organisation.urls")),
    path("terrain/", include("parvis.web.pages.observer.urls")),
    path("pilotage/", include("parvis.web.pages.organiser.urls")),
    path("expertise/", include("parvis.web.pages.expert.urls")),
    path("mon-espace/", include("parvis.web.pages.mine.urls")),
    path("", include("parvis.web.pages.mailbox.urls")),
    path("", include("parvis.web.pages.openrosa.urls")),
    path("", include("parvis.web.pages.public.urls")),
]

from django.urls import path

from parvis.web.pages.observer import cases, filling, missions, offline, profile

app_name = "observer"
urlpatterns = [
    path("", missions.listing, name="missions"),
    path("sw.js", offline.worker, name="worker"),
    path("app.webmanifest", offline.manifest, name="manifest"),
    path("rapports/", offline.reports, name="reports"),
    path("inscription/", profile.apply, name="apply"),
    path("profil/", profile.profile, name="profile"),
    path("charte/<slug:edition>/", profile.code, name="code"),
    path("missions/<int:mission>/", missions.briefing, name="mission"),
    path("missions/<int:mission>/accepter/", missions.accept, name="accept"),
    path("missions/<int:mission>/decliner/", missions.decline, name="decline"),
    path("missions/<int:mission>/rendre/", missions.release, name="release"),
    path("missions/<int:mission>/signaler/", missions.trouble, name="trouble"),
    path("missions/<int:mission>/agenda.ics", missions.calendar, name="calendar"),
    path("missions/<int:mission>/dossier/", cases.case, name="case"),
    path("missions/<int:mission>/grille/<int:step>/", filling.fill, name="fill"),
    path("missions/<int:mission>/hors-ligne/", offline.app, name="app"),
    path("missions/<int:mission>/envoi/", offline.receive, name="receive"),
    path("missions/<int:mission>/recu/", filling.receipt, name="receipt"),
]

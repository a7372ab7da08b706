from django.urls import path

from parvis.web.pages.observer import cases, fees, filling, joining, lists, missions, offline, profile, training

app_name = "observer"
urlpatterns = [
    path("", lists.listing, name="missions"),
    path("envoyees/", lists.sent, name="sent"),
    path("sw.js", offline.worker, name="worker"),
    path("app.webmanifest", offline.manifest, name="manifest"),
    path("rapports/", offline.reports, name="reports"),
    path("devenir-citoyen-mystere/", joining.recruitment, name="recruitment"),
    path("inscription/", joining.apply, name="apply"),
    path("profil/", profile.profile, name="profile"),
    path("charte/<slug:edition>/", joining.code, name="code"),
    path("formation/", training.listing, name="training"),
    path("formation/<slug:channel>/<int:step>/", training.slide, name="slide"),
    path("formation/<slug:channel>/questionnaire/", training.quiz, name="quiz"),
    path("indemnites/", fees.overview, name="fees"),
    path("indemnites/<slug:edition>/releve.csv", fees.csv_file, name="fees-csv"),
    path("indemnites/<slug:edition>/releve.pdf", fees.pdf_file, name="fees-pdf"),
    path("missions/<int:mission>/", missions.briefing, name="mission"),
    path("missions/<int:mission>/accepter/", missions.accept, name="accept"),
    path("missions/<int:mission>/decliner/", missions.decline, name="decline"),
    path("missions/<int:mission>/rendre/", missions.release, name="release"),
    path("missions/<int:mission>/frais/", fees.expenses, name="expenses"),
    path("missions/<int:mission>/signaler/", missions.trouble, name="trouble"),
    path("missions/<int:mission>/agenda.ics", missions.calendar, name="calendar"),
    path("missions/<int:mission>/dossier/", cases.case, name="case"),
    path("missions/<int:mission>/grille/<int:step>/", filling.fill, name="fill"),
    path("missions/<int:mission>/hors-ligne/", offline.app, name="app"),
    path("missions/<int:mission>/envoi/", offline.receive, name="receive"),
    path("missions/<int:mission>/recu/", filling.receipt, name="receipt"),
]

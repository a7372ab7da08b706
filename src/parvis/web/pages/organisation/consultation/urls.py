"""The consultation as a body sees it: live participation, communication kit, paper forms, what citizens wrote."""

from django.urls import path

from parvis.web.pages.organisation.consultation import codes, kit, live, paper, settings, verbatims

app_name = "consultation"
urlpatterns = [
    path("", live.home, name="home"),
    path("ouvrir/", settings.open_ways, name="open"),
    path("reglages/", settings.change, name="settings"),
    path("reglages/reseau/", settings.network, name="network"),
    path("reglages/reseau/retirer/", settings.withdraw, name="withdraw-network"),
    path("reglages/visites/", settings.visits, name="visits"),
    path("reglages/borne/<int:point>/", settings.kiosk, name="kiosk"),
    path("kit.png", kit.preview, name="preview"),
    path("kit.zip", kit.archive, name="kit"),
    path("qr/<int:point>.svg", kit.qr, name="qr"),
    path("codes/", codes.home, name="codes"),
    path("codes/imprimer/", codes.print_batch, name="print-codes"),
    path("codes/annuler/", codes.cancel, name="cancel-codes"),
    path("papier/", paper.desk, name="paper"),
    path("papier/formulaire/", paper.form, name="paper-form"),
    path("papier/saisir/", paper.key, name="key"),
    path("papier/<int:sheet>/regler/", paper.settle, name="settle"),
    path("paroles/", verbatims.read, name="verbatims"),
    path("paroles/themes/", verbatims.theme, name="theme"),
]

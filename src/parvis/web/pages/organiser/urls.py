from django.urls import include, path

from parvis.web.pages.organiser import calendar, edition, enrolments, imports, instruments, people, results, work

app_name = "organiser"
urlpatterns = [
    path("nouvelle/", edition.create, name="create"),
    path("importer/", imports.import_table, name="import"),
    path("<slug:edition>/", edition.home, name="edition"),
    path("<slug:edition>/etape/", edition.advance, name="advance"),
    path("<slug:edition>/journal/", edition.journal, name="journal"),
    path("<slug:edition>/calendrier/", calendar.dates, name="calendar"),
    path("<slug:edition>/grilles/", instruments.listing, name="instruments"),
    path("<slug:edition>/grilles/figer/", instruments.freeze, name="freeze-instruments"),
    path("<slug:edition>/grilles/<slug:channel>/", instruments.preview, name="instrument"),
    path("<slug:edition>/inscriptions/", enrolments.queue, name="enrolments"),
    path("<slug:edition>/personnes/", people.seats, name="people"),
    path("<slug:edition>/personnes/confier/", people.assign, name="assign"),
    path("<slug:edition>/resultats/", results.overview, name="results"),
    path("<slug:edition>/resultats/fiabilite/", results.worth, name="worth"),
    path("<slug:edition>/resultats/figer/", results.freeze_data, name="freeze-data"),
    path("<slug:edition>/resultats/publier/", results.sign, name="publish"),
    path("<slug:edition>/resultats/remettre/", results.hand_over, name="deliver"),
    path("<slug:edition>/commandes/", results.orders, name="orders"),
    path("<slug:edition>/travaux/", work.listing, name="work"),
    path("travail/<int:job>/avancement/", work.progress, name="progress"),
    path("travail/<int:job>/arreter/", work.stop, name="stop"),
    path("inscription/<int:enrolment>/decision/", enrolments.decide, name="decide"),
    path("commande/<int:order>/confirmer/", results.confirm, name="confirm-order"),
    path("<slug:edition>/consultation/", include("parvis.web.pages.organiser.consultation.urls")),
    path("<slug:edition>/terrain/", include("parvis.web.pages.organiser.fieldwork.urls")),
]

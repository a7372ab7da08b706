from django.urls import include, path

from parvis.web.pages.organisation import appeals, enrolment, find, home, improvement, orders, results, team

app_name = "organisation"
urlpatterns = [
    path("", find.find, name="find"),
    path("inscrire/<int:territory>/", find.begin, name="begin"),
    path("autre/", find.other, name="other"),
    path("<int:organisation>/", home.home, name="home"),
    path("<int:organisation>/calendrier.ics", home.calendar_file, name="calendar-file"),
    path("<int:organisation>/equipe/", team.team, name="team"),
    path("<int:organisation>/sites/", team.places, name="places"),
    path("inscription/<int:enrolment>/", enrolment.tasks, name="enrolment"),
    path("inscription/<int:enrolment>/perimetre/", enrolment.perimeter, name="perimeter"),
    path("inscription/<int:enrolment>/souhaits/", enrolment.wishes, name="wishes"),
    path("inscription/<int:enrolment>/agents/", enrolment.staff, name="staff"),
    path("inscription/<int:enrolment>/commander/", orders.order, name="order"),
    path("commande/<int:order>/accepter/", orders.accept, name="accept-order"),
    path("commande/<int:order>/annuler/", orders.cancel, name="cancel-order"),
    path("commande/<int:order>/devis.pdf", orders.quote_file, name="quote-file"),
    path("resultats/<int:scorecard>/", results.scorecard, name="scorecard"),
    path("resultats/<int:scorecard>/fiche.pdf", results.one_page_file, name="scorecard-file"),
    path("resultats/<int:scorecard>/rapport.pdf", results.report_file, name="report-file"),
    path("resultats/<int:scorecard>/criteres.csv", results.criteria_file, name="criteria-file"),
    path("resultats/<int:scorecard>/contestations/", appeals.listing, name="appeals"),
    path("resultats/<int:scorecard>/contester/<slug:channel>/<str:criterion>/", appeals.appeal, name="appeal"),
    path("<int:organisation>/contact-repere/", appeals.spotted, name="spotted"),
    path("<int:organisation>/progres/", improvement.plan, name="plan"),
    path("resultats/<int:scorecard>/action/", improvement.create, name="create-action"),
    path("action/<int:action>/", improvement.action, name="action"),
    path("<int:organisation>/consultation/", include("parvis.web.pages.organisation.consultation.urls")),
]

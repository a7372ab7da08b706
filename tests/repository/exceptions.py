"""The only exceptions to the house rules, each with its reason. An exception that no longer serves fails the tests."""

from __future__ import annotations

# Files past 400 lines.
LONG_FILES: dict[str, str] = {}

# Functions past 40 lines (file::name).
LONG_FUNCTIONS: dict[str, str] = {}

# Moments without the person who made them (app.Model.field).
MOMENTS_WITHOUT_PERSON: dict[str, str] = {
    "people.Person.joined_at": "a person joins by their own act",
    "jobs.Job.asked_at": "scheduled work is asked by nobody",
    "territory.Vintage.loaded_at": "the territories are loaded by the command line, before anyone has an account",
    "territory.Organisation.created_at": "public bodies come with the territories",
    "territory.Place.created_at": "a body's main site comes with the territories",
    "territory.Membership.granted_at": "the first member of all is seated from the command line",
    "editions.Seat.granted_at": "the first organiser of all is seated from the command line",
}

# Templates that no file of ours names: another library asks for them by name.
TEMPLATES_ASKED_BY_OTHERS: dict[str, str] = {
    "account/": "django-allauth's pages, in our look",
    "allauth/": "django-allauth's elements and layouts, in our look",
    "mfa/": "django-allauth's second factor, in our look",
    "socialaccount/": "django-allauth's single sign-on, in our look",
    "usersessions/": "django-allauth's sessions, in our look",
    "400.html": "Django's error page",
    "403.html": "Django's error page",
    "403_csrf.html": "Django's error page",
    "404.html": "Django's error page",
    "500.html": "Django's error page",
    "429.html": "django-allauth's page for too many attempts",
    "django/forms/": "Django's form widgets, in our look",
}

# Hosts that templates and static files may name. None is ever called by a page: people may follow a link there.
NAMED_HOSTS: dict[str, str] = {
    "www.w3.org": "names of XML vocabularies (SVG, XLink)",
    "www.etalab.gouv.fr": "text of the Licence Ouverte",
    "joinup.ec.europa.eu": "text of the EUPL",
    "interoperable-europe.ec.europa.eu": "text of the EUPL",
    "eur-lex.europa.eu": "text of the law",
    "www.legifrance.gouv.fr": "text of the law",
    "www.cnil.fr": "complaints about personal data",
    "www.defenseurdesdroits.fr": "complaints about accessibility",
    "formulaire.defenseurdesdroits.fr": "complaints about accessibility",
    "accessibilite.numerique.gouv.fr": "the accessibility standard",
}

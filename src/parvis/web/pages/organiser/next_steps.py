"""What an organiser has to do next, from the state of the edition; the first line is the one that matters."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from parvis.web.editions.models import Edition, Enrolment
from parvis.web.fieldwork.openrosa import parcels_of
from parvis.web.fieldwork.queries import undecided_observations

State = Edition.State


@dataclass(frozen=True, slots=True)
class NextStep:
    text: str
    url: str
    done: bool = False


def next_steps(edition: Edition) -> list[NextStep]:
    def go(name: str) -> str:
        return reverse(f"organiser:{name}", args=[edition.slug])

    submitted = edition.enrolments.filter(state=Enrolment.State.SUBMITTED).count()
    match edition.state:
        case State.DRAFT:
            return [
                NextStep(_("Annoncer le calendrier"), go("calendar"), edition.dates.exists()),
                NextStep(_("Déposer les grilles et le questionnaire"), go("instruments"), edition.instruments.exists()),
                NextStep(_("Ouvrir les inscriptions"), ""),
            ]
        case State.ENROLMENT:
            return [
                NextStep(
                    _("Décider de %(n)d inscription(s) en attente") % {"n": submitted}, go("enrolments"), not submitted
                ),
                NextStep(_("Figer les grilles et la méthode"), go("instruments"), bool(edition.instruments_frozen_at)),
                NextStep(_("Ouvrir le terrain"), ""),
            ]
        case State.FIELDWORK:
            return [
                NextStep(_("Suivre le terrain"), reverse("organiser:fieldwork:board", args=[edition.slug])),
                NextStep(_("Relire les observations"), reverse("organiser:fieldwork:queue", args=[edition.slug])),
                *_parcels(edition),
                NextStep(_("Fermer le terrain"), ""),
            ]
        case State.REVIEW:
            waiting = undecided_observations(edition).count()
            review = reverse("organiser:fieldwork:queue", args=[edition.slug])
            return [
                NextStep(_("Terminer la relecture (%(n)d en attente)") % {"n": waiting}, review, not waiting),
                *_parcels(edition),
                NextStep(_("Figer le jeu de données"), go("results")),
            ]
        case State.FROZEN:
            return [NextStep(_("Vérifier, signer et publier"), go("results"))]
        case _other:
            return [NextStep(_("Remettre les résultats et confirmer les commandes"), go("results"))]


def _parcels(edition: Edition) -> list[NextStep]:
    """What phones sent and nobody received: fieldwork neither closes nor freezes before it is settled."""
    waiting = parcels_of(edition).count()
    url = reverse("openrosa:parcels", args=[edition.slug])
    return (
        [NextStep(_("Régler les envois d’ODK Collect qui attendent (%(n)d)") % {"n": waiting}, url)] if waiting else []
    )


def tell_parcels(request: HttpRequest, edition: Edition) -> None:
    """After a refusal: where the parcels that stand in the way are."""
    for step in _parcels(edition):
        messages.info(request, format_html('<a class="govuk-link" href="{}">{}</a>', step.url, step.text))

"""The rule by which responses count, as anyone may read it, with the hash published before the first of them."""

from __future__ import annotations

import json

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext_lazy

from parvis.web.consultation.models import Consultation
from parvis.web.consultation.qualification import Flag, Rule, TrophyBy, rule_from_json
from parvis.web.editions.models import Edition
from parvis.web.pages.access import page
from parvis.web.pages.citizen.showing import frame, sealed
from parvis.web.pages.citizen.survey import citizen_page
from parvis.web.pages.citizen.words import best_language
from parvis.web.pages.loaders import visible_edition

READ_IN = ["fr", "en"]
WHY = {
    Flag.TRAP: gettext_lazy("Un champ que personne ne voit a été rempli."),
    Flag.TOO_FAST: gettext_lazy("Les réponses sont venues plus vite que l’on ne peut lire."),
    Flag.CROWDED: gettext_lazy("La même adresse a répondu plus souvent, dans la journée, qu’un foyer."),
    Flag.FLOOD: gettext_lazy("La même adresse a répondu plus souvent, dans la journée, qu’aucun lieu partagé."),
    Flag.BURST: gettext_lazy("Le même point d’entrée a reçu en dix minutes plus que l’on ne peut donner."),
    Flag.DUPLICATE_TEXT: gettext_lazy("Le texte libre est mot pour mot celui d’un autre avis du jour."),
    Flag.STRAIGHT_LINED: gettext_lazy("La même note a été donnée partout."),
    Flag.NIGHT: gettext_lazy("L’avis est venu au cœur de la nuit."),
    Flag.STAFF_NETWORK: gettext_lazy("L’avis est venu du réseau des agents, que la structure a déclaré."),
    Flag.NO_CODE: gettext_lazy("Aucun code de guichet valable n’accompagnait l’avis."),
    Flag.NO_WORK: gettext_lazy("Le navigateur n’a pas fait le petit calcul demandé."),
}

TROPHY = {
    TrophyBy.OWN: gettext_lazy(
        "Les avis retenus sont comptés pour 1 000 habitants. Là où personne n’habite (un hôpital, par exemple), ils le "
        "sont pour 1 000 visites d’une année, que la structure déclare avant la fin de la consultation. Les deux taux "
        "ne se comparent pas : il y a deux classements, et un trophée pour chacun."
    ),
    TrophyBy.INHABITANTS: gettext_lazy(
        "Les avis retenus sont comptés pour 1 000 habitants. Une structure sans habitants n’est pas classée."
    ),
    TrophyBy.VISITS: gettext_lazy(
        "Les avis retenus sont comptés pour 1 000 visites d’une année, que chaque structure déclare avant la fin de la "
        "consultation. Celle qui ne les déclare pas n’est pas classée."
    ),
}  # fmt: skip


def published(edition: str) -> Consultation:
    found = Consultation.objects.filter(edition=visible_edition(edition)).select_related("edition").first()
    if found is None:
        raise Http404
    return found


@citizen_page
@page(of=published)
def rule(request: HttpRequest, consultation: Consultation) -> HttpResponse:
    """In words and in figures, in French or in English."""
    rules, edition = rule_from_json(consultation.rule), consultation.edition
    if request.GET.get("format") == "json":  # the very text that the hash is of
        return JsonResponse(rules.to_json(), json_dumps_params={"sort_keys": True, "ensure_ascii": False})
    language = best_language(request.GET.get("langue", ""), request.headers.get("Accept-Language", ""), READ_IN)
    with translation.override(language):
        return sealed(render(request, "citizen/rule.html", _context(consultation, rules, edition, language)))


def _context(consultation: Consultation, rules: Rule, edition: Edition, language: str) -> dict[str, object]:
    asked = {Flag.NO_CODE: rules.codes_needed, Flag.NO_WORK: rules.work_bits > 0}
    points = [(WHY[flag], rules.points[flag]) for flag in Flag if asked.get(flag, True)]
    return {
        **frame(language, READ_IN), "organisation_name": str(edition.name), "edition": edition, "rule": rules,
        "points": points, "published": consultation, "trophy": TROPHY[TrophyBy(rules.trophy_by)],
        "text": json.dumps(rules.to_json(), indent=1, ensure_ascii=False),
    }  # fmt: skip

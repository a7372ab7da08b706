"""An organisation's results: its scorecard on screen and paper, only once delivered, never another's."""

from __future__ import annotations

import csv
from dataclasses import replace

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from parvis.core.vocabulary import Level
from parvis.rendering import organisation_report, scorecard_charts
from parvis.rendering.scorecard import Scorecard as Card
from parvis.web.pages.access import page
from parvis.web.pages.loaders import scorecard_of
from parvis.web.results.models import Scorecard
from parvis.web.results.queries import signed_commentaries
from parvis.web.results.rules import may_read_scorecard
from parvis.web.territory.rules import is_member


@page(of=scorecard_of, may=may_read_scorecard, seen="scorecard.read")
def scorecard(request: HttpRequest, scorecard: Scorecard) -> HttpResponse:
    card, language = Card.from_json(scorecard.data), get_language() or "fr"
    mine = is_member(request.user, scorecard.organisation)
    return render(request, "organisation/scorecard.html", {
        "scorecard": scorecard,
        "organisation": scorecard.organisation,
        "edition": scorecard.publication.edition,
        "publication": scorecard.publication,
        "card": card,
        "beside": card.beside_score(language),
        "charts": {
            "channels": scorecard_charts.channels_chart(card, language),
            "stages": scorecard_charts.stages_chart(card, language),
            "determinants": scorecard_charts.determinants_chart(card, language),
            "grid": scorecard_charts.grid_chart(card, language),
            "both": scorecard_charts.both_views_chart(card, language) if _both_views(card) else None,
            "changes": scorecard_charts.changes_chart(card, language) if card.changes else None,
        },
        "commentaries": _commentaries(scorecard),
        "can_act": mine,
        "outsider": not mine,  # an expert or an organiser, whose own space is elsewhere
    })  # fmt: skip


def _both_views(card: Card) -> bool:
    """Whether some determinant has both an observed and a perceived figure to show."""
    felt = {figure.code for figure in card.perceived_determinants if figure.value is not None}
    return any(figure.code in felt and figure.value is not None for figure in card.determinants)


def _commentaries(scorecard: Scorecard) -> list[object]:
    """The expert's reading belongs to levels 2 and 3."""
    level = scorecard.delivery.level if hasattr(scorecard, "delivery") else Level.ANALYSED
    return list(signed_commentaries(scorecard)) if level != Level.RAW else []


@page(of=scorecard_of, may=may_read_scorecard, seen="scorecard.downloaded")
def one_page_file(request: HttpRequest, scorecard: Scorecard) -> HttpResponse:
    content = organisation_report.one_page(_card(scorecard), language=get_language() or "fr")
    return _pdf(content, f"parvis-{scorecard.publication.edition.slug}-fiche.pdf")


@page(of=scorecard_of, may=may_read_scorecard, seen="report.downloaded")
def report_file(request: HttpRequest, scorecard: Scorecard) -> HttpResponse:
    pieces = [
        (str(each.get_channel_display() or _("Ensemble")), f"{each.strengths}\n\n{each.leads}")
        for each in _commentaries(scorecard)
    ]
    content = organisation_report.complete(_card(scorecard), language=get_language() or "fr", commentary=pieces)
    return _pdf(content, f"parvis-{scorecard.publication.edition.slug}-rapport.pdf")


@page(of=scorecard_of, may=may_read_scorecard, seen="criteria.downloaded")
def criteria_file(request: HttpRequest, scorecard: Scorecard) -> HttpResponse:
    """Every criterion with its figure, its n and its interval, for a spreadsheet."""
    card, language = Card.from_json(scorecard.data), get_language() or "fr"
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="parvis-{scorecard.publication.edition.slug}.csv"'
    writer = csv.writer(response)
    writer.writerow(["channel", "criterion", "label", "determinant", "value", "low", "high", "n", "status", "reason"])
    for each in card.criteria:
        figure = each.figure
        numbers = [figure.value, figure.low, figure.high, figure.n, figure.status, figure.reason]
        label = each.label.in_language(language)
        writer.writerow([figure.channel, each.code, label, each.determinant, *numbers])
    return response


def _card(scorecard: Scorecard) -> Card:
    """The scorecard as its papers show it: with the name of the edition, not its address."""
    return replace(Card.from_json(scorecard.data), edition=scorecard.publication.edition.name)


def _pdf(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{name}"'
    return response

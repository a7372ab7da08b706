"""What everyone may know of an edition: its calendar, national results, palmarès, method, grids and open data."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language

from parvis.core.instruments.method import read_method
from parvis.rendering import scorecard_charts
from parvis.rendering.likeness import how_to_read, likeness_table
from parvis.rendering.national import National
from parvis.rendering.national_report import category_table, how_much_ranks_say, measures_table, without_sets
from parvis.rendering.open_data import open_data_zip
from parvis.web.consultation.queries import has_rule
from parvis.web.editions.models import Edition, Instrument
from parvis.web.editions.queries import steps_on
from parvis.web.pages.access import page
from parvis.web.pages.loaders import publication_of, visible_edition
from parvis.web.results.models import Distinction, Publication
from parvis.web.results.queries import current_publication, palmares_rows, public_distinctions, read_publication

FEW = 10  # ranked organisations under which differences are to be read with care
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@page(of=visible_edition)
def edition(request: HttpRequest, edition: Edition) -> HttpResponse:
    return render(request, "public/edition.html", {
        "edition": edition,
        "steps": steps_on(edition, timezone.localdate()),
        "publication": current_publication(edition),
        "categories": edition.categories.all(),
        "has_rule": has_rule(edition),
    })  # fmt: skip


@page(of=publication_of)
def national(request: HttpRequest, publication: Publication) -> HttpResponse:
    figures, language = National.from_json(publication.national), get_language() or "fr"
    return render(request, "public/national.html", {
        "edition": publication.edition,
        "publication": publication,
        "national": figures,
        "charts": {
            "channels": scorecard_charts.channels_chart(figures, language),
            "stages": scorecard_charts.stages_chart(figures, language),
            "determinants": scorecard_charts.determinants_chart(figures, language),
            "changes": scorecard_charts.changes_chart(figures, language) if figures.changes else None,
        },
        "categories": [
            {"slice": each, "noise": how_much_ranks_say(each, language), "table": category_table(each, language)}
            for each in figures.categories
        ],
        "changed": any(each.change for each in figures.categories),
        "delays": [scorecard_charts.delay_chart(each, language) for each in figures.delays],
        "measures": measures_table(figures, language),
        "likeness": likeness_table(figures.likeness, language) if figures.likeness else None,
        "likeness_said": how_to_read(language),
    })  # fmt: skip


@page(of=publication_of)
def palmares(request: HttpRequest, publication: Publication) -> HttpResponse:
    figures, language = National.from_json(publication.national), get_language() or "fr"
    categories = [
        {
            "slice": each,
            "is_small": 0 < each.ranked < FEW,
            "chart": scorecard_charts.laureates_chart(each, language) if each.has_rank_sets else None,
            "noise": how_much_ranks_say(each, language),
            "said": without_sets(each, language) if each.laureates and not each.has_rank_sets else "",
        }
        for each in figures.categories
    ]
    return render(request, "public/palmares.html", {
        "edition": publication.edition,
        "publication": publication,
        "categories": categories,
        "consultation": public_distinctions(publication).filter(kind=Distinction.Kind.CONSULTATION),
        "has_rule": has_rule(publication.edition),
    })  # fmt: skip


@page(of=visible_edition)
def method(request: HttpRequest, edition: Edition) -> HttpResponse:
    parsed = read_method(edition.method_text)
    language = get_language() or "fr"
    reasons = {section: text.in_language(language) for section, text in parsed.why.items()}
    instruments = edition.instruments.order_by("channel", "-version").defer("source", "compiled")
    context = {"edition": edition, "method": parsed, "reasons": reasons, "instruments": instruments}
    return render(request, "public/method.html", context)


@page(of=visible_edition)
def method_file(request: HttpRequest, edition: Edition) -> HttpResponse:
    return HttpResponse(edition.method_text, content_type="application/toml; charset=utf-8")


def _grid(edition: str, channel: str) -> Instrument:
    found = Instrument.objects.filter(edition=visible_edition(edition), channel=channel).order_by("-version").first()
    if found is None:
        raise Http404
    return found


@page(of=_grid)
def grid_file(request: HttpRequest, instrument: Instrument) -> HttpResponse:
    response = HttpResponse(bytes(instrument.source), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{instrument.file_name}"'
    return response


@page(of=publication_of)
def open_data_file(request: HttpRequest, publication: Publication) -> HttpResponse:
    content = open_data_zip(
        read_publication(publication),
        palmares=palmares_rows(publication),
        method_text=publication.edition.method_text,
        demonstration=publication.edition.demonstration,
    )
    response = HttpResponse(content, content_type="application/zip")
    name = f"parvis-{publication.edition.slug}-{publication.number}.zip"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response

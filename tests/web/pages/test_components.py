"""The components of our pages: labels, hints and errors tied to their fields; nothing unescaped or from outside."""

from __future__ import annotations

import gzip
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from django import forms
from django.core.paginator import Paginator
from django.template import Context, Template
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import translation

from parvis.core.vocabulary import Channel, Estimate, Status
from parvis.rendering import charts

NASTY = "<script>alert(1)</script>"
STATIC = Path(__file__).resolve().parents[2] / "src/parvis/web/static"


class Enrolment(forms.Form):
    name = forms.CharField(label="Nom", help_text="Comme au palmarès.")
    email = forms.EmailField(label="Courriel", required=False)
    opens_on = forms.DateField(label="Ouverture", widget=forms.DateInput)
    channel = forms.ChoiceField(
        label="Canal", choices=[("phone", "Téléphone"), (NASTY, NASTY)], widget=forms.RadioSelect
    )
    channels = forms.MultipleChoiceField(label="Canaux", choices=[("a", "A")], widget=forms.CheckboxSelectMultiple)
    note = forms.CharField(label="Note", widget=forms.Textarea, required=False)
    proof = forms.FileField(label="Preuve", required=False)
    agreed = forms.BooleanField(label="D’accord")


class Elements(HTMLParser):
    """Every element with its attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def of(self, *tags: str) -> list[dict[str, str | None]]:
        return [attributes for tag, attributes in self.found if tag in tags]


def rendered(source: str, language: str = "fr", **context: Any) -> str:
    with translation.override(language):
        return Template("{% load i18n parvis_tags %}" + source).render(Context(context))


def test_every_field_has_its_label_hint_and_error_tied_to_it() -> None:
    elements = Elements(rendered("{% form_fields form %}", form=Enrolment({"email": "nowhere", "opens_on": "demain"})))
    ids = {attributes["id"] for _, attributes in elements.found if attributes.get("id")}
    labelled = {attributes.get("for") for attributes in elements.of("label")}
    for control in elements.of("input", "select", "textarea"):
        assert control["id"] in labelled
    for _, attributes in elements.found:
        for described in (attributes.get("aria-describedby") or "").split():
            assert described in ids
    groups = elements.of("fieldset")
    assert len(groups) == len(elements.of("legend")) == 2
    wrong = [one for one in elements.of("input") if one.get("aria-invalid")]
    assert {one["name"] for one in wrong} >= {"name", "email", "opens_on"}


def test_a_date_is_asked_with_the_calendar_of_the_browser_in_iso() -> None:
    import datetime as dt

    form = Enrolment(initial={"opens_on": dt.date(2026, 3, 9)})
    html = rendered("{% field form.opens_on %}", form=form)
    assert 'type="date"' in html
    assert 'value="2026-03-09"' in html


def test_the_error_summary_leads_to_what_exists() -> None:
    form = Enrolment({})
    elements = Elements(rendered("{% error_summary form %}{% form_fields form %}", form=form))
    ids = {attributes["id"] for _, attributes in elements.found if attributes.get("id")}
    targets = [attributes["href"].removeprefix("#") for attributes in elements.of("a")]
    assert len(targets) == 5
    assert set(targets) <= ids
    assert rendered("{% error_summary form %}", form=Enrolment()).strip() == ""


@pytest.mark.parametrize(
    "source",
    [
        "{% form_fields form %}",
        "{% button text %}",
        '{% button text "secondary" href=text detail=text %}',
        "{% notification text %}",
        '{% status_tag text "good" %}',
        "{% empty_state text text href=text action=text %}",
        "{% table table %}",
        "{% chart chart %}",
        "{% summary_list rows %}",
        "{% figure estimate label=text %}",
    ],
)
def test_nothing_that_people_wrote_becomes_markup(source: str) -> None:
    table = charts.Table(NASTY, (NASTY,), ((NASTY,),))
    chart = charts.interval_line([charts.Line(NASTY, 50, 40, 60, 4)], NASTY)
    html = rendered(
        source, text=NASTY, table=table, chart=chart, form=Enrolment({"name": NASTY}),
        rows=[{"key": NASTY, "value": NASTY}], estimate=Estimate(50.0, 2.0, 46.0, 54.0, 4),
    )  # fmt: skip
    assert "<script" not in html
    assert html.strip()


@pytest.mark.parametrize(("language", "expected"), [("fr", "entre 69,0 et 77,8"), ("en", "between 69.0 and 77.8")])
def test_a_figure_shows_its_interval_and_n_in_the_language_of_the_page(language: str, expected: str) -> None:
    html = rendered("{% figure e %}", language, e=Estimate(73.44, 2.1, 69.02, 77.81, 24))
    assert expected in html
    assert "24\u00a0contacts" in html
    assert ">73,4 " in html if language == "fr" else ">73.4 " in html


def test_an_absent_figure_says_why_instead_of_a_number() -> None:
    html = rendered("{% figure e %}", e=Estimate(None, None, None, None, 4, status=Status.TOO_FEW))
    assert "trop peu de contacts" in html
    assert "pv-figure--absent" in html


def test_words_of_the_vocabulary_come_in_the_language_of_the_page() -> None:
    assert rendered('{{ word|label }} {{ "waiting"|label:"determinant" }}', "en", word=Channel.VISIT) == "Visit Waiting"


def test_numbers_of_a_table_go_right_and_words_left() -> None:
    table = charts.Table("T", ("Structure", "Note", "Part"), (("A", "73,4", "1\u202f248"), ("B", "—", "80,0\u202f%")))
    html = rendered("{% table table %}", table=table)
    assert html.count("govuk-table__cell--numeric") == 4
    assert html.count("govuk-table__header--numeric") == 2


def test_pages_keep_the_other_parameters() -> None:
    request = RequestFactory().get("/liste?q=a%26b&page=3")
    html = rendered("{% pagination page %}", page=Paginator(range(100), 10).page(3), request=request)
    assert "q=a%26b&amp;page=2" in html
    assert 'aria-current="page"' in html


def test_the_survey_page_is_one_small_answer_without_script_or_request() -> None:
    html = render_to_string("base_citizen.html", {"organisation_name": "Ville"})
    elements = Elements(html)
    assert elements.of("script", "img", "iframe") == []
    assert [one["href"] for one in elements.of("link")] == ["data:,"]
    assert "@import" not in html
    assert "url(" not in html
    assert len(gzip.compress(html.encode(), 9)) < 9 * 1024


def test_our_styles_call_no_outside_host_and_keep_no_reserved_brand() -> None:
    for path in (STATIC / "css").glob("*.css"):
        css = path.read_text("utf-8")
        assert not re.search(r"url\([\"']?(https?:)?//", css)
        assert "GDS Transport" not in css
        assert "crest" not in css

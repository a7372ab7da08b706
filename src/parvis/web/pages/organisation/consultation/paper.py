"""The paper form: printed, keyed by two people, settled paper in hand."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from parvis.core.instruments.answers import Live
from parvis.core.instruments.form import Form
from parvis.web.consultation import actions
from parvis.web.consultation.codes import MOST_TYPED
from parvis.web.consultation.models import EntryPoint, PaperSheet
from parvis.web.consultation.queries import entry_points_of, sheets_waiting
from parvis.web.consultation.questionnaire import questionnaire_of, rule_of
from parvis.web.consultation.rules import may_follow
from parvis.web.editions.models import Enrolment
from parvis.web.pages.access import page
from parvis.web.pages.citizen.forms import Field, fields_of, given_in
from parvis.web.pages.citizen.words import NAMES, RIGHT_TO_LEFT, words
from parvis.web.pages.organisation.consultation.loading import Within, enrolment_of, may_follow_within, sheet_of
from parvis.web.pages.telling import attempt


@page(of=enrolment_of, may=may_follow)
def desk(request: HttpRequest, enrolment: Enrolment) -> HttpResponse:
    """What is to be printed, keyed a second time, settled."""
    points = _points(enrolment)
    waiting = sheets_waiting(enrolment.edition, enrolment.organisation)
    return render(request, "organisation/consultation/paper.html", {
        "organisation": enrolment.organisation, "edition": enrolment.edition, "points": points,
        "languages": NAMES.items(),
        "to_key_again": [each for each in waiting if each.second_at is None],
        "to_settle": [each for each in waiting if each.second_at is not None],
    })  # fmt: skip


@page(of=enrolment_of, may=may_follow)
def form(request: HttpRequest, enrolment: Enrolment) -> HttpResponse:
    """The form to print, in any of its languages."""
    points = _points(enrolment)
    if not points:
        raise Http404
    _pk, questionnaire = questionnaire_of(enrolment.edition)
    language = _language(request.GET.get("langue", ""), questionnaire)
    chosen = next((each for each in points if str(each.pk) == request.GET.get("site")), points[0])
    return render(request, "organisation/consultation/paper_form.html", {
        "organisation_name": enrolment.organisation.name, "words": words(language),
        "pages": _printed(questionnaire, language),
        "point": chosen, "codes_needed": rule_of(enrolment.edition).codes_needed,
        "page_language": language, "right_to_left": language in RIGHT_TO_LEFT,
        "invented": enrolment.edition.demonstration,  # said in the language of the form
    })  # fmt: skip


@page(of=enrolment_of, may=may_follow, writes=True)
def key(request: HttpRequest, enrolment: Enrolment) -> HttpResponse:
    """Key a sheet; nobody sees what the other person has read."""
    points = {str(each.pk): each for each in _points(enrolment)}
    if not points:
        raise Http404
    _pk, questionnaire = questionnaire_of(enrolment.edition)
    given, language = _given(questionnaire, request), _language_keyed(request, questionnaire)
    if request.method == "POST":
        point, number = points.get(request.POST.get("point", "")), request.POST.get("number", "")
        if point is None or not number.isdecimal() or not 0 < int(number) < 10**6:
            messages.error(request, _("Indiquez le numéro écrit en haut de la feuille."))
        elif _try(
            request,
            lambda: actions.key_sheet(
                point,
                number=int(number),
                answers=given,
                by=request.user,
                at=timezone.now(),
                language=language,
                code=_code(request),
            ),
            _("La feuille est saisie."),
        ):
            return redirect("organisation:consultation:paper", enrolment.organisation_id)
    return render(request, "organisation/consultation/key.html", {
        "organisation": enrolment.organisation, "edition": enrolment.edition, "points": points.values(),
        "number": request.POST.get("number", ""), "chosen": request.POST.get("point", ""),
        **_to_key(request, enrolment, questionnaire, given, language),
    })  # fmt: skip


@page(of=sheet_of, may=may_follow_within, writes=True)
def settle(request: HttpRequest, subject: Within) -> HttpResponse:
    """Two people read differently: decide, paper in hand."""
    sheet = subject.sheet
    if sheet is None or sheet.settled_at is not None or sheet.second_at is None:
        raise Http404
    _pk, questionnaire = questionnaire_of(subject.enrolment.edition)
    given = _given(questionnaire, request) if request.method == "POST" else sheet.second
    language = _language_keyed(request, questionnaire, sheet.second_language)
    if request.method == "POST" and _try(
        request,
        lambda: actions.settle_sheet(
            sheet, answers=given, by=request.user, at=timezone.now(), language=language, code=_code(request)
        ),
        _("La feuille est comptée."),
    ):
        return redirect("organisation:consultation:paper", subject.enrolment.organisation_id)
    return render(request, "organisation/consultation/settle.html", {
        "organisation": subject.enrolment.organisation, "edition": subject.enrolment.edition, "sheet": sheet,
        "differences": _told(sheet, questionnaire, language),
        **_to_key(request, subject.enrolment, questionnaire, given, language),
    })  # fmt: skip


def _printed(questionnaire: Form, language: str) -> list[tuple[str, list[Field]]]:
    """Pages in order; those that follow each other under one heading are put together."""
    found: list[tuple[str, list[Field]]] = []
    for each in questionnaire.pages:
        title, fields = each.label(language), _all_fields(questionnaire, each.name, {}, language)
        if found and found[-1][0] == title:
            found[-1][1].extend(fields)
        else:
            found.append((title, fields))
    return found


def _code(request: HttpRequest) -> str:
    return request.POST.get("code", "")[:MOST_TYPED]


def _points(enrolment: Enrolment) -> list[EntryPoint]:
    return list(entry_points_of(enrolment.edition, enrolment.organisation).filter(kind=EntryPoint.Kind.PAPER))


def _given(questionnaire: Form, request: HttpRequest) -> dict[str, str]:
    found = {name: value for each in questionnaire.pages for name, value in given_in(each, request.POST).items()}
    return {name: value for name, value in found.items() if value}


def _language(wanted: str, questionnaire: Form) -> str:
    """A language of the questionnaire: the one wanted, else the reader's own, else French."""
    offered = questionnaire.languages
    return next((each for each in (wanted, get_language() or "") if each in offered), "fr")


def _language_keyed(request: HttpRequest, questionnaire: Form, known: str = "") -> str:
    """The language that the sheet is in, as its keyer says."""
    return _language(request.POST.get("langue") or request.GET.get("langue") or known, questionnaire)


def _to_key(
    request: HttpRequest, enrolment: Enrolment, questionnaire: Form, given: Mapping[str, Any], language: str
) -> dict[str, Any]:
    """The questions as they stand on the sheet, and the languages that it may be in."""
    fields = [field for each in questionnaire.pages for field in _all_fields(questionnaire, each.name, given, language)]
    return {
        "fields": fields, "codes_needed": rule_of(enrolment.edition).codes_needed, "code": _code(request),
        "sheet_language": language, "right_to_left": language in RIGHT_TO_LEFT,
        "languages": [(code, NAMES[code]) for code in questionnaire.languages if code in NAMES],
    }  # fmt: skip


def _all_fields(questionnaire: Form, name: str, given: Mapping[str, Any], language: str) -> list[Field]:
    """On paper every question is printed, whatever the others say."""
    everything = Live(frozenset(question.name for question in questionnaire.questions), {})
    asked = next(each for each in questionnaire.pages if each.name == name)
    return fields_of(asked, everything, given, language, {})


def _told(sheet: PaperSheet, questionnaire: Form, language: str) -> list[tuple[str, str, str]]:
    """(question, first reading, second reading) in words."""
    found = []
    if sheet.first_language != sheet.second_language:
        read = (sheet.first_language, sheet.second_language)
        found.append((_("Langue de la feuille"), *(NAMES.get(each, each) for each in read)))
    for name in actions.differences(sheet):
        question = questionnaire.question(name)
        labels = {choice.name: choice.label(language) for choice in question.choices}
        first, second = (str(read.get(name, "–")) for read in (sheet.first, sheet.second))
        found.append((question.label(language), labels.get(first, first), labels.get(second, second)))
    return found


def _try(request: HttpRequest, act: Callable[[], Any], success: str) -> bool:
    return attempt(request, act, success)

"""The forms that a phone may fetch: one for each mission in hand, and the short second one of letters and e-mails."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from parvis.core.instruments.expressions import as_text
from parvis.core.instruments.openrosa import Offer, event_form, fill_form, phone_template
from parvis.core.vocabulary import ParvisError
from parvis.web.editions.models import Edition, Instrument
from parvis.web.fieldwork.actions.awaiting import awaited_until
from parvis.web.fieldwork.actions.cases import CASES
from parvis.web.fieldwork.models import Event, Mission, Observation, Observer

log = logging.getLogger(__name__)
FORM_ID = re.compile(r"parvis-m(\d{1,18})(-suivi)?")
FOLLOWING = "-suivi"
EVENTS = (
    Event.Kind.AUTO_REPLY, Event.Kind.ACKNOWLEDGED, Event.Kind.TRANSFERRED, Event.Kind.PARTIAL_ANSWER,
    Event.Kind.ANSWERED, Event.Kind.BOUNCE, Event.Kind.REMINDER, Event.Kind.SILENCE,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Offered:
    """A form on offer to one phone."""

    form_id: str
    name: str
    version: str
    content: bytes


def form_number(form_id: str) -> tuple[int, bool] | None:
    """The mission that a form is about, and whether it is the short second form; None for a form that is not ours.

    >>> form_number("parvis-m12-suivi"), form_number("other")
    ((12, True), None)
    """
    found = FORM_ID.fullmatch(form_id)
    return (int(found[1]), found[2] is not None) if found else None


def offered_forms(observer: Observer) -> list[Offered]:
    """Every form that an observer may fill today, in their language. What cannot be made is left out, not the list."""
    missions = list(_in_hand(observer))
    grids = _grids(missions)
    with translation.override(observer.person.language):
        return [form for mission in missions for form in _forms(mission, grids)]


def offered_form(observer: Observer, form_id: str) -> Offered | None:
    """One of these forms; None when it is not offered, or is someone else's."""
    asked = form_number(form_id)
    missions = list(_in_hand(observer).filter(pk=asked[0])) if asked else []
    grids = _grids(missions)
    with translation.override(observer.person.language):
        forms = [form for mission in missions for form in _forms(mission, grids)]
    return next((form for form in forms if form.form_id == form_id), None)


def _in_hand(observer: Observer) -> QuerySet[Mission]:
    """Own missions that wait for a report: accepted, or handed back by the review."""
    back = Q(state=Mission.State.DONE, observation__state=Observation.State.TO_REVISE)
    return (
        Mission.objects.filter(Q(state=Mission.State.ACCEPTED) | back, observer=observer)
        .filter(edition__state__in=[Edition.State.FIELDWORK, Edition.State.REVIEW])
        .select_related(
            "edition", "place__organisation", "scenario", "observation__edition", "observation__place__organisation"
        )
        .order_by("window_ends_on", "pk")
    )


def _grids(missions: list[Mission]) -> dict[tuple[int, str], Instrument]:
    """The grid in force by edition and channel, with its file."""
    rows = Instrument.objects.filter(edition__in={each.edition_id for each in missions}).order_by("version")
    return {(row.edition_id, row.channel): row for row in rows}


def _forms(mission: Mission, grids: dict[tuple[int, str], Instrument]) -> Iterator[Offered]:
    case: Observation | None = getattr(mission, "observation", None)
    is_open = case is not None and case.state == Observation.State.OPEN
    if mission.channel in CASES and (case is None or is_open):
        yield _following(mission, case)
    if mission.channel in CASES and case is None:
        return  # the grid comes once the request has left
    instrument = grids.get((mission.edition_id, mission.channel))
    answers = None
    if case is not None and not is_open:  # handed back: the version that was filled, with what it said
        instrument = Instrument.objects.filter(pk=case.instrument_id).first()
        answers = {name: as_text(value) for name, value in case.answers.items()}
    if instrument is None:
        return
    offer = Offer(f"parvis-m{mission.pk}", name_of(mission), note_of(mission), instrument.pk)
    try:
        template = phone_template(
            bytes(instrument.source), instrument.file_name, language=translation.get_language() or "fr",
            asks_day=case is None,
        )  # fmt: skip
    except ParvisError as error:
        log.warning("No form for phones from grid %s: %s", instrument.pk, error)
        return
    content, version = fill_form(template, offer, answers=answers)
    yield Offered(offer.form_id, offer.title, version, content)


def _following(mission: Mission, case: Observation | None) -> Offered:
    title = _("Suivi · %(mission)s") % {"mission": name_of(mission)}
    offer = Offer(f"parvis-m{mission.pk}{FOLLOWING}", title, note_of(mission), 0)
    kinds = [(Event.Kind.SENT, _("Ma demande est partie"))] if case is None else []
    kinds = kinds or [(kind, str(kind.label).capitalize()) for kind in EVENTS]
    content, version = event_form(
        offer, kinds=kinds, language=translation.get_language() or "fr", half_day=case is None
    )
    return Offered(offer.form_id, offer.title, version, content)


def name_of(mission: Mission) -> str:
    told = [f"M{mission.pk}", mission.get_channel_display(), mission.place.organisation.name]
    return " · ".join([*told, mission.scenario.title] if mission.scenario else told)


def note_of(mission: Mission) -> str:
    """What the observer reads first: where, until when, what to ask, and what never to write."""
    place = mission.place
    until = _("Jusqu’au %(day)s.") % {"day": date_format(mission.window_ends_on, "j F Y")}
    where = ", ".join(each for each in (place.name, place.address, f"{place.postcode} {place.city}".strip()) if each)
    reach = {"phone": place.phone, "email": place.email, "website": place.website}.get(mission.channel, "")
    asked = mission.scenario.text if mission.scenario else _("Agissez comme un usager ordinaire.")
    never = _("N’écrivez jamais le nom d’un agent. N’enregistrez ni le son ni l’image des personnes.")
    return "\n".join(filter(None, [where, reach, until, asked, _awaited(mission), never]))


def _awaited(mission: Mission) -> str:
    """How long an answer is awaited, or until when once the request has left; nothing on other channels."""
    case: Observation | None = getattr(mission, "observation", None)
    if case is not None and (last := awaited_until(case)):
        return _("Une réponse est attendue jusqu’au %(day)s.") % {"day": date_format(last, "j F Y")}
    days = mission.edition.silence_after.get(mission.channel, 0)
    told = ngettext(
        "La réponse s’attend ensuite %(n)s jour ouvré.", "La réponse s’attend ensuite %(n)s jours ouvrés.", days
    )
    return told % {"n": days} if days else ""

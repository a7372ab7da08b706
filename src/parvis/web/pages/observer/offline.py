"""What the phone needs to work without a network: the whole grid in one page, a door for reports, a worker."""

from __future__ import annotations

import hashlib
import json
from datetime import date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from parvis.core.instruments.form import Question, in_language
from parvis.core.vocabulary import Fault, ParvisError, Text
from parvis.web.consultation.masking import first_names
from parvis.web.editions.models import Instrument
from parvis.web.fieldwork import actions
from parvis.web.fieldwork.actions.observations import grid_of
from parvis.web.fieldwork.forms import rows, screens
from parvis.web.fieldwork.models import Mission, Observation
from parvis.web.fieldwork.queries import draft_of
from parvis.web.fieldwork.rules import is_mission_observer, is_observer
from parvis.web.pages.access import page
from parvis.web.pages.observer.filling import receipt_of
from parvis.web.pages.observer.loaders import mission_of
from parvis.web.pages.observer.missions import observation_of
from parvis.web.people.models import Person

SCRIPTS = ("expressions", "observer", "observer-store", "observer-names", "observer-outbox", "observer-form")
ASSETS = [
    *(f"js/{name}.js" for name in SCRIPTS),
    "css/govuk.css", "css/parvis.css", "fonts/parvis-sans-regular.woff2", "fonts/parvis-sans-bold.woff2",
    "img/favicon.svg",
]  # fmt: skip
STATIC = Path(settings.STATICFILES_DIRS[0])
CONFLICTS = {"already_filed", "same_report_different", "not_in_hand"}
UNREADABLE = Fault(
    "report_unreadable",
    Text("Ce rapport ne se lit pas.", "This report cannot be read."),
    Text("Exportez-le et envoyez le fichier à l’organisateur.", "Export it and send the file to the organiser."),
)
AHEAD = Fault(
    "contact_in_the_future",
    Text("Le jour du contact est dans l’avenir.", "The day of the contact is in the future."),
    Text(
        "Vérifiez la date de ce téléphone, puis corrigez le jour dans le rapport.",
        "Check this phone’s date, then correct the day in the report.",
    ),
)
CLOCK_WRONG = 6 * 3600  # seconds: no time zone moves a clock that tells its zone
EASTERNMOST = timedelta(hours=14)  # where the next day has already begun


@page(of=mission_of, may=is_mission_observer)
def app(request: HttpRequest, mission: Mission) -> HttpResponse:
    """The whole grid, one stage a screen; the script keeps it and fills it without a network."""
    if not actions.is_fillable(mission):
        return redirect("observer:mission", mission.pk)
    draft = draft_of(mission, uuid=uuid4())
    if draft.instrument_id is None:
        return redirect("observer:mission", mission.pk)
    grid = grid_of(draft.instrument)
    stages = screens(grid)
    shown = [(stage, rows(grid, stage, {}, today=timezone.localdate(), all_of=True)) for stage in stages]
    known = observation_of(mission)
    facts = {
        "mission": mission.pk, "channel": mission.channel, "now": timezone.now().isoformat(),
        "today": timezone.localdate().isoformat(), "instrument": draft.instrument_id,
        "answers": draft.answers, **draft.contact,
        "uuid": str(draft.uuid) if known or draft.pk else None,
        "questions": [_logic(question) for question in grid.questions],
    }  # fmt: skip
    return render(request, "observer/app.html", {
        "mission": mission, "stages": shown, "count": len(stages), "facts": facts, "is_case": known is not None,
        "first_names": " ".join(sorted(first_names())),
    })  # fmt: skip


def _logic(question: Question) -> dict[str, Any]:
    """What the script needs to know about a question: never its score."""
    language = get_language() or "fr"
    required = None if question.from_timeline else question.required
    logic = {
        "name": question.name, "kind": question.kind.value, "relevant": question.relevant, "required": required,
        "constraint": question.constraint, "message": in_language(question.constraint_messages, language),
        "calculation": question.calculation, "low": question.low, "high": question.high,
    }  # fmt: skip
    return {name: value for name, value in logic.items() if value is not None and value != ""}


@page(of=mission_of, may=is_mission_observer, writes=True)
def receive(request: HttpRequest, mission: Mission) -> HttpResponse:
    """A report from the app. 200 with a receipt, also when it comes again; 409 or 422 with words otherwise."""
    if request.method != "POST":
        return redirect("observer:mission", mission.pk)
    try:
        observation = file_report(mission, request.POST.get("report", ""), request.FILES, by=request.user)
    except ParvisError as error:
        conflict = any(fault.code in CONFLICTS for fault in error.faults)
        messages = error.messages(get_language() or "fr")
        return JsonResponse({"messages": messages}, status=409 if conflict else 422)
    told = {"receipt": receipt_of(observation), "received_at": observation.received_at.isoformat()}
    return JsonResponse({**told, "photos": observation.evidence.count()})


@transaction.atomic
def file_report(mission: Mission, text: str, files: Any, *, by: Person) -> Observation:
    """The report and its photos: all of it, or nothing."""
    now = timezone.now()
    filing = read_report(mission, text, now)
    known = observation_of(mission)
    if known is not None and known.uuid == filing.uuid and known.state == Observation.State.TO_REVISE:
        observation = actions.revise(known, answers=filing.answers, by=by, at=now)
    else:
        observation = actions.record_observation(filing, by=by, at=now)
    for name in sorted(files):
        if name.startswith("photo:"):
            question = name.removeprefix("photo:")[:80]
            actions.add_photo(observation, file=files[name], question=question, by=by, at=now)
    return observation


def read_report(mission: Mission, text: str, now: datetime) -> actions.Filing:
    """The app's report as a filing. Raises ParvisError when a needed part is absent or of another kind."""
    try:
        given = json.loads(text)
        timeline = dict(given.get("timeline") or {})
        started, ended = _moment(timeline.pop("started", None)), _moment(timeline.pop("ended", None))
        if told := _moment(given.get("device_now")):
            timeline["clock_ahead_seconds"] = round((told - now).total_seconds())
        happened_on = date.fromisoformat(given["happened_on"])
        if happened_on > _latest_day(now, timeline.get("clock_ahead_seconds", 0)):
            raise ParvisError(AHEAD)
        return actions.Filing(
            mission, UUID(given["uuid"]), dict(given["answers"]), happened_on=happened_on,
            half_day=_half_day(given["half_day"]),
            instrument=Instrument.objects.filter(pk=int(given["instrument"])).first(),
            started=started, ended=max(started, ended) if started and ended else ended, timeline=timeline,
        )  # fmt: skip
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise ParvisError(UNREADABLE) from error


def _latest_day(now: datetime, clock_ahead_seconds: int) -> date:
    """The last day that a contact may have: today on the phone, and today here when its clock is visibly wrong."""
    return timezone.localdate(now) if abs(clock_ahead_seconds) > CLOCK_WRONG else (now + EASTERNMOST).date()


def _moment(text: str | None) -> datetime | None:
    if not text:
        return None
    moment = datetime.fromisoformat(text)
    return moment if timezone.is_aware(moment) else timezone.make_aware(moment)


def _half_day(text: str) -> str:
    if text not in ("am", "pm"):
        raise ValueError(text)
    return text


@page()
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker, with the list of what it keeps; a changed file changes its version."""
    assets = json.dumps([static(name) for name in ASSETS])
    body = (STATIC / "js/observer-worker.js").read_text("utf-8")
    text = f'const VERSION = "{version_of_assets()}";\nconst ASSETS = {assets};\n{body}'
    return HttpResponse(text, content_type="text/javascript; charset=utf-8", headers={"Cache-Control": "no-cache"})


@lru_cache(maxsize=1)
def version_of_assets() -> str:
    digest = hashlib.sha256()
    for name in [*ASSETS, "js/observer-worker.js"]:
        digest.update((STATIC / name).read_bytes())
    return digest.hexdigest()[:12]


@page()
def manifest(request: HttpRequest) -> HttpResponse:
    """What the phone shows once the app is on its home screen."""
    icons = [(192, "any", "icon-192"), (512, "any", "icon-512"), (512, "maskable", "icon-maskable-512")]
    return JsonResponse(
        {
            "name": _("Parvis, mes missions"), "short_name": "Parvis", "start_url": "/terrain/", "scope": "/terrain/",
            "display": "standalone", "background_color": "#F6F3EE", "theme_color": "#16324F", "lang": get_language(),
            "icons": [
                {"src": static(f"img/{name}.png"), "sizes": f"{size}x{size}", "type": "image/png", "purpose": purpose}
                for size, purpose, name in icons
            ],
        },
        content_type="application/manifest+json",
    )  # fmt: skip


@page(may=is_observer)
def reports(request: HttpRequest) -> HttpResponse:
    """Take back reports that were exported from a phone."""
    return render(request, "observer/reports.html")

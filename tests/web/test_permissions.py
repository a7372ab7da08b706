"""Who may open what: the whole cast at every address of the site, in one table.

An address that is missing from the table fails the first test: a new page says here who may see it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from parvis.web.people.models import JournalEntry
from tests.cast import CAST, World
from tests.factories import PublicationFactory, ScorecardFactory

pytestmark = pytest.mark.django_db

EVERYONE = frozenset(CAST)
ACCOUNTS = EVERYONE - {"anonymous"}
ORGANISER = frozenset({"organiser"})
ORGANISERS = frozenset({"organiser", "other_organiser"})
TEAM = frozenset({"lead", "member"})
LEAD = frozenset({"lead"})
OBSERVER = frozenset({"observer"})
OBSERVERS = frozenset({"observer", "other_observer"})
READERS = TEAM | {"organiser", "expert"}
PUBLISHED = {"edition": "2025-demo"}

# address: (who may, what a GET then gives, arguments that differ from the world's own)
TABLE: dict[str, tuple[frozenset[str], int, dict[str, Any]]] = {
    # everyone, account or not
    "public:home": (EVERYONE, 200, {}),
    "public:edition": (EVERYONE, 200, {}),
    "public:national": (EVERYONE, 200, PUBLISHED),
    "public:palmares": (EVERYONE, 200, PUBLISHED),
    "public:method": (EVERYONE, 200, {}),
    "public:method-file": (EVERYONE, 200, {}),
    "public:grid-file": (EVERYONE, 200, {"channel": "phone"}),
    "public:open-data": (EVERYONE, 200, PUBLISHED),
    "public:help": (EVERYONE, 200, {}),
    "public:legal": (EVERYONE, 200, {}),
    "public:accessibility": (EVERYONE, 200, {}),
    "public:privacy": (EVERYONE, 200, {}),
    "citizen:find": (EVERYONE, 200, {}),
    "citizen:rule": (EVERYONE, 200, {}),
    "citizen:start": (EVERYONE, 200, {}),
    "citizen:page": (EVERYONE, 302, {"page": "first"}),
    "citizen:thanks": (EVERYONE, 200, {}),
    "citizen:kiosk-tokens": (EVERYONE, 200, {"code": "kiosk"}),
    "citizen:kiosk-worker": (EVERYONE, 200, {"code": "kiosk"}),
    "citizen:kiosk": (EVERYONE, 200, {}),
    "citizen:kiosk-page": (EVERYONE, 302, {"page": "first"}),
    "citizen:embed": (EVERYONE, 200, {}),
    "citizen:embed-page": (EVERYONE, 302, {"page": "first"}),
    "organisation:find": (EVERYONE, 200, {}),
    "observer:recruitment": (EVERYONE, 200, {}),
    "observer:worker": (EVERYONE, 200, {}),
    "observer:manifest": (EVERYONE, 200, {}),
    "set_language": (EVERYONE, 302, {}),
    # whoever has an account
    "mine:home": (ACCOUNTS, 200, {}),
    "mine:profile": (ACCOUNTS, 200, {}),
    "mine:export": (ACCOUNTS, 200, {}),
    "organisation:begin": (ACCOUNTS, 404, {}),  # enrolment is not open in this world
    "organisation:other": (ACCOUNTS, 200, {}),
    "observer:apply": (ACCOUNTS, 200, {}),
    # the people of one organisation, never another's
    "organisation:home": (TEAM, 200, {}),
    "organisation:calendar-file": (TEAM, 200, {}),
    "organisation:plan": (TEAM, 200, {}),
    "organisation:action": (TEAM, 200, {}),
    "organisation:create-action": (TEAM, 200, {}),
    "organisation:enrolment": (TEAM, 200, {}),
    "organisation:appeals": (TEAM, 200, {}),
    "organisation:appeal": (TEAM, 200, {"channel": "phone"}),
    "organisation:spotted": (TEAM, 200, {}),
    "organisation:team": (LEAD, 200, {}),
    "organisation:places": (LEAD, 200, {}),
    "organisation:perimeter": (LEAD, 200, {}),
    "organisation:wishes": (LEAD, 200, {}),
    "organisation:staff": (LEAD, 200, {}),
    "organisation:order": (LEAD, 302, {}),
    "organisation:accept-order": (LEAD, 302, {}),
    "organisation:cancel-order": (LEAD, 302, {}),
    "organisation:quote-file": (LEAD, 200, {}),
    # results: those people once delivered, the organiser, the expert to whom they are confided
    "organisation:scorecard": (READERS, 200, {}),
    "organisation:scorecard-file": (READERS, 200, {}),
    "organisation:report-file": (READERS, 200, {}),
    "organisation:criteria-file": (READERS, 200, {}),
    # mystery citizens: their own missions only
    "observer:missions": (OBSERVERS, 200, {}),
    "observer:sent": (OBSERVERS, 200, {}),
    "observer:reports": (OBSERVERS, 200, {}),
    "observer:profile": (OBSERVERS, 200, {}),
    "observer:code": (OBSERVERS, 200, {}),
    "observer:training": (OBSERVERS, 200, {}),
    "observer:slide": (OBSERVERS, 200, {"channel": "phone", "step": 1}),
    "observer:quiz": (OBSERVERS, 200, {"channel": "phone"}),
    "observer:fees": (OBSERVERS, 200, {}),
    "observer:fees-csv": (OBSERVERS, 200, {}),
    "observer:fees-pdf": (OBSERVERS, 200, {}),
    "observer:expenses": (OBSERVER, 200, {}),
    "observer:mission": (OBSERVER, 200, {}),
    "observer:accept": (OBSERVER, 302, {}),
    "observer:decline": (OBSERVER, 200, {}),
    "observer:release": (OBSERVER, 200, {}),
    "observer:trouble": (OBSERVER, 200, {}),
    "observer:calendar": (OBSERVER, 200, {}),
    "observer:case": (OBSERVER, 200, {"mission": "case"}),
    "observer:fill": (OBSERVER, 200, {"step": 1}),
    "observer:app": (OBSERVER, 200, {}),
    "observer:receive": (OBSERVER, 302, {}),
    "observer:receipt": (OBSERVER, 302, {}),
    # the organiser of this edition, not of another
    "organiser:create": (ORGANISERS, 200, {}),
    "organiser:import": (ORGANISERS, 200, {}),
    "organiser:edition": (ORGANISER, 200, {}),
    "organiser:advance": (ORGANISER, 302, {}),
    "organiser:journal": (ORGANISER, 200, {}),
    "organiser:calendar": (ORGANISER, 200, {}),
    "organiser:instruments": (ORGANISER, 200, {}),
    "organiser:freeze-instruments": (ORGANISER, 302, {}),
    "organiser:instrument": (ORGANISER, 200, {"channel": "phone"}),
    "organiser:enrolments": (ORGANISER, 200, {}),
    "organiser:people": (ORGANISER, 200, {}),
    "organiser:assign": (ORGANISER, 200, {}),
    "organiser:results": (ORGANISER, 200, PUBLISHED),
    "organiser:worth": (ORGANISER, 200, PUBLISHED),
    "organiser:freeze-data": (ORGANISER, 302, {}),
    "organiser:publish": (ORGANISER, 302, {}),
    "organiser:deliver": (ORGANISER, 302, {}),
    "organiser:orders": (ORGANISER, 200, {}),
    "organiser:work": (ORGANISER, 200, {}),
    "organiser:progress": (ORGANISER, 200, {}),
    "organiser:stop": (ORGANISER, 405, {}),
    "organiser:decide": (ORGANISER, 200, {}),
    "organiser:confirm-order": (ORGANISER, 302, {}),
    "organiser:fieldwork:board": (ORGANISER, 200, {}),
    "organiser:fieldwork:missions": (ORGANISER, 200, {}),
    "organiser:fieldwork:offer-all": (ORGANISER, 302, {}),
    "organiser:fieldwork:mission": (ORGANISER, 200, {}),
    "organiser:fieldwork:observers": (ORGANISER, 200, {}),
    "organiser:fieldwork:observer": (ORGANISER, 200, {}),
    "organiser:fieldwork:applications": (ORGANISER, 200, {}),
    "organiser:fieldwork:fees": (ORGANISER, 200, {}),
    "organiser:fieldwork:fees-csv": (ORGANISER, 200, {}),
    "organiser:fieldwork:fees-pdf": (ORGANISER, 200, {}),
    "organiser:fieldwork:queue": (ORGANISER, 200, {}),
    "organiser:fieldwork:approve-all": (ORGANISER, 302, {}),
    "organiser:fieldwork:observation": (ORGANISER, 200, {}),
    "organiser:fieldwork:piece": (ORGANISER, 200, {}),
    "organiser:fieldwork:troubles": (ORGANISER, 200, {}),
    "organiser:fieldwork:plans": (ORGANISER, 200, {}),
    "organiser:fieldwork:plan": (ORGANISER, 200, {}),
    "organiser:fieldwork:adopt-plan": (ORGANISER, 405, {}),
    "organiser:fieldwork:scenarios": (ORGANISER, 200, {}),
    "organiser:fieldwork:create-scenario": (ORGANISER, 200, {}),
    "organiser:fieldwork:scenario": (ORGANISER, 200, {}),
    "organiser:fieldwork:appeals": (ORGANISER, 200, {}),
    "organiser:fieldwork:appeal": (ORGANISER, 200, {}),
    "organiser:fieldwork:appeal-proof": (ORGANISER, 404, {}),  # this appeal came without a proof
    "organiser:fieldwork:codings": (ORGANISER, 200, {}),
    "organiser:fieldwork:draw-codings": (ORGANISER, 405, {}),
    "organiser:fieldwork:coding": (ORGANISER, 200, {}),
    "organiser:fieldwork:ask-coding": (ORGANISER, 405, {}),
    "organiser:fieldwork:trap-items": (ORGANISER, 200, {}),
    "organiser:fieldwork:comments": (ORGANISER, 200, {}),
    # the consultation of one body, and of a whole edition
    "organisation:consultation:home": (TEAM, 200, {}),
    "organisation:consultation:kit": (TEAM, 200, {}),
    "organisation:consultation:qr": (TEAM, 200, {}),
    "organisation:consultation:codes": (TEAM, 200, {}),
    "organisation:consultation:print-codes": (LEAD, 405, {}),
    "organisation:consultation:cancel-codes": (LEAD, 405, {}),
    "organisation:consultation:paper": (TEAM, 200, {}),
    "organisation:consultation:paper-form": (TEAM, 200, {}),
    "organisation:consultation:key": (TEAM, 200, {}),
    "organisation:consultation:settle": (TEAM, 404, {}),  # both keyings of this sheet agree
    "organisation:consultation:verbatims": (TEAM, 200, {}),
    "organisation:consultation:theme": (TEAM, 405, {}),
    "organisation:consultation:open": (LEAD, 405, {}),
    "organisation:consultation:settings": (LEAD, 200, {}),
    "organisation:consultation:network": (LEAD, 200, {}),
    "organisation:consultation:kiosk": (LEAD, 200, {}),
    "organiser:consultation:home": (ORGANISER, 200, {}),
    "organiser:consultation:publish-rule": (ORGANISER, 405, {}),
    "organiser:consultation:take-back": (ORGANISER, 405, {}),
    "organiser:consultation:texts": (ORGANISER, 200, {}),
    "organiser:consultation:margins": (ORGANISER, 200, {}),
    "organiser:consultation:remove-margins": (ORGANISER, 405, {}),
    "organiser:consultation:margins-template": (ORGANISER, 200, {}),
    "organiser:consultation:integrity": (ORGANISER, 200, {}),
    "organiser:consultation:integrity-csv": (ORGANISER, 200, {}),
    "organisation:consultation:withdraw-network": (LEAD, 405, {}),
    "organisation:consultation:visits": (LEAD, 200, {}),
    "organisation:consultation:preview": (TEAM, 200, {}),
    "organiser:consultation:kits": (ORGANISER, 405, {}),
    "organiser:consultation:kits-file": (ORGANISER, 404, {}),
    # ODK Collect: the key in the address is the account, whoever holds the phone
    "openrosa:forms": (EVERYONE, 200, {}),
    "openrosa:form": (EVERYONE, 200, {}),
    "openrosa:manifest": (EVERYONE, 200, {}),
    "openrosa:submission": (EVERYONE, 405, {}),
    "openrosa:phones": (OBSERVERS, 200, {}),
    "openrosa:revoke": (OBSERVER, 302, {}),
    "openrosa:parcels": (ORGANISER, 200, {}),
    "openrosa:parcel": (ORGANISER, 200, {}),
    "mailbox:thread": (OBSERVER, 200, {}),
    "mailbox:lost": (ORGANISER, 200, {}),
    # experts and jury
    "expert:home": (frozenset({"expert", "other_expert"}), 200, {}),
    "expert:write": (frozenset({"expert"}), 200, {}),
    "expert:sign": (frozenset({"expert"}), 302, {}),
    "expert:jury": (frozenset({"jury"}), 200, {}),
    "expert:jury-ranks": (frozenset({"jury"}), 200, PUBLISHED),
}
SENT_ON = {
    "mine:home": ACCOUNTS - {"stranger", "organiser"},  # to their only space
    "observer:apply": OBSERVERS,  # who applied already
}
INHERITED = {  # arguments that come from the address of the whole room
    "organiser:fieldwork:": ("edition",), "organiser:consultation:": ("edition",),
    "organisation:consultation:": ("organisation",),
}  # fmt: skip
OTHERS = {"django-allauth": "compte/"}  # sign-in, passwords, second factor: allauth's own rules and tests


def patterns(of: URLResolver | Any, names: str = "", path: str = "") -> Iterator[tuple[str, str, URLPattern]]:
    for each in of.url_patterns:
        here = path + str(each.pattern)
        if isinstance(each, URLResolver):
            yield from patterns(each, f"{names}{each.namespace}:" if each.namespace else names, here)
        elif not here.startswith(tuple(OTHERS.values())):
            yield f"{names}{each.name}", here, each


PATTERNS = {name: pattern for name, _, pattern in patterns(get_resolver())}


def address(name: str, world: World) -> str:
    _, _, given = TABLE[name]
    wanted = PATTERNS[name].pattern.converters if name in PATTERNS else {}
    named = {name: world.things[str(value)] for name, value in given.items() if str(value) in world.things}
    known = world.things | given | named
    inherited = next((key for start, key in INHERITED.items() if name.startswith(start)), ())
    return reverse(name, kwargs={key: known[key] for key in {*wanted, *inherited}})


def client_of(person: str, world: World) -> Client:
    client = Client()
    if person != "anonymous":
        client.force_login(world.people[person])
    return client


def test_every_address_of_the_site_is_in_the_table() -> None:
    assert set(PATTERNS) ^ set(TABLE) == set()


@pytest.mark.parametrize("person", CAST)
def test_each_person_opens_what_is_theirs_and_nothing_else(person: str, world: World) -> None:
    client = client_of(person, world)
    expected, found = {}, {}
    for name, (allowed, gives, _) in TABLE.items():
        expected[name] = gives if person in allowed else 302 if person == "anonymous" else 403
        if person in SENT_ON.get(name, ()):
            expected[name] = 302
        if gives == 405:  # only a form opens it, for whoever it is
            expected[name] = 405
        response = client.get(address(name, world))
        found[name] = response.status_code
        if expected[name] == 302 and person not in allowed:
            assert response["Location"].startswith("/compte/login/?next=/"), name
    assert {name: code for name, code in found.items() if code != expected[name]} == {}


@pytest.mark.parametrize("person", ["anonymous", "stranger", "other_organiser", "other_lead", "other_observer"])
def test_nobody_writes_where_they_may_not_look(person: str, world: World) -> None:
    client = client_of(person, world)
    before = JournalEntry.objects.count()
    closed = [name for name, (allowed, _, _) in TABLE.items() if person not in allowed]
    answers = {name: client.post(address(name, world)).status_code for name in closed}
    assert set(answers.values()) == {302 if person == "anonymous" else 403}
    assert JournalEntry.objects.count() == before


def test_pages_that_only_read_refuse_to_be_written_to(world: World) -> None:
    reading = [name for name, pattern in PATTERNS.items() if getattr(pattern.callback, "writes", None) is False]
    assert len(reading) > 30
    answers = {}
    for name in reading:
        allowed = next(person for person in CAST if person in TABLE[name][0])
        answers[name] = client_of(allowed, world).post(address(name, world)).status_code
    assert {name: code for name, code in answers.items() if code != 405} == {}


def test_an_organisation_reads_its_results_only_once_they_are_handed_over(world: World) -> None:
    correction = PublicationFactory(
        edition=world.published, number=2, dataset=world.publication.dataset, corrects=world.publication,
        reason="Une contestation a été admise.", national=world.publication.national,
    )  # fmt: skip
    first = world.published.publications.get(number=1).scorecards.get(organisation=world.organisation)
    waiting = ScorecardFactory(publication=correction, organisation=world.organisation, data=first.data)
    answers = {
        person: client_of(person, world).get(reverse("organisation:scorecard", args=[waiting.pk])).status_code
        for person in CAST
    }
    may = {person for person, code in answers.items() if code == 200}
    assert may == {"organiser", "expert"}
    assert client_of("lead", world).get(reverse("organisation:create-action", args=[waiting.pk])).status_code == 403
    assert client_of("lead", world).get(reverse("organisation:scorecard", args=[first.pk])).status_code == 200


def test_reading_confidential_figures_leaves_a_line_in_the_journal(world: World) -> None:
    client_of("member", world).get(reverse("organisation:scorecard", args=[world.scorecard.pk]))
    line = JournalEntry.objects.get(verb="scorecard.read")
    assert line.by == world.people["member"]
    assert line.subject == f"results.Scorecard:{world.scorecard.pk}"


def test_an_edition_in_preparation_is_nobody_else_s_business(world: World) -> None:
    for name in ("edition", "method", "national", "palmares"):
        assert client_of("anonymous", world).get(f"/editions/ailleurs/{name}/").status_code == 404
    assert client_of("other_organiser", world).get("/pilotage/ailleurs/").status_code == 200
    assert client_of("organiser", world).get("/pilotage/ailleurs/").status_code == 403

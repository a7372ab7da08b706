"""`parvis plan`: places and observers in, missions out, with what could not be met, the precision and the cost."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import Any, TypeVar

import click
import pyarrow as pa

from parvis.cli.commands import command
from parvis.cli.files.tables import bilingual, language, need_columns, read_table, telling_faults, write_table
from parvis.core.contacts.planning import (
    DEFAULT_CONTACTS,
    DEFAULT_FEES,
    USUAL_WEIGHTS,
    AvailableObserver,
    Goals,
    PlaceToVisit,
    Plan,
    PlannedContact,
    PossibleScenario,
    Rules,
    Shortfall,
    Weights,
    channel_precision,
    expected_cost,
    make_plan,
    overall_precision,
)
from parvis.core.contacts.planning.problem import HALF_DAYS
from parvis.core.vocabulary import Channel, Fault, ParvisError, Text

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
ONCE = (Channel.WEBSITE, Channel.SOCIAL)  # for an organisation, at its first place in the table
N = TypeVar("N", int, float)
MISSIONS = [
    "place",
    "organisation",
    "channel",
    "observer",
    "scenario",
    "window_starts_on",
    "window_ends_on",
    "half_day",
]
REASONS = {
    "not_certified": Text("non certifiés", "not certified"),
    "in_conflict": Text("en conflit d’intérêts", "in conflict of interest"),
    "seen_recently": Text("venus récemment", "there recently"),
    "already_there": Text("déjà prévus dans ce site", "already in this place"),
    "no_capacity": Text("sans capacité", "without capacity left"),
    "no_observer": Text("aucun citoyen-mystère", "no mystery citizen"),
    "burden_cap": Text("au-delà de la limite par semaine", "beyond the weekly cap"),
    "no_open_day": Text("aucun jour ouvert", "no open day"),
    "away": Text("indisponibles", "away"),
    "scenarios_spent": Text("scénarios déjà trop utilisés", "scenarios used too often"),
    "forbidden_line": Text("sur une ligne à ne pas appeler", "on a line that must not be used"),
}


@command(
    help=bilingual(
        "Prévoit les missions : qui, où, par quel canal, quand ; dit ce qui est impossible et pourquoi.",
        "Plan missions: who, where, by which channel, when; tell what is impossible and why.",
    )
)
@click.argument("places", type=click.Path(path_type=Path))
@click.argument("observers", type=click.Path(path_type=Path))
@click.option("--from", "starts_on", required=True, type=click.DateTime(["%Y-%m-%d"]), help=bilingual("début", "start"))
@click.option("--to", "ends_on", required=True, type=click.DateTime(["%Y-%m-%d"]), help=bilingual("fin", "end"))
@click.option(
    "--contacts", multiple=True, help=bilingual("contacts par site, ex. phone=9", "contacts per place, e.g. phone=9")
)
@click.option("--scenarios", type=click.Path(path_type=Path), help=bilingual("table des scénarios", "scenarios table"))
@click.option("--keep", type=click.Path(path_type=Path), help=bilingual("plan à garder", "earlier plan to keep"))
@click.option(
    "--burden",
    type=click.IntRange(1),
    default=8,
    show_default=True,
    help=bilingual("contacts par service (sinon par site) et semaine", "contacts per service (else place) and week"),
)
@click.option(
    "--window-days",
    type=click.IntRange(1),
    default=5,
    show_default=True,
    help=bilingual("jours ouvrés par contact", "working days given for a contact"),
)
@click.option(
    "--weight",
    "weights",
    multiple=True,
    help=bilingual(
        "poids d’un but, ex. distance=3 : distance, spread (jours), variety (scénarios), workload (charge), "
        "connection (observation reliée) ; 1 d’usage, 0 l’ignore",
        "weight of a goal, e.g. distance=3: distance, spread (of days), variety (of scenarios), workload, connection; "
        "1 is usual, 0 ignores it",
    ),
)
@click.option("--fees", multiple=True, help=bilingual("euros par contact, ex. phone=6.5", "euros, e.g. phone=6.5"))
@click.option(
    "--confidence",
    type=click.FloatRange(0.5, 0.9999),
    default=0.95,
    show_default=True,
    help=bilingual("confiance des intervalles de la méthode", "confidence of the method’s intervals"),
)
@click.option("--seed", type=int, default=0, show_default=True, help=bilingual("graine des tirages", "seed of draws"))
@click.option("-o", "--output", required=True, type=click.Path(path_type=Path), help=bilingual("sortie", "output"))
@telling_faults
def plan(
    places: Path,
    observers: Path,
    starts_on: datetime,
    ends_on: datetime,
    contacts: tuple[str, ...],
    scenarios: Path | None,
    keep: Path | None,
    burden: int,
    window_days: int,
    weights: tuple[str, ...],
    fees: tuple[str, ...],
    confidence: float,
    seed: int,
    output: Path,
) -> None:
    numbers, paid, weighed = read_contacts(contacts), read_fees(fees), read_weights(weights)
    asked = read_places(places, numbers)
    made = make_plan(
        asked,
        read_observers(observers),
        Rules(starts_on.date(), ends_on.date(), window_days, burden, weighed),
        seed=seed,
        scenarios=read_scenarios(scenarios) if scenarios else (),
        keep=read_plan(keep) if keep else (),
    )
    columns = {name: [getattr(contact, name) for contact in made.contacts] for name in MISSIONS}
    schema = pa.schema([(n, pa.date32() if n.startswith("window") else pa.string()) for n in MISSIONS])
    write_table(pa.table(columns, schema=schema), output)
    for line in told(made, numbers, weights=weighed, fees=paid, confidence=confidence):
        click.echo(line, err=True)


def told(
    made: Plan, numbers: Mapping[str, int], *, weights: Weights, fees: Mapping[str, float], confidence: float
) -> list[str]:
    """What the organiser needs before deciding: precision, cost, soft goals, and what could not be met."""
    width = overall_precision(numbers, confidence=confidence)
    cost = expected_cost(made.contacts, kilometres=made.goals.distance_km, fees=fees)
    lines = [
        Text(
            f"{len(made.contacts)} missions, dont {made.kept} gardées ; précision attendue par site : "
            f"± {width.half_width:.1f} points ; coût : {cost:.0f} €.".replace(".", ",", 1),
            f"{len(made.contacts)} missions, {made.kept} of them kept; expected precision per place: "
            f"± {width.half_width:.1f} points; cost: {cost:.0f} €.",
        ),
        _widths(numbers, confidence),
        _goals(made.goals, weights),
        *(_said(short) for short in made.shortfalls),
    ]
    return [line.in_language(language()) for line in lines]


def _widths(numbers: Mapping[str, int], confidence: float) -> Text:
    """The precision of each channel, in points; small numbers of contacts need more than the normal law says."""
    widths = {channel: channel_precision(n, confidence=confidence) for channel, n in numbers.items() if n}
    english = ", ".join(f"{channel} ± {width.half_width:.1f}" for channel, width in widths.items())
    return Text(f"Par canal : {english.replace('.', ',')}.", f"By channel: {english}.")


def _goals(goals: Goals, weights: Weights) -> Text:
    """Each soft goal as it is reached, with the weight that it had."""
    english = {name: f"{weight:g}" for name, weight in asdict(weights).items()}
    french = {name: weight.replace(".", ",") for name, weight in english.items()}
    km, day = f"{goals.distance_km:.0f}", f"{goals.busiest_day:.1f}"
    variety, spread = f"{100 * goals.scenario_variety:.0f}", f"{goals.workload_spread:.0f}"
    overlap = f"{100 * goals.overlap:.0f}"
    return Text(
        f"Visites : {km} km (poids {french['distance']}) ; "
        f"jour le plus chargé : {day.replace('.', ',')} fois le jour moyen (poids {french['spread']}) ; "
        f"variété des scénarios : {variety} % (poids {french['variety']}) ; "
        f"charge : écart de {spread} % (poids {french['workload']}) ; "
        f"groupes d’observation reliés : {goals.components}, contacts où la structure est nouvelle pour la personne : "
        f"{overlap} % (poids {french['connection']}).",
        f"Visits: {km} km (weight {english['distance']}); "
        f"busiest day: {day} times the mean day (weight {english['spread']}); "
        f"scenario variety: {variety} % (weight {english['variety']}); "
        f"workload spread: {spread} % (weight {english['workload']}); "
        f"connected groups: {goals.components}, contacts with a body that is new to the person: "
        f"{overlap} % (weight {english['connection']}).",
    )


def _said(short: Shortfall) -> Text:
    french = ", ".join(f"{n} {REASONS[rule].fr}" for rule, n in short.reasons.items())
    english = ", ".join(f"{n} {REASONS[rule].en}" for rule, n in short.reasons.items())
    return Text(
        f"{short.place}, {short.channel} : il manque {short.missing} ({french}).",
        f"{short.place}, {short.channel}: {short.missing} missing ({english}).",
    )


def read_contacts(given: tuple[str, ...]) -> dict[str, int]:
    """`phone=9` over the usual numbers. Raises ParvisError for each word that is not a channel and a number."""
    return _numbers(given, DEFAULT_CONTACTS, int, "phone=9")


def read_fees(given: tuple[str, ...]) -> dict[str, float]:
    """`phone=6.5` over the usual fees, in euros. Raises ParvisError for each word that is not a channel and a sum."""
    return _numbers(given, DEFAULT_FEES, float, "phone=6.5")


def read_weights(given: tuple[str, ...]) -> Weights:
    """`distance=3` over the usual weights. Raises ParvisError for each word that is not a goal and a number."""
    return Weights(**_numbers(given, asdict(USUAL_WEIGHTS), float, "distance=3"))


def _numbers(given: tuple[str, ...], usual: Mapping[str, N], kind: Callable[[str], N], example: str) -> dict[str, N]:
    numbers, faults = dict(usual), []
    for word in given:
        channel, _, number = word.partition("=")
        whole = number if kind is int else number.replace(".", "", 1)
        if channel in usual and whole.isdecimal():
            numbers[channel] = kind(number)
        else:
            what = Text(f"« {word} » ne se lit pas.", f"“{word}” cannot be read.")
            remedy = Text(f"Écrivez par exemple {example}.", f"Write {example}, for instance.")
            faults.append(Fault("contacts_unreadable", what, remedy))
    if faults:
        raise ParvisError(faults)
    return numbers


def read_places(path: Path, numbers: Mapping[str, int]) -> list[PlaceToVisit]:
    """Columns place, organisation.

    Optional: departement, latitude, longitude; as spaced words, channels, services, forbidden (channels whose line
    must not be used), open (mon-am tue-pm), closed (2026-04-11/2026-04-26).
    """
    found, seen = [], set()
    for row in _rows(path, ["place", "organisation"]):
        channels = set(_words(row.get("channels"))) or set(numbers)
        first = row["organisation"] not in seen
        seen.add(row["organisation"])
        contacts = {c: n for c, n in numbers.items() if c in channels and (first or c not in ONCE)}
        found.append(
            PlaceToVisit(
                str(row["place"]), str(row["organisation"]), contacts, str(row.get("departement") or ""),
                row.get("latitude"), row.get("longitude"), frozenset(_words(row.get("services"))),
                frozenset(_half_day(word, row) for word in _words(row.get("open"))) or None,
                [_period(word, row)[:2] for word in _words(row.get("closed"))],
                frozenset(_words(row.get("forbidden"))),
            )
        )  # fmt: skip
    return found


def _half_day(word: str, row: Mapping[str, Any]) -> tuple[int, str]:
    day, _, half = word.partition("-")
    if day not in WEEKDAYS or half not in HALF_DAYS:
        raise ParvisError(_unreadable(word, "mon-am", row))
    return WEEKDAYS.index(day), half


def _period(word: str, row: Mapping[str, Any]) -> tuple[date, date, str]:
    """First day, last day and half-day, from `2026-04-11/2026-04-26/am`; a single day is its own last one."""
    *days, half = [*word.split("/"), ""] if word[-3:] not in ("/am", "/pm") else word.split("/")
    try:
        first, last = date.fromisoformat(days[0]), date.fromisoformat(days[-1])
    except ValueError:
        raise ParvisError(_unreadable(word, "2026-04-11/2026-04-26", row)) from None
    if len(days) > 2 or last < first:
        raise ParvisError(_unreadable(word, "2026-04-11/2026-04-26", row))
    return first, last, half


def _unreadable(word: str, example: str, row: Mapping[str, Any]) -> Fault:
    return Fault(
        "moment_unreadable",
        Text(f"« {word} » ne se lit pas.", f"“{word}” cannot be read."),
        Text(f"Écrivez par exemple {example}.", f"Write {example}, for instance."),
        {"key": str(row.get("place") or row.get("observer"))},
    )


def read_observers(path: Path) -> list[AvailableObserver]:
    """Columns observer, channels, capacity.

    Optional: latitude, longitude; as spaced words, conflicts (organisations), barred (places), recent (places), away
    (2026-04-11/2026-04-26, or 2026-04-11/2026-04-26/am for the mornings).
    """
    return [
        AvailableObserver(
            str(row["observer"]), frozenset(_words(row["channels"])), int(row["capacity"]), row.get("latitude"),
            row.get("longitude"), frozenset(_words(row.get("conflicts"))), frozenset(_words(row.get("recent"))),
            [_period(word, row) for word in _words(row.get("away"))], frozenset(_words(row.get("barred"))),
        )
        for row in _rows(path, ["observer", "channels", "capacity"])
    ]  # fmt: skip


def read_scenarios(path: Path) -> list[PossibleScenario]:
    """Columns scenario, channel; optional service, most_uses (in one organisation)."""
    return [
        PossibleScenario(
            str(row["scenario"]), str(row["channel"]), str(row.get("service") or ""), _whole(row.get("most_uses"))
        )
        for row in _rows(path, ["scenario", "channel"])
    ]


def _whole(cell: Any) -> int | None:
    return int(cell) if cell is not None else None


def read_plan(path: Path) -> list[PlannedContact]:
    """A plan that this command wrote."""
    rows = _rows(path, MISSIONS[:4] + MISSIONS[5:7])
    return [
        PlannedContact(
            str(row["place"]), str(row["organisation"]), str(row["channel"]), str(row["observer"]),
            str(row.get("scenario") or ""), _day(row["window_starts_on"]), _day(row["window_ends_on"]),
            str(row.get("half_day") or ""),
        )
        for row in rows
    ]  # fmt: skip


def _rows(path: Path, needed: list[str]) -> list[dict[str, Any]]:
    """The rows of a table. Raises ParvisError for absent columns and for cells that must not be empty."""
    table = read_table(path)
    need_columns(table, needed, path)
    rows: list[dict[str, Any]] = table.to_pylist()
    faults = [
        Fault("cell_empty", Text("cette case est vide.", "this cell is empty."), Text("Remplissez-la.", "Fill it."),
              {"file": path.name, "row": str(number), "column": name})
        for number, row in enumerate(rows, 2)
        for name in needed
        if row[name] is None
    ]  # fmt: skip
    for name in sorted({"latitude", "longitude", "capacity", "most_uses"} & set(table.column_names)):
        kind = table.schema.field(name).type
        if not any(check(kind) for check in (pa.types.is_integer, pa.types.is_floating, pa.types.is_null)):
            what = Text("cette colonne n’est pas faite de nombres.", "this column is not made of numbers.")
            remedy = Text("Écrivez des nombres avec un point.", "Write numbers with a point.")
            faults.append(Fault("not_numbers", what, remedy, {"file": path.name, "column": name}))
    if faults:
        raise ParvisError(faults)
    return rows


def _words(cell: Any) -> list[str]:
    return str(cell).split() if cell is not None else []


def _day(cell: Any) -> date:
    return cell if isinstance(cell, date) else date.fromisoformat(str(cell))

"""`parvis plan`: places and observers in, missions out, with what could not be met, the precision and the cost."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click
import pyarrow as pa

from parvis.cli.commands import command
from parvis.cli.files.tables import bilingual, language, need_columns, read_table, telling_faults, write_table
from parvis.core.contacts.planning import (
    DEFAULT_CONTACTS,
    AvailableObserver,
    PlaceToVisit,
    Plan,
    PlannedContact,
    PossibleScenario,
    Rules,
    Shortfall,
    expected_cost,
    make_plan,
    overall_precision,
)
from parvis.core.vocabulary import Channel, Fault, ParvisError, Text

ONCE = (Channel.WEBSITE, Channel.SOCIAL)  # for an organisation, at its first place in the table
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
    help=bilingual("contacts par site et semaine", "contacts per place and week"),
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
    seed: int,
    output: Path,
) -> None:
    numbers = read_contacts(contacts)
    asked = read_places(places, numbers)
    made = make_plan(
        asked,
        read_observers(observers),
        Rules(starts_on.date(), ends_on.date(), burden_per_week=burden),
        seed=seed,
        scenarios=read_scenarios(scenarios) if scenarios else (),
        keep=read_plan(keep) if keep else (),
    )
    columns = {name: [getattr(contact, name) for contact in made.contacts] for name in MISSIONS}
    schema = pa.schema([(n, pa.date32() if n.startswith("window") else pa.string()) for n in MISSIONS])
    write_table(pa.table(columns, schema=schema), output)
    for line in told(made, numbers):
        click.echo(line, err=True)


def told(made: Plan, numbers: Mapping[str, int]) -> list[str]:
    """What the organiser needs before deciding: precision, cost, soft goals, and what could not be met."""
    goals, width = made.goals, overall_precision(numbers)
    cost = expected_cost(made.contacts, kilometres=goals.distance_km)
    lines = [
        Text(
            f"{len(made.contacts)} missions, dont {made.kept} gardées ; précision attendue par site : "
            f"± {width.half_width:.1f} points ; coût : {cost:.0f} €.".replace(".", ",", 1),
            f"{len(made.contacts)} missions, {made.kept} of them kept; expected precision per place: "
            f"± {width.half_width:.1f} points; cost: {cost:.0f} €.",
        ),
        Text(
            f"Visites : {goals.distance_km:.0f} km ; charge : écart de {goals.workload_spread:.0f} % ; "
            f"groupes d’observation reliés : {goals.components}.",
            f"Visits: {goals.distance_km:.0f} km; workload spread: {goals.workload_spread:.0f} %; "
            f"connected groups: {goals.components}.",
        ),
        *(_said(short) for short in made.shortfalls),
    ]
    return [line.in_language(language()) for line in lines]


def _said(short: Shortfall) -> Text:
    french = ", ".join(f"{n} {REASONS[rule].fr}" for rule, n in short.reasons.items())
    english = ", ".join(f"{n} {REASONS[rule].en}" for rule, n in short.reasons.items())
    return Text(
        f"{short.place}, {short.channel} : il manque {short.missing} ({french}).",
        f"{short.place}, {short.channel}: {short.missing} missing ({english}).",
    )


def read_contacts(given: tuple[str, ...]) -> dict[str, int]:
    """`phone=9` over the usual numbers. Raises ParvisError for each word that is not a channel and a number."""
    numbers, faults = dict(DEFAULT_CONTACTS), []
    for word in given:
        channel, _, number = word.partition("=")
        if channel in DEFAULT_CONTACTS and number.isdecimal():
            numbers[channel] = int(number)
        else:
            what = Text(f"« {word} » ne se lit pas.", f"“{word}” cannot be read.")
            remedy = Text("Écrivez par exemple phone=9.", "Write phone=9, for instance.")
            faults.append(Fault("contacts_unreadable", what, remedy))
    if faults:
        raise ParvisError(faults)
    return numbers


def read_places(path: Path, numbers: Mapping[str, int]) -> list[PlaceToVisit]:
    """Columns place, organisation; optional departement, latitude, longitude, channels, services (spaced words)."""
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
            )
        )  # fmt: skip
    return found


def read_observers(path: Path) -> list[AvailableObserver]:
    """Columns observer, channels, capacity.

    Optional: latitude, longitude, conflicts (organisations), recent (places), as spaced words.
    """
    return [
        AvailableObserver(
            str(row["observer"]), frozenset(_words(row["channels"])), int(row["capacity"]), row.get("latitude"),
            row.get("longitude"), frozenset(_words(row.get("conflicts"))), frozenset(_words(row.get("recent"))),
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

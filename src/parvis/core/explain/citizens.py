"""What citizens said: how many, how weighted, and whom they look like."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from parvis.core.bundle import MeasureKind
from parvis.core.explain.known import EVERYTHING, Known
from parvis.core.explain.wording import Explanation, Row, conclusion, en, fr
from parvis.core.vocabulary import Source, Text

_PART = Source.PERCEIVED.value


def citizens_of(known: Known, kind: str, subject: str, measure: str | None) -> list[Explanation]:
    """The headline question, or the questions and determinants of that name (`*`: every one)."""
    rows = known.estimates.get((kind, subject, _PART), [])
    if measure is None:
        chosen = [row for row in rows if row["measure_kind"] == MeasureKind.OVERALL]
    else:
        named = (MeasureKind.QUESTION, MeasureKind.DETERMINANT)
        chosen = [row for row in rows if row["measure_kind"] in named and _is(row, measure)]
    return [
        Explanation(
            subject,
            _PART,
            None if row["measure_kind"] == MeasureKind.OVERALL else row["measure"],
            (*_steps(known, kind, subject, row), *conclusion(row, known.rules(row))),
        )
        for row in chosen
    ]


def _is(row: Row, measure: str) -> bool:
    return measure in (EVERYTHING, row["measure"], row["measure"].partition("=")[0])


def _steps(known: Known, kind: str, subject: str, row: Row) -> Iterator[Text]:
    if row["measure_kind"] == MeasureKind.DETERMINANT:
        asked = sorted(code for code, one in known.questions.items() if one["determinant"] == row["measure"])
        yield Text(
            f"Moyenne, pour chaque personne, de ses réponses à : {', '.join(asked)}.",
            f"Mean, for each person, of the answers to: {', '.join(asked)}.",
        )
    elif row["measure_kind"] == MeasureKind.QUESTION:
        code, _, level = row["measure"].partition("=")
        one = known.questions.get(code, {})
        label = Text(one.get("label_fr") or code, one.get("label_en") or one.get("label_fr") or code)
        said = (f" ; part de « {level} »", f"; share of “{level}”") if level else (" ; de 0 à 100", "; from 0 to 100")
        yield Text(f"{label.fr}{said[0]}.", f"{label.en}{said[1]}.")
    yield _weighting(known, kind, subject)
    effective = row["n_effective"]
    yield Text(
        f"{row['n']} réponses qualifiées, qui en valent {fr(effective)} de même poids.",
        f"{row['n']} qualified responses, worth {en(effective)} of equal weight.",
    )


def _weighting(known: Known, kind: str, subject: str) -> Text:
    """The territory whose known population the weights were raked to, if any."""
    body = known.bodies.get(subject, {})
    territories = [territory for piece, territory, _ in known.diagnostics if piece == "weighting"]
    places = [subject, body.get("departement"), body.get("region")] if kind == "organisation" else []
    mine = next((place for place in places if place in territories), None)
    if mine is None and len(set(territories)) == 1:
        mine = territories[0]
    deff = known.told("weighting", mine, "kish_deff") if mine is not None else None
    if deff is None and territories and kind != "organisation":
        return Text("Poids calés, territoire par territoire.", "Weights raked, territory by territory.")
    if deff is None:
        return Text("Poids de base : aucun calage.", "Base weights: no raking.")
    return Text(
        f"Poids calés sur la population de {mine} (effet de plan {fr(deff, 2)}).",
        f"Weights raked to the population of {mine} (design effect {en(deff, 2)}).",
    )


def turnout_of(known: Known, organisation: str) -> list[Explanation]:
    """Counts by entry point, then whom they look like; no interval, since volunteers are not a sample."""
    steps: list[Text] = []
    for row in known.of_body("participation", organisation):
        point = row["entry_point"]
        counts = [row[name] for name in ("opened", "started", "completed", "qualified")]
        shown = ["—" if count is None else str(count) for count in counts]
        steps.append(
            Text(
                "{} : ouvert {}, commencé {}, terminé {}, retenu {}.".format(point or "Ensemble", *shown),
                "{}: opened {}, started {}, completed {}, qualified {}.".format(point or "All", *shown),
            )
        )
        if row["per_1000_inhabitants"] is not None:
            rate, people = row["per_1000_inhabitants"], known.bodies.get(organisation, {}).get("population")
            steps.append(
                Text(
                    f"1 000 × {row['qualified']} / {people} habitants = {fr(rate, 2)} pour 1 000, sans intervalle.",
                    f"1,000 × {row['qualified']} / {people} inhabitants = {en(rate, 2)} per 1,000, without interval.",
                )
            )
    steps += _likeness(known, organisation)
    return [Explanation(organisation, "participation", None, tuple(steps))] if steps else []


def likeness_of(known: Known, subject: str) -> list[Explanation]:
    """Representativity, variable by variable."""
    steps = tuple(_likeness(known, subject))
    return [Explanation(subject, "participation", None, steps)] if steps else []


def _likeness(known: Known, subject: str) -> Iterator[Text]:
    for piece, territory, measure in known.diagnostics:
        kind, _, variable = measure.partition(" ")
        if (piece, territory, kind) != ("participation", subject, "r_indicator"):
            continue
        told = {name: known.told(piece, subject, f"{name} {variable}") for name in ("r_indicator", "variation")}
        if told["r_indicator"] is None:
            yield Text(f"{variable} : masqué, un groupe a trop peu de réponses.", f"{variable}: hidden, too few.")
        else:
            deviation = (1 - told["r_indicator"]) / 2
            yield Text(
                f"{variable} : écart type de la participation entre groupes {fr(deviation, 5)} ; 1 − 2 × cet écart = "
                f"{fr(told['r_indicator'], 3)} ; rapporté à la participation moyenne, {fr(told['variation'], 3)}.",
                f"{variable}: standard deviation of participation between groups {en(deviation, 5)}; 1 − 2 × it = "
                f"{en(told['r_indicator'], 3)}; over mean participation, {en(told['variation'], 3)}.",
            )
        yield from _parts(known.diagnosed(piece, subject), variable)


def _parts(told: Mapping[str, float | None], variable: str) -> Iterator[Text]:
    """What each group adds, and, for everybody, how many people that rests on."""
    responses, population = (told.get(f"{name} {variable}") for name in ("responses", "population"))
    if population is not None:
        yield Text(
            f"{variable} : {fr(responses, 0)} réponses de {fr(population, 0)} habitants.",
            f"{variable}: {en(responses, 0)} responses of {en(population, 0)} inhabitants.",
        )
    for measure, part in told.items():
        kind, _, name = measure.partition(" ")
        if kind == "contribution" and name.partition("=")[0] == variable and part is not None:
            yield Text(f"{name} : part de l’inégalité {fr(part, 3)}.", f"{name}: share of unevenness {en(part, 3)}.")

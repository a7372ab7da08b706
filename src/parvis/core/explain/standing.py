"""Where an organisation's score stands: its rank, its band, its change, the citizens' gap, observers' severity."""

from __future__ import annotations

from collections.abc import Iterator

from parvis.core.explain.known import OVER_ALL, Known
from parvis.core.explain.wording import en, fr
from parvis.core.vocabulary import Status, Text


def standing_of(known: Known, name: str) -> Iterator[Text]:
    """What is told of the overall score besides its value; nothing where nothing is."""
    yield from _rank(known, name)
    yield from _band(known, name)
    yield from change_of(known, "organisation", name)
    yield from _gap(known, name)
    yield from _corrected(known, name)


def _rank(known: Known, name: str) -> Iterator[Text]:
    for row in known.of_body("ranks", name):
        of = known.ranked[row["category"]]
        level = " ; à égalité avec la première" if row["level_with_first"] else ""
        also = "; level with the first" if row["level_with_first"] else ""
        if row["status"] != Status.PUBLISHED:
            yield Text("Non classée.", "Not ranked.")
        elif row["rank_low"] is not None:
            yield Text(
                f"Rang {row['rank']} sur {of}, ensemble de {row['rank_low']} à {row['rank_high']}{level}.",
                f"Rank {row['rank']} of {of}, set from {row['rank_low']} to {row['rank_high']}{also}.",
            )
        elif row["rank"] is not None:
            yield Text(f"Première de {of} comparées{level}.", f"First of {of} compared{also}.")
        elif row["level_with_first"]:
            yield Text(f"À égalité avec la première de {of}.", f"Level with the first of {of}.")


def _band(known: Known, name: str) -> Iterator[Text]:
    for row in known.of_body("bands", name):
        if row["measure"] == OVER_ALL and row["z"] is not None:
            low, high = row["expected_low"], row["expected_high"]
            yield Text(
                f"Plage attendue : z = {fr(row['z'], 2)}, ajusté {fr(row['z_adjusted'], 2)} ({row['band']}) ; "
                f"attendu de {fr(low)} à {fr(high)}.",
                f"Expected range: z = {en(row['z'], 2)}, adjusted {en(row['z_adjusted'], 2)} ({row['band']}); "
                f"expected from {en(low)} to {en(high)}.",
            )


def change_of(known: Known, kind: str, name: str) -> Iterator[Text]:
    """The change of an overall score, on the criteria that both editions have."""
    for row in known.of_subject("changes", name):
        if (row["subject_kind"], row["measure"]) != (kind, OVER_ALL) or row["difference"] is None:
            continue
        yield Text(
            f"Sur les critères communs aux deux éditions : {fr(row['before'])} puis {fr(row['after'])}, différence "
            f"{fr(row['difference'])} (de {fr(row['low'])} à {fr(row['high'])} ; {row['verdict']}).",
            f"On the criteria of both editions: {en(row['before'])} then {en(row['after'])}, difference "
            f"{en(row['difference'])} (from {en(row['low'])} to {en(row['high'])}; {row['verdict']}).",
        )


def _gap(known: Known, name: str) -> Iterator[Text]:
    points = known.told("gap", name, "perceived_minus_observed")
    if points is None:
        return
    low, high, error = (known.told("gap", name, what) for what in ("low", "high", "standard_error"))
    verdict = known.diagnostics["gap", name, "perceived_minus_observed"]["text"]
    yield Text(
        "(perçu − moyenne des perçus de la catégorie) − (observé − moyenne des observés) = "
        f"{fr(points)} points, de {fr(low)} à {fr(high)}, erreur type {fr(error)} ({verdict}).",
        "(perceived − category's mean of perceived) − (observed − mean of observed) = "
        f"{en(points)} points, from {en(low)} to {en(high)}, standard error {en(error)} ({verdict}).",
    )


def _corrected(known: Known, name: str) -> Iterator[Text]:
    """The score once severity is given back, and by how much it moves."""
    adjusted, moved = (known.told("observers", name, measure) for measure in ("adjusted_score", "adjusted_minus_raw"))
    if adjusted is not None:
        yield Text(
            f"Une fois rendue la sévérité de chaque citoyen-mystère : {fr(adjusted)} ; la note reste la note brute.",
            f"Once each observer's severity is given back: {en(adjusted)}; the score remains the raw one.",
        )
    if moved is not None:
        yield Text(f"Note corrigée − note brute : {fr(moved)}.", f"Corrected score − raw score: {en(moved)}.")

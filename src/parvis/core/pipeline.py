"""From a frozen dataset to a result: one page, read from top to bottom. Nothing here reads the clock or the dice."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pyarrow as pa

import parvis
from parvis.core.bundle import Dataset, Result, check_dataset, fingerprint
from parvis.core.bundle.result_tables import CHANGES
from parvis.core.disclosure.publication import EarlierPublication
from parvis.core.disclosure.whole_result import hidden_by_rule, protect_result
from parvis.core.figures.delays import delay_curves, indicator_figures
from parvis.core.figures.evolution import evolution
from parvis.core.figures.observer_effects import observer_effects
from parvis.core.figures.perceived import perceived
from parvis.core.figures.perception import perception
from parvis.core.figures.raw_indicators import raw_indicator_figures
from parvis.core.figures.scoring import Scoring, estimates_table, score_observations
from parvis.core.figures.scoring.steps import step_tables
from parvis.core.figures.standings import standings
from parvis.core.figures.tally.engine import opened
from parvis.core.figures.turnout import turnout
from parvis.core.instruments.method import Method, read_method

STEPS = ("check", "contacts", "citizens", "standings", "observers", "disclosure")


def score_edition(
    dataset: Dataset,
    method: Method | None = None,
    previous: Dataset | None = None,
    *,
    earlier: Iterable[EarlierPublication] = (),
    progress: Callable[[str], None] | None = None,
) -> Result:
    """Score an edition: every figure with its interval, its n and its status, hidden ones hidden.

    Args:
        dataset: the frozen input; its rows may stand in any order.
        method: the scoring method; when None, the one that travels with the dataset.
        previous: the dataset of the edition before, for changes on the criteria that both have.
        earlier: what is already published, which the disclosure check takes as known.
        progress: told each of `STEPS` as it begins.

    Returns:
        The organiser's result. Equal dataset, method and previous dataset give equal bytes once written.

    Raises:
        ParvisError: with every fault of the dataset's rows, or of its method.
        Leak: a figure that nothing can protect.
    """
    tell = progress or _silent
    tell("check")
    for given in filter(None, (dataset, previous)):
        check_dataset(given)
    method = method or read_method(dataset.method_text)

    tell("contacts")
    with opened() as engine:
        observed = score_observations(engine, dataset, method)
        changes = evolution(engine, dataset, previous, method) if previous else CHANGES.empty()
    tell("citizens")
    citizens = perceived(dataset, method)
    tell("standings")
    ranked = standings(observed, method, int(dataset.manifest.get("seed") or 0))
    tell("observers")
    observers = observer_effects(dataset, observed, method)
    gaps = perception(observed, citizens.estimates, method)
    tables: dict[str, pa.Table] = {
        "estimates": pa.concat_tables([*_observed_estimates(dataset, observed, method), citizens.estimates]),
        "ranks": ranked.ranks,
        "bands": ranked.bands,
        "changes": changes,
        "observers": observers.observers,
        "participation": turnout(dataset),
        "delay_curves": delay_curves(dataset, observed.frames, method.scores.confidence),
        "diagnostics": pa.concat_tables([ranked.diagnostics, citizens.diagnostics, observers.diagnostics, gaps]),
        **{name: dataset.table(name) for name in ("organisations", "criteria", "questions")},
        **step_tables(observed),
    }
    tell("disclosure")
    shown = protect_result(tables, method, earlier)
    return Result(_manifest(dataset, method, shown), shown)


def _observed_estimates(dataset: Dataset, observed: Scoring, method: Method) -> Iterator[pa.Table]:
    """Scores with their side views, then raw delays and what is reported without being scored."""
    confidence = method.scores.confidence
    yield observed.estimates(confidence)
    for figures in (
        *indicator_figures(dataset, observed.frames, method),
        *raw_indicator_figures(dataset, observed.frames, method),
    ):
        yield estimates_table(figures, confidence)


def _silent(_: str) -> None:
    return None


def _manifest(dataset: Dataset, method: Method, shown: dict[str, pa.Table]) -> dict[str, Any]:
    kept = ("edition", "frozen_at", "seed", "vintage", "instruments", "demonstration", "origin")
    given = {key: dataset.manifest[key] for key in kept if key in dataset.manifest}
    return {
        **given,
        "dataset": fingerprint(dataset),
        "method": {"id": method.id, "sha256": method.sha256},
        "computed_by": {"software": "parvis", "version": parvis.__version__},
        "disclosure": hidden_by_rule(shown["disclosure"]),
    }

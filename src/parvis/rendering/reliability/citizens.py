"""Citizens who answered: whom they look like, and what weighting did to their answers."""

from __future__ import annotations

from parvis.core.vocabulary import Text
from parvis.rendering.likeness import how_to_read, likeness_of, likeness_table
from parvis.rendering.reliability.told import Section, Told

_LIKENESS = Text("À qui ressemblent les répondants\u202f?", "Whom do the respondents look like?")
_UNKNOWN = Text(
    "On ne le sait pas\u00a0: aucune population n’est déposée, ou personne n’a dit son profil.",
    "Nobody knows: no population is deposited, or nobody told their profile.",
)
_WEIGHTS = Text("Ce que fait le redressement", "What weighting does")
_WEIGHTS_COLUMNS = (
    Text("Territoire", "Territory"),
    Text("Réponses", "Responses"),
    Text("Effet de plan", "Design effect"),
    Text("Poids du 1\u202f% le plus lourd", "Weight of the heaviest 1%"),
    Text("Plus lourd sur médian", "Heaviest over median"),
    Text("Ramenés à une borne", "Brought to a bound"),
    Text("Écart avant", "Gap before"),
    Text("Écart après", "Gap after"),
    Text("Pas redressé", "Not raked"),
)
_WEIGHTS_SAID = Text(
    "Les réponses sont redressées sur les populations connues. L’effet de plan dit par combien l’inégalité des "
    "poids divise le nombre de réponses\u202f; un territoire qui n’a pas pu être redressé dit pourquoi.",
    "Responses are raked to known populations. The design effect says by how much uneven weights divide the "
    "number of responses; a territory that could not be raked says why.",
)


def likeness(told: Told) -> Section:
    """Representativity over the territories whose population is known, or that none is."""
    title, found = _LIKENESS.in_language(told.language), likeness_of(told.result, told.known)
    if not found:
        return Section("likeness", title, _UNKNOWN.in_language(told.language))
    return Section("likeness", title, how_to_read(told.language), likeness_table(found, told.language))


def weights(told: Told) -> Section | None:
    """What raking did to the weights of each territory."""
    territories = told.subjects("weighting")
    if not territories:
        return None
    rows = [_territory(told, territory) for territory in territories]
    return told.section("weights", _WEIGHTS, _WEIGHTS_SAID.in_language(told.language), _WEIGHTS_COLUMNS, rows)


def _territory(told: Told, territory: str) -> tuple[str, ...]:
    def value(measure: str) -> float | None:
        return told.value("weighting", territory, measure)

    return (
        told.name(territory),
        told.number(value("responses"), 0),
        told.number(value("kish_deff"), 2),
        told.percent(value("top_share")),
        told.number(value("largest_over_median")),
        told.percent(value("trimmed_share")),
        told.percent(value("gap_before")),
        told.percent(value("gap_after")),
        told.text("weighting", territory, "not_raked") or "—",
    )

"""What is told beside an organisation's score and never in it, in words: citizens' view, and observers' severity."""

from __future__ import annotations

from dataclasses import dataclass

from parvis.core.bundle import Result
from parvis.core.figures.fair_terms import Gap as Verdict
from parvis.core.vocabulary import Text
from parvis.rendering import slicing, words
from parvis.rendering.slicing import Figure

_HIGHER = Text(
    "les citoyens notent celle-ci {points}\u00a0points plus haut que ce qui a été observé ne le laisserait attendre",
    "citizens rate this one {points} points higher than what was observed would lead one to expect",
)
_LOWER = Text(
    "les citoyens notent celle-ci {points}\u00a0points plus bas que ce qui a été observé ne le laisserait attendre",
    "citizens rate this one {points} points lower than what was observed would lead one to expect",
)
_UNCLEAR = Text(
    "rien ne sépare nettement la place que lui donnent les citoyens de celle que lui donnent les contacts mystère "
    "({points}\u00a0points)",
    "nothing clearly separates where citizens place this one from where mystery contacts do ({points} points)",
)
_BY_CHANCE = Text(
    "les citoyens placent celle-ci à {points}\u00a0points de ce qui a été observé, mais quand on compare toute une "
    "catégorie, quelques écarts de cette taille viennent du hasard",
    "citizens place this one {points} points away from what was observed, but when a whole category is compared, some "
    "gaps of that size come by chance",
)
_SENTENCE = Text(
    "Parmi les structures de sa catégorie, {said}. L’écart vrai se situe {between} ({counts}). Les deux notes n’ont "
    "pas de zéro commun\u00a0: on compare des places, on ne soustrait pas les notes.",
    "Among the organisations of its category, {said}. The true gap lies {between} ({counts}). The two scores have no "
    "common zero: places are compared, scores are not subtracted.",
)
_CORRECTED = Text(
    "Une fois rendue la sévérité des citoyens-mystère qui sont venus, la note serait de {corrected} au lieu de {raw} "
    "({counts}). La note brute reste celle qui compte\u202f; une différence sous son intervalle n’y change rien.",
    "Once the severity of the mystery citizens who came is given back, the score would be {corrected} instead of {raw} "
    "({counts}). The raw score remains the one that counts; a difference smaller than its interval changes nothing.",
)


@dataclass(frozen=True, slots=True)
class Gap:
    """By how many points citizens place an organisation above its observed quality, relative to its peers."""

    points: float
    low: float | None = None
    high: float | None = None
    verdict: str = Verdict.NO_CLEAR_GAP.value

    def said(self, observed: Figure | None, perceived: Figure | None, language: str = "fr") -> str:
        """The gap in a sentence, with its interval and what it rests on.

        >>> Gap(6.21, 1.1, 11.3, "perceived_higher").said(Figure("overall", n=27), Figure("overall", n=84), "en")[:96]
        'Among the organisations of its category, citizens rate this one 6.2 points higher than what was '
        """
        chosen = {Verdict.PERCEIVED_HIGHER.value: _HIGHER, Verdict.PERCEIVED_LOWER.value: _LOWER}
        alone = _BY_CHANCE if self._without_zero() else _UNCLEAR  # its own interval may say more than the family allows
        points = words.number(abs(self.points), 1, language) if self.clear else words.signed(self.points, 1, language)
        counts = [
            words.counted(figure.n, *words.NOUNS[of], language)
            for of, figure in (("observed", observed), ("perceived", perceived))
            if figure is not None and figure.n is not None
        ]
        return _SENTENCE.in_language(language).format(
            said=chosen.get(self.verdict, alone).in_language(language).format(points=points),
            between=_between(self.low, self.high, language),
            counts=", ".join(counts),
        )

    @property
    def clear(self) -> bool:
        return self.verdict in (Verdict.PERCEIVED_HIGHER, Verdict.PERCEIVED_LOWER)

    def _without_zero(self) -> bool:
        return (self.low is not None and self.low > 0) or (self.high is not None and self.high < 0)


def gaps_of(result: Result) -> dict[str, Gap]:
    """The gap of each organisation that has one, by organisation."""
    rows = slicing.rows_of(result.table("diagnostics"), ("piece", "subject", "measure", "value", "text"))
    found: dict[str, dict[str, tuple[float | None, str | None]]] = {}
    for piece, subject, measure, value, text in rows:
        if piece == "gap":
            found.setdefault(subject, {})[measure] = (value, text)
    nothing = (None, None)
    gaps = {}
    for subject, told in found.items():
        points, verdict = told.get("perceived_minus_observed", nothing)
        if points is not None and verdict:
            gaps[subject] = Gap(points, told.get("low", nothing)[0], told.get("high", nothing)[0], verdict)
    return gaps


def corrected_of(result: Result) -> dict[str, float]:
    """The score of each organisation once severity is given back; empty when severity does not weigh enough."""
    rows = slicing.rows_of(result.table("diagnostics"), ("piece", "subject", "measure", "value"))
    return {
        subject: value
        for piece, subject, measure, value in rows
        if (piece, measure) == ("observers", "adjusted_score") and value is not None
    }


def corrected_said(observed: Figure, corrected: float, language: str = "fr") -> str:
    """The corrected score beside the raw one, which remains the one that counts.

    >>> corrected_said(Figure("overall", value=62.7, n=27), 62.5, "en")[:68]
    'Once the severity of the mystery citizens who came is given back, th'
    """
    counts = words.counted(observed.n, *words.NOUNS["observed"], language)
    return _CORRECTED.in_language(language).format(
        corrected=words.number(corrected, 1, language), raw=words.number(observed.value, 1, language), counts=counts
    )


def _between(low: float | None, high: float | None, language: str) -> str:
    ends = words.signed(low, 1, language), words.signed(high, 1, language)
    return (
        f"between {ends[0]} and {ends[1]}" if words.language_of(language) == "en" else f"entre {ends[0]} et {ends[1]}"
    )

"""What the results of an edition are worth, for its organiser: what to change next year, and what to read with care."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from parvis.core.bundle import MeasureKind, Result
from parvis.core.figures.fair_terms import Gap as Verdict
from parvis.core.vocabulary import Source, Status, Text
from parvis.rendering import gaps, slicing, words
from parvis.rendering.charts import Table
from parvis.rendering.likeness import how_to_read, likeness_of, likeness_table
from parvis.rendering.slicing import Figure, Words

_ERROR = "contacts_for_error_of_"
_WEIGHTS = ("responses", "kish_deff", "top_share", "largest_over_median", "trimmed_share", "gap_before", "gap_after")
_RULES = {
    "threshold": Text("trop peu de répondants", "too few respondents"),
    "homogeneity": Text("tous les répondants disent la même chose", "all respondents say the same"),
    "reliability": Text("figure trop incertaine", "figure too uncertain"),
    "peers": Text("trop peu de structures derrière une moyenne", "too few organisations behind a mean"),
    "dominance": Text("une structure y pèse presque tout", "one organisation makes nearly all of it"),
    "prior": Text("une structure en devinerait une autre", "one organisation would guess another's"),
    "complement": Text("son complément serait trop petit", "what is left beside a part would be too small"),
    "complementary": Text("il en aurait trahi un autre", "it would have given another away"),
}

_TITLES = {
    "next": Text("Combien de contacts l’an prochain\u202f?", "How many contacts next year?"),
    "observers": Text("Les citoyens-mystère notent-ils de même\u202f?", "Do mystery citizens mark alike?"),
    "corrected": Text("Notes brutes et notes corrigées", "Raw and corrected scores"),
    "gaps": Text("Observé et perçu", "Observed and perceived"),
    "ranks": Text("Les rangs veulent-ils dire quelque chose\u202f?", "Do ranks mean anything?"),
    "likeness": Text("À qui ressemblent les répondants\u202f?", "Whom do the respondents look like?"),
    "weights": Text("Ce que fait le redressement", "What weighting does"),
    "hidden": Text("Ce qui est masqué, et pourquoi", "What is hidden, and why"),
}
_COLUMNS = {
    "next": Text(
        "Précision voulue (points)|Erreur type|Contacts par structure",
        "Wished precision (points)|Standard error|Contacts an organisation",
    ),
    "observers": Text(
        "Citoyen-mystère|Sévérité (points)|Erreur type|Contacts",
        "Mystery citizen|Severity (points)|Standard error|Contacts",
    ),
    "corrected": Text(
        "Structure|Note brute|Note corrigée|Différence",
        "Organisation|Raw score|Corrected score|Difference",
    ),
    "gaps": Text(
        "Structure|Observé|Perçu|Écart relatif (points)|Intervalle",
        "Organisation|Observed|Perceived|Relative gap (points)|Interval",
    ),
    "ranks": Text(
        "Catégorie|Classées|Classabilité|Écart type des vraies notes|Classement",
        "Category|Ranked|Rankability|Standard deviation of true scores|Ranking",
    ),
    "weights": Text(
        "Territoire|Réponses|Effet de plan|Poids du 1\u202f% le plus lourd|Plus lourd sur médian|Ramenés à une borne|"
        "Écart avant|Écart après|Pas redressé",
        "Territory|Responses|Design effect|Weight of the heaviest 1%|Heaviest over median|Brought to a bound|"
        "Gap before|Gap after|Not raked",
    ),
    "hidden": Text(
        "Raison|Chiffres masqués",
        "Reason|Hidden figures",
    ),
}


@dataclass(frozen=True, slots=True)
class Section:
    """One question about an edition's figures: its title, the answer in words, and the table behind it."""

    code: str
    title: str
    said: str
    table: Table | None = None


def reliability(
    result: Result,
    *,
    categories: Mapping[str, Text] | None = None,
    levels: slicing.Levels | None = None,
    language: str = "fr",
) -> tuple[Section, ...]:
    """The sections of the organiser's page, in reading order; those without anything to say are left out."""
    told = _Told(result, slicing.words_of(result, None, None, categories, levels), language)
    made = (
        told.next_year(),
        told.observers(),
        told.corrected(),
        told.gaps(),
        told.ranks(),
        told.likeness(),
        told.weights(),
        told.hidden(),
    )
    return tuple(one for one in made if one is not None)


class _Told:
    """The diagnostics of a result, found by what they are about."""

    def __init__(self, result: Result, known: Words, language: str) -> None:
        self.result, self.known, self.language = result, known, language
        rows = slicing.rows_of(result.table("diagnostics"), ("piece", "subject", "measure", "value", "text"))
        self.rows = {(piece, subject, measure): (value, text) for piece, subject, measure, value, text in rows}
        self.names = dict(slicing.rows_of(result.table("organisations"), ("organisation", "name")))
        self.overall = {
            (row[1], row[2]): slicing.figure_of(row, known)
            for row in slicing.rows_of(result.table("estimates"), slicing.ESTIMATE_COLUMNS)
            if row[0] == "organisation" and row[3] == MeasureKind.OVERALL
        }

    def value(self, measure: str) -> float | None:
        value: float | None = self.rows.get(("observers", "", measure), (None, None))[0]
        return value

    def number(self, value: float | None, decimals: int = 1) -> str:
        return words.number(value, decimals, self.language)

    def said(self, fr: str, en: str) -> str:
        return Text(fr, en).in_language(self.language)

    def named(self, organisation: str) -> str:
        return self.names.get(organisation) or organisation

    def figure(self, organisation: str, source: Source) -> Figure | None:
        return self.overall.get((organisation, source.value))

    def section(self, code: str, said: str, rows: Sequence[tuple[str, ...]]) -> Section:
        title = _TITLES[code].in_language(self.language)
        columns = _COLUMNS[code].in_language(self.language).split("|")
        return Section(code, title, said, Table(title, tuple(columns), tuple(rows)))

    def next_year(self) -> Section | None:
        """The generalizability study: contacts for a wished error, from the variances of this edition."""
        wished = {
            float(measure.removeprefix(_ERROR)): found
            for (piece, _, measure), found in self.rows.items()
            if piece == "observers" and measure.startswith(_ERROR)
        }
        if not wished:
            return None
        beyond = self.said("hors d’atteinte avec ces citoyens-mystère", "out of reach with these mystery citizens")
        rows = [
            (
                f"± {self.number(2 * error, 0)}",
                self.number(error, 0),
                beyond if contacts is None else self.number(contacts, 0),
            )
            for error, (contacts, _) in sorted(wished.items(), reverse=True)
        ]
        made = [
            figure.n
            for (_, source), figure in self.overall.items()
            if source == Source.OBSERVED and figure.n is not None
        ]
        people, reports = self._people()
        usual = self.number(median(made), 0) if made else "—"
        said = self.said(
            f"Cette édition a fait {usual} contacts par structure (médiane). D’après {reports} contacts aboutis de "
            f"{people} citoyens-mystère, voici ce qu’il en faudrait l’an prochain. Une note est à moins de deux "
            "erreurs types de la vraie 95 fois sur 100. Ces nombres sont eux-mêmes des estimations.",
            f"This edition made {usual} contacts an organisation (median). From {reports} reached contacts of {people} "
            "mystery citizens, this is what next year would need. A score lies within two standard errors of the true "
            "one 95 times out of 100. These numbers are estimates themselves.",
        )
        return self.section("next", said, rows)

    def _people(self) -> tuple[str, str]:
        seen = self.result.table("observers")["observations"].to_pylist()
        return self.number(len(seen), 0), self.number(sum(seen), 0)

    def observers(self) -> Section | None:
        """Whether severity weighs, and each observer's, by pseudonym."""
        material, p, share = self.value("material"), self.value("p"), self.value("observer_share")
        if material is None:
            return None
        people, reports = self._people()
        chance = "< " + self.number(0.001, 3) if p is not None and p < 0.001 else "= " + self.number(p, 3)
        spread = words.percent(share, 1, self.language)
        weighs = self.said(
            "Elle pèse\u00a0: des notes corrigées sont données à côté des brutes, qui restent celles qui comptent.",
            "It weighs: corrected scores are given beside raw ones, which remain those that count.",
        )
        light = self.said(
            "Elle ne pèse pas assez, selon la règle fixée d’avance, pour corriger quoi que ce soit.",
            "It does not weigh enough, by the rule set beforehand, to correct anything.",
        )
        apart = self.said(
            " Des groupes n’ont vu aucune structure en commun\u00a0: leurs sévérités ne se comparent pas.",
            " Some groups saw no organisation in common: their severities cannot be compared.",
        )
        said = self.said(
            f"La sévérité de {people} citoyens-mystère fait {spread} de la variance de {reports} contacts (p "
            f"{chance})\u202f; positive, elle note plus bas que les autres. ",
            f"The severity of {people} mystery citizens makes {spread} of the variance of {reports} contacts (p "
            f"{chance}); positive, it marks lower than others. ",
        )
        said += (weighs if material else light) + ("" if self.value("connected") else apart)
        table = self.result.table("observers").to_pylist()
        rows = [
            (
                row["observer"],
                words.signed(row["severity"], 1, self.language),
                self.number(row["standard_error"]),
                self.number(row["observations"], 0),
            )
            for row in sorted(table, key=lambda row: (-(row["severity"] or 0.0), row["observer"]))
        ]
        return self.section("observers", said, rows)

    def corrected(self) -> Section | None:
        found = {
            subject: value for (_, subject, measure), (value, _) in self.rows.items() if measure == "adjusted_score"
        }
        if not found:
            return None
        rows = []
        for organisation, adjusted in sorted(found.items(), key=lambda pair: self.named(pair[0])):
            raw = self.figure(organisation, Source.OBSERVED)
            if raw is not None and raw.value is not None and adjusted is not None:
                moved = words.signed(adjusted - raw.value, 1, self.language)
                rows.append(
                    (self.named(organisation), raw.said("observed", self.language), self.number(adjusted), moved)
                )
        said = self.said(
            "Chaque contact abouti y reçoit la sévérité de qui l’a fait. La note publiée reste la note brute\u00a0: un "
            "écart plus petit que son intervalle ne change pas ce qu’on en dit.",
            "Each reached contact gets back the severity of who made it. The published score remains the raw one: a "
            "difference smaller than its interval changes nothing to what it says.",
        )
        return self.section("corrected", said, rows)

    def gaps(self) -> Section | None:
        found = gaps.gaps_of(self.result)
        if not found:
            return None
        clear = {code: one for code, one in found.items() if one.verdict != Verdict.NO_CLEAR_GAP}
        rows = [
            (
                self.named(code),
                *(f.said(s.value, self.language) if (f := self.figure(code, s)) else "—" for s in Source),
                words.signed(one.points, 1, self.language),
                words.interval(one.low, one.high, 1, self.language),
            )
            for code, one in sorted(clear.items(), key=lambda pair: -pair[1].points)
        ]
        one, more = words.NOUNS["organisations"]
        many = self.number(len(found), 0), words.counted(len(clear), one, more, self.language)
        said = self.said(
            f"Parmi {many[0]} structures comparées à leurs pairs, {many[1]} dont les citoyens voient l’accueil "
            "nettement mieux ou moins bien qu’il n’est observé. Les deux notes restent côte à côte, jamais mélangées.",
            f"Among {many[0]} organisations compared with their peers, {many[1]} whose citizens clearly see better or "
            "worse than what was observed. The two scores stay side by side and are never mixed.",
        )
        return self.section("gaps", said, rows)

    def ranks(self) -> Section | None:
        measured = (
            (s, v, t) for (piece, s, m), (v, t) in self.rows.items() if (piece, m) == ("ranking", "rankability")
        )
        placed = slicing.rows_of(self.result.table("ranks"), ("category", "status"))
        ranked = Counter(category for category, status in placed if status == Status.PUBLISHED)
        rows = []
        for category, value, noise in sorted(measured, key=lambda row: row[0]):
            label = self.known.categories.get(category)
            tau2, _ = self.rows.get(("ranking", category, "tau2"), (None, None))
            verdict = self.said("surtout du bruit", "mostly noise") if noise else self.said("lisible", "readable")
            spread = self.number(tau2**0.5 if tau2 is not None else None)
            name = label.in_language(self.language) if label else category
            rows.append((name, self.number(ranked[category], 0), self.number(value, 2), spread, verdict))
        if not rows:
            return None
        said = self.said(
            "La classabilité va de 0 à 1\u00a0: la part des écarts qui n’est pas du hasard des contacts. Sous le seuil "
            "de la méthode, la plupart des écarts de rang sont du bruit.",
            "Rankability runs from 0 to 1: the share of differences that is not chance of contacts. Under the method’s "
            "limit, most differences of rank are noise.",
        )
        return self.section("ranks", said, rows)

    def likeness(self) -> Section:
        title = _TITLES["likeness"].in_language(self.language)
        found = likeness_of(self.result, self.known)
        if not found:
            unknown = self.said(
                "On ne le sait pas\u00a0: aucune population n’est déposée, ou personne n’a dit son profil.",
                "Nobody knows: no population is deposited, or nobody told their profile.",
            )
            return Section("likeness", title, unknown)
        return Section("likeness", title, how_to_read(self.language), likeness_table(found, self.language))

    def weights(self) -> Section | None:
        territories = sorted({subject for piece, subject, _ in self.rows if piece == "weighting"})
        if not territories:
            return None
        rows = []
        for territory in territories:
            found = [self.rows.get(("weighting", territory, name), (None, None))[0] for name in _WEIGHTS]
            _, why = self.rows.get(("weighting", territory, "not_raked"), (None, None))
            shares = [words.percent(found[at], 1, self.language) for at in (2, 4, 5, 6)]
            numbers = [
                self.number(found[0], 0),
                self.number(found[1], 2),
                shares[0],
                self.number(found[3]),
                *shares[1:],
            ]
            rows.append((self.named(territory), *numbers, why or "—"))
        said = self.said(
            "Les réponses sont redressées sur les populations connues. L’effet de plan dit par combien l’inégalité des "
            "poids divise le nombre de réponses\u202f; un territoire qui n’a pas pu être redressé dit pourquoi.",
            "Responses are raked to known populations. The design effect says by how much uneven weights divide the "
            "number of responses; a territory that could not be raked says why.",
        )
        return self.section("weights", said, rows)

    def hidden(self) -> Section:
        decided = slicing.rows_of(self.result.table("disclosure"), ("rule", "status"))
        counts = Counter(rule for rule, status in decided if status != Status.NOT_MEASURED)
        rows = [
            (_RULES[rule].in_language(self.language) if rule in _RULES else rule, self.number(count, 0))
            for rule, count in counts.most_common()
        ]
        total = self.number(sum(counts.values()), 0)
        said = self.said(
            f"{total} chiffres sont masqués, chacun pour une raison, et aucun des autres ne permet de les retrouver.",
            f"{total} figures are hidden, each for a reason, and none of the others allows them to be found again.",
        )
        return self.section("hidden", said, rows)

"""What is hidden, and why."""

from __future__ import annotations

from parvis.core.explain.wording import RULES, capital
from parvis.core.vocabulary import Text
from parvis.rendering.reliability.told import Section, Told

_HIDDEN = Text("Ce qui est masqué, et pourquoi", "What is hidden, and why")
_COLUMNS = (Text("Raison", "Reason"), Text("Chiffres", "Figures"))


def hidden(told: Told) -> Section | None:
    """How many figures each rule hides, the most first."""
    total = told.value("disclosure", "", "hidden")
    if total is None:
        return None
    counts = told.measures("disclosure", "hidden ")
    rows = [
        (capital(RULES[rule].in_language(told.language)) if rule in RULES else rule, told.number(count, 0))
        for rule, count in sorted(counts.items(), key=lambda pair: (-(pair[1] or 0), pair[0]))
    ]
    many = told.number(total, 0)
    said = told.say(
        f"{many} chiffres sont masqués, chacun pour une raison, et aucun des autres ne permet de les retrouver.",
        f"{many} figures are hidden, each for a reason, and none of the others allows them to be found again.",
    )
    return told.section("hidden", _HIDDEN, said, _COLUMNS, rows)

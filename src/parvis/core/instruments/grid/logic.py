"""How questions look at each other: at one that exists, never in circles, never through an endless chain."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from parvis.core.instruments.expressions import references
from parvis.core.instruments.form import QuestionKind
from parvis.core.instruments.grid.rows import Draft
from parvis.core.vocabulary import Fault, Text

LONGEST_CHAIN = 50  # questions that wait for each other, each written before the one it looks at


def reference_faults(drafts: Sequence[Draft]) -> list[Fault]:
    """Logic that looks at a question that does not exist, that goes round in circles, or that looks too far ahead."""
    known = {draft.row["name"]: draft for draft in drafts if draft.kind not in (None, QuestionKind.NOTE)}
    known |= {f"{name}_other": draft for name, draft in list(known.items()) if draft.or_other}
    faults = []
    for draft in drafts:
        for column, tree in draft.logic.items():
            for name in sorted(references(tree) - known.keys()):
                what = Text(f"« ${{{name}}} » n’est pas une question.", f"“${{{name}}}” is not a question.")
                faults.append(draft.row.fault("reference", what, Text("Corrigez le nom.", "Correct the name."), column))
    looks_at = {name: seen & known.keys() for name, seen in _looks_at(drafts).items() if name in known}
    circular = {name for name in looks_at if name in _reached(looks_at[name], looks_at)}
    for name in sorted(circular):
        what = Text(f"« {name} » dépend de lui-même.", f"“{name}” depends on itself.")
        remedy = Text("Rompez le cercle des relevant et calculation.", "Break the circle of relevant and calculation.")
        faults.append(known[name].row.fault("circle", what, remedy, "relevant"))
    if not circular:
        faults.extend(_chain_faults(looks_at, known))
    return faults


def _looks_at(drafts: Sequence[Draft]) -> dict[str, set[str]]:
    """What each question must know before it is settled: its own logic and that of the groups around it."""
    found: dict[str, set[str]] = {}
    around: list[set[str]] = []
    for draft in drafts:
        own = references(draft.logic.get("relevant")) | references(draft.logic.get("calculation"))
        if draft.kind is not None:
            found[draft.row["name"]] = own.union(*around)
        elif draft.row["type"].lower().startswith("begin"):
            around.append(own)
        elif around:
            around.pop()
    return found


def _reached(starts: set[str], looks_at: Mapping[str, set[str]]) -> set[str]:
    reached: set[str] = set()
    ahead = list(starts)
    while ahead:
        name = ahead.pop()
        if name not in reached:
            reached.add(name)
            ahead.extend(looks_at.get(name, ()))
    return reached


def _chain_faults(looks_at: Mapping[str, set[str]], known: Mapping[str, Draft]) -> Iterator[Fault]:
    """Settles questions in their order, as a filled form does, and watches how many wait for each other."""
    settled: set[str] = set()
    for name in looks_at:
        waiting = [name]
        while waiting and len(waiting) <= LONGEST_CHAIN:
            ahead = next((seen for seen in looks_at.get(waiting[-1], ()) if seen not in settled), None)
            if ahead is None:
                settled.add(waiting.pop())
            else:
                waiting.append(ahead)
        if waiting:
            what = Text(
                f"« {name} » dépend d’une chaîne de plus de {LONGEST_CHAIN} questions suivantes.",
                f"“{name}” depends on a chain of over {LONGEST_CHAIN} later questions.",
            )
            remedy = Text(
                "Placez les questions avant celles qui en dépendent.", "Put questions before those that depend on them."
            )
            yield known[name].row.fault("chain", what, remedy, "relevant")
            return

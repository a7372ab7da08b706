"""The table of docs/method/participation.md: what each attack is worth, how many honest people are lost.

    .venv/bin/python -m tests.web.consultation.attack_table

prints it and writes it there; a test checks that it is up to date.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.web.consultation.attacks import Outcome

DOCUMENT = Path(__file__).resolve().parents[3] / "docs" / "method" / "participation.md"
BEGIN, END = "<!-- attaques -->", "<!-- fin des attaques -->"
INHABITANTS, CEILING = 1000, 100
NAMES = {
    "honest": "**300 personnes honnêtes**",
    "script": "un programme, une machine",
    "form filler": "un robot qui remplit tout",
    "hall of colleagues": "12 collègues, 15 avis chacun, du bureau",
    "colleagues with slips": "30 agents qui gardent des codes",
    "replayed form": "un formulaire renvoyé 60 fois",
    "distributed burst": "150 adresses louées en cinq minutes",
    "call to copy": "un texte à recopier, envoyé à 60 amis",
    "slow and spread": "150 adresses louées, sur la journée",
    "slow with browsers": "les mêmes, avec de vrais navigateurs",
}


def table(found: Mapping[str, Outcome]) -> str:
    """As Markdown; rates stop at the ceiling of the trophy."""
    head = "| | envoyés | gardés | comptés | avec calcul | avec code | taux du trophée |\n|---|" + 6 * "---:|" + "\n"
    return head + "".join(
        f"| {NAMES[name]} | {each.sent} | {each.kept} | {each.counted['usual']} | {each.counted['work']} |"
        f" {each.counted['codes']} | {_rate(each.counted['usual'])} |\n"
        for name, each in found.items()
    )


def _rate(counted: int) -> str:
    return f"{min(1000 * counted / INHABITANTS, CEILING):.0f}"


def written() -> str:
    return DOCUMENT.read_text("utf-8").partition(BEGIN)[2].partition(END)[0].strip() + "\n"


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "parvis.web.settings.test")
    import django

    django.setup()
    from django.test.utils import setup_databases, teardown_databases

    from tests.web.consultation.attacks import everyone
    from tests.web.consultation.factories import attacked

    kept = setup_databases(verbosity=0, interactive=False)
    try:
        made = table(everyone(attacked))
    finally:
        teardown_databases(kept, verbosity=0)
    before, _, rest = DOCUMENT.read_text("utf-8").partition(BEGIN)
    DOCUMENT.write_text(f"{before}{BEGIN}\n{made}{END}{rest.partition(END)[2]}", "utf-8")
    print(made)


if __name__ == "__main__":
    main()

"""The contacts on which the mixed model is compared with lme4: 40 organisations, 3 channels, 8 observers, unbalanced.

To judge again: write `contacts()` to contacts.csv and run, in R 4.2 with lme4 1.1-31:

    d <- read.csv("contacts.csv"); library(lme4); options(digits = 10)
    m <- lmer(score ~ 0 + channel + (1 | organisation) + (1 | organisation:channel) + (1 | observer), d)
    VarCorr(m); REMLcrit(m); ranef(m, condVar = TRUE)$observer; attr(ranef(m)$observer, "postVar")
    update(m, . ~ . - (1 | organisation:channel)); update(m, . ~ . - (1 | observer))
"""

from __future__ import annotations

import numpy as np

from parvis.core.figures.draws import normals, uniforms

CHANNELS = ("email", "phone", "visit")


def contacts() -> list[tuple[float, str, str, str]]:
    """Score, organisation, channel and observer of some 500 contacts, from counter-based draws: always the same."""
    organisation = normals(1, np.arange(40), [0])[0] * 8
    between = normals(2, np.arange(120), [0])[0].reshape(40, 3) * 4
    observer = normals(3, np.arange(8), [0])[0] * 5
    rows = []
    for i in range(40):
        for c in range(3):
            for k in range(2 + int(uniforms(4, [i * 3 + c], [0])[0, 0] * 5)):
                key = (i * 3 + c) * 10 + k
                j = min(7, int(uniforms(5, [key], [0])[0, 0] * 8))
                error = float(normals(6, [key], [0])[0, 0]) * 12
                score = round(60 + 5 * c + organisation[i] + between[i, c] + observer[j] + error, 3)
                rows.append((float(score), f"o{i:02d}", CHANNELS[c], f"m{j}"))
    return rows

"""Where citizens' pages stand."""

WITHIN = "/avis/"

"""The demonstration: two editions of invented bodies on real distributions, made by seed through the real actions.

`truth` draws what is true of each body and person, `bodies`, `observers` and `citizens` bring it to life through the
same actions as the site, and `story` tells the two editions in order. Nothing here writes a row by itself.
"""

from parvis.cli.demonstration.accounts import logins
from parvis.cli.demonstration.story import build

__all__ = ["build", "logins"]

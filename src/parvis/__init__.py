"""Parvis, the open barometer of the citizen's experience of public services."""

import os
from importlib.metadata import version

# Sums split between threads change in their last digits with the number of cores: figures must not. On a busy machine
# threads that wait for one another also cost ten times the work. To be said before numpy is first imported.
for _setting in ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"):
    os.environ.setdefault(_setting, "1")

__version__ = version("parvis")

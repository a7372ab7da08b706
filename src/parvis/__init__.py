"""Parvis, the open barometer of the citizen's experience of public services."""

from importlib.metadata import version

__version__ = version("parvis")

"""The scoring method of an edition: a TOML file in which every choice stands beside its reason."""

from parvis.core.instruments.method.parts import Indicator, Method
from parvis.core.instruments.method.reading import load_method, read_method

__all__ = ["Indicator", "Method", "load_method", "read_method"]

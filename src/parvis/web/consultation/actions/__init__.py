"""Writes of the consultation."""

from parvis.web.consultation.actions.entry_points import (
    NewEntryPoint,
    declare_network,
    open_entry_points,
    open_kinds,
    record_opening,
    record_openings,
)
from parvis.web.consultation.actions.integrity import (
    end_of_day,
    flag_duplicates,
    publish_rule,
    quarantine,
    reverse_quarantine,
    rotate_keys,
)
from parvis.web.consultation.actions.recording import (
    NewResponse,
    Recorded,
    record_page,
    record_responses,
)

__all__ = [
    "NewEntryPoint",
    "NewResponse",
    "Recorded",
    "declare_network",
    "end_of_day",
    "flag_duplicates",
    "open_entry_points",
    "open_kinds",
    "publish_rule",
    "quarantine",
    "record_opening",
    "record_openings",
    "record_page",
    "record_responses",
    "reverse_quarantine",
    "rotate_keys",
]

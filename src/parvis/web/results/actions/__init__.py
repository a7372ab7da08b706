"""Writes on results: freezing, publishing, delivering, importing, ordering."""

from parvis.web.results.actions.commentaries import assign_expert, sign_commentary, write_commentary
from parvis.web.results.actions.freezing import freeze, freeze_again, read_frozen
from parvis.web.results.actions.importing import import_edition
from parvis.web.results.actions.orders import accept_order, cancel_order, confirm_order, quote_order
from parvis.web.results.actions.publishing import deliver, publish, publish_correction

__all__ = [
    "accept_order",
    "assign_expert",
    "cancel_order",
    "confirm_order",
    "deliver",
    "freeze",
    "freeze_again",
    "import_edition",
    "publish",
    "publish_correction",
    "quote_order",
    "read_frozen",
    "sign_commentary",
    "write_commentary",
]

"""Writes on results: freezing, publishing, delivering, importing, ordering."""

from parvis.web.results.actions.asking import ask_freeze, ask_publication
from parvis.web.results.actions.commentaries import assign_expert, sign_commentary, write_commentary
from parvis.web.results.actions.freezing import freeze, read_frozen
from parvis.web.results.actions.importing import import_edition
from parvis.web.results.actions.orders import accept_order, cancel_order, confirm_order, quote_order
from parvis.web.results.actions.publishing import deliver, publish

__all__ = [
    "accept_order",
    "ask_freeze",
    "ask_publication",
    "assign_expert",
    "cancel_order",
    "confirm_order",
    "deliver",
    "freeze",
    "import_edition",
    "publish",
    "quote_order",
    "read_frozen",
    "sign_commentary",
    "write_commentary",
]

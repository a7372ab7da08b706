"""ODK Collect as another door to the same observations: keys of phones, forms offered, parcels received."""

from parvis.web.fieldwork.openrosa.keys import key_of, new_key, note_use, revoke_key
from parvis.web.fieldwork.openrosa.offering import Offered, form_number, offered_form, offered_forms
from parvis.web.fieldwork.openrosa.parcels import TO_SETTLE, parcels_of, settle_parcel, try_again
from parvis.web.fieldwork.openrosa.receiving import Receipt, receive

__all__ = [
    "TO_SETTLE",
    "Offered",
    "Receipt",
    "form_number",
    "key_of",
    "new_key",
    "note_use",
    "offered_form",
    "offered_forms",
    "parcels_of",
    "receive",
    "revoke_key",
    "settle_parcel",
    "try_again",
]

"""OpenRosa, the language of ODK Collect and its kin: forms to phones, filled forms back, lists and answers between."""

from parvis.core.instruments.openrosa.instances import MOST_XML_BYTES, Instance, read_instance
from parvis.core.instruments.openrosa.lists import FormEntry, form_list, manifest, response
from parvis.core.instruments.openrosa.phone_form import Offer, event_form, fill_form, phone_template
from parvis.core.instruments.openrosa.settings import collect_settings, read_collect_settings

__all__ = [
    "MOST_XML_BYTES",
    "FormEntry",
    "Instance",
    "Offer",
    "collect_settings",
    "event_form",
    "fill_form",
    "form_list",
    "manifest",
    "phone_template",
    "read_collect_settings",
    "read_instance",
    "response",
]

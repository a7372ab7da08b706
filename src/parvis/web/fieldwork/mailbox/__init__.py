"""The optional mailbox of missions: a request leaves by it; what comes back joins its case, its day proved."""

from parvis.web.fieldwork.mailbox.fetching import fetch
from parvis.web.fieldwork.mailbox.keeping import keep_mail
from parvis.web.fieldwork.mailbox.qualifying import attach, qualifications, qualify
from parvis.web.fieldwork.mailbox.sending import address_of, is_on, send_mail

__all__ = ["address_of", "attach", "fetch", "is_on", "keep_mail", "qualifications", "qualify", "send_mail"]

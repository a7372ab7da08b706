"""The four addresses of OpenRosa: the list, a form, its files, and where filled forms go."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from parvis.core.instruments import openrosa as words
from parvis.web.fieldwork import openrosa, refusals
from parvis.web.fieldwork.models import Parcel, PhoneKey
from parvis.web.pages.observer.filling import receipt_of
from parvis.web.pages.openrosa.bodies import ACCEPTED_BYTES, BodyRefused, body_of
from parvis.web.pages.openrosa.doors import for_phones, told, written

TO_SEND = {"X-OpenRosa-Accept-Content-Length": str(ACCEPTED_BYTES)}


@require_safe
@for_phones
def form_list(request: HttpRequest, key: PhoneKey, token: str) -> HttpResponse:
    """The forms of the observer's own missions, and of nobody else's."""
    wanted = request.GET.get("formID", "")
    offered = [form for form in openrosa.offered_forms(key.observer) if wanted in ("", form.form_id)]
    return written(words.form_list(_entry(form, token) for form in offered))


def _entry(form: openrosa.Offered, token: str) -> words.FormEntry:
    addresses = [absolute(f"openrosa:{name}", token=token, form=form.form_id) for name in ("form", "manifest")]
    return words.FormEntry(form.form_id, form.name, form.version, form.content, *addresses)


def absolute(name: str, **arguments: str) -> str:
    return settings.PUBLIC_URL.rstrip("/") + reverse(name, kwargs=arguments)


@require_safe
@for_phones
def form(request: HttpRequest, key: PhoneKey, token: str, form: str) -> HttpResponse:
    found = openrosa.offered_form(key.observer, form)
    return written(found.content) if found else told([refusals.NOT_YOURS], status=404)


@require_safe
@for_phones
def manifest(request: HttpRequest, key: PhoneKey, token: str, form: str) -> HttpResponse:
    return written(words.manifest())


@for_phones
def submission(request: HttpRequest, key: PhoneKey, token: str) -> HttpResponse:
    """HEAD tells how much may come at once; POST receives a filled form and its photos, in one go or in several."""
    here = {"Location": absolute("openrosa:submission", token=token), **TO_SEND}
    if request.method == "HEAD":
        return written(b"", 204, here)
    if request.method != "POST":
        return HttpResponseNotAllowed(["HEAD", "POST"])
    try:
        with body_of(request) as body:
            receipt = openrosa.receive(
                key, content=body.content, pieces=body.pieces, complete=body.complete, at=timezone.now()
            )
    except BodyRefused as error:
        return told(error.faults, status=error.status, headers=here)
    if receipt.faults or receipt.parcel is None:
        return told(receipt.faults, status=receipt.status, headers=here)
    return written(words.response([_good_news(receipt)], accepted=True), receipt.status, here)


def _good_news(receipt: openrosa.Receipt) -> str:
    """What the person reads once it is sent: a receipt when the whole is in."""
    parcel = receipt.parcel
    if parcel is not None and parcel.state == Parcel.State.SETTLED:
        return _("Déjà arrivé : l’organisateur s’en est occupé.")
    if parcel is None or parcel.observation is None:
        return _("Première partie reçue ; la suite est attendue.")
    number = openrosa.form_number(parcel.form)
    if number is not None and number[1]:
        return _("C’est noté. Merci !")
    news = [_("Votre rapport est arrivé. Merci ! Reçu n° %(number)s.") % {"number": receipt_of(parcel.observation)}]
    if parcel.missing:
        count = len(parcel.missing)
        news.append(
            ngettext("%(n)s photo n’est pas arrivée.", "%(n)s photos ne sont pas arrivées.", count) % {"n": count}
        )
    return " ".join(news)

"""The kit, in one click."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.text import slugify
from django.utils.translation import get_language

from parvis.rendering.kit import poster_preview, qr_svg
from parvis.web.consultation.kits import address_of, kit_language, kit_of, zipped
from parvis.web.consultation.queries import entry_points_of
from parvis.web.consultation.rules import may_follow
from parvis.web.editions.models import Enrolment
from parvis.web.pages.access import page
from parvis.web.pages.organisation.consultation.loading import Within, enrolment_of, may_follow_within, point_of


@page(of=enrolment_of, may=may_follow)
def archive(request: HttpRequest, enrolment: Enrolment) -> HttpResponse:
    """Posters, flyer, banners, pictures, texts and codes, in the language asked for or that of the page."""
    if not entry_points_of(enrolment.edition, enrolment.organisation).exists():
        raise Http404
    language = kit_language(request.GET.get("langue") or get_language() or "")
    content = zipped(enrolment.edition, enrolment.organisation, language=language)
    response = HttpResponse(content, content_type="application/zip")
    name = f"kit-{slugify(enrolment.organisation.name)}-{enrolment.edition.year}-{language}.zip"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@page(of=enrolment_of, may=may_follow)
def preview(request: HttpRequest, enrolment: Enrolment) -> HttpResponse:
    """The poster as it will be printed, small."""
    if not entry_points_of(enrolment.edition, enrolment.organisation).exists():
        raise Http404
    kit = kit_of(enrolment.edition, enrolment.organisation, language=kit_language(get_language() or "")).checked()
    response = HttpResponse(poster_preview(kit, pixels_per_inch=40), content_type="image/png")
    response["Cache-Control"] = "private, max-age=60"
    return response


@page(of=point_of, may=may_follow_within)
def qr(request: HttpRequest, subject: Within) -> HttpResponse:
    if subject.point is None:
        raise Http404
    address = address_of(subject.point)
    return HttpResponse(qr_svg(address, title=address), content_type="image/svg+xml")

"""Those who see or decide for others sign in with a second factor."""

from __future__ import annotations

from collections.abc import Callable

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

EXEMPT_PREFIXES = ("/compte/", "/static/", "/i18n/")


class SecondFactorMiddleware:
    """Send an organiser, expert or jury member without a second factor to the page that sets one up.

    Demonstration accounts skip it: they hold invented data only, and every page of theirs says so.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.needs_it = import_string(settings.SECOND_FACTOR_RULE)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if self._must_set_up(request):
            messages.warning(
                request, _("Votre rôle demande une seconde vérification : choisissez-la avant de continuer.")
            )
            return redirect(reverse("mfa_index"))
        return self.get_response(request)

    def _must_set_up(self, request: HttpRequest) -> bool:
        person = request.user
        if not person.is_authenticated or person.demonstration or request.path.startswith(EXEMPT_PREFIXES):
            return False
        return self.needs_it(person) and not is_mfa_enabled(person)

"""What the observer's scripts say, in the language of the page."""

from __future__ import annotations

from django import template
from django.utils.html import json_script
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

register = template.Library()


@register.simple_tag
def app_words() -> SafeString:
    """{% app_words %}: the sentences that the scripts need; {n} is a number."""
    return json_script(
        {
            "unsent_one": _("1 rapport n’est pas encore parti. Il partira dès que le réseau reviendra."),
            "unsent_many": _("{n} rapports ne sont pas encore partis. Ils partiront dès que le réseau reviendra."),
            "correct": _("Corriger ce rapport"),
            "sign_in": _("Connectez-vous pour envoyer vos rapports"),
            "old": _(
                "Un rapport attend ici depuis {n} jours. Certains téléphones effacent tout après 7 jours : "
                "envoyez-le ou exportez-le aujourd’hui."
            ),
            "not_kept": _(
                "Ce téléphone ne promet pas de garder vos rapports. "
                "Ajoutez Parvis à l’écran d’accueil, ou exportez-les."
            ),
            "export": _("Exporter dans un fichier"),
            "send_now": _("Envoyer maintenant"),
            "imported": _("Rapports repris depuis le fichier : {n}."),
            "not_ours": _("Ce fichier n’est pas un export de rapports. Choisissez celui que Parvis a fait."),
            "required": _("Il manque une réponse. Répondez à cette question."),
            "number": _("Donnez un nombre possible."),
            "constraint": _("Cette réponse n’est pas possible. Corrigez-la."),
            "ring": _("Une sonnerie de plus"),
            "start": _("L’attente commence"),
            "stop": _("L’attente est finie"),
            "photo_kept": _("Photo gardée sur ce téléphone"),
            "step": _("Étape {step} sur {count}"),
            "named": _("Ceci ressemble à un nom ou à des coordonnées : {names}. N’écrivez jamais qui est l’agent."),
            "too_heavy": _("Ce rapport est trop lourd pour le site. Retirez une photo, puis renvoyez-le."),
            "not_yours": _(
                "{missions} : cette mission n’est pas confiée au compte connecté ici. Connectez-vous avec le compte "
                "qui l’a acceptée ; sinon exportez le rapport et écrivez à l’organisateur. Rien n’est effacé."
            ),
            "no_photo": _("Cette photo ne se lit pas. Prenez-en une autre."),
        },
        "pv-words",
    )

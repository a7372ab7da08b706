"""Refusals that a phone can meet, each with what to do next."""

from __future__ import annotations

from parvis.core.vocabulary import Fault
from parvis.web.fieldwork.refusals import refusal


def said(fault: Fault, language: str) -> str:
    """A fault in words for the one report that a phone sends: its question, never the number of its own mission."""
    where = {name: value for name, value in fault.where.items() if name != "key"}
    return Fault(fault.code, fault.what, fault.remedy, where).message(language)


KEY_REVOKED = refusal(
    "key_revoked",
    "La clé de ce téléphone est révoquée.",
    "The key of this phone is revoked.",
    "Vos rapports restent sur le téléphone : créez une nouvelle clé sur votre page « ODK Collect » et scannez-la.",
    "Your reports stay on the phone: make a new key on your page “ODK Collect” and scan it.",
)
KEY_UNKNOWN = refusal(
    "key_unknown",
    "Cette adresse n’est pas celle d’un téléphone connu.",
    "This is not the address of a known phone.",
    "Scannez de nouveau le code de votre page « ODK Collect ».",
    "Scan again the code of your page “ODK Collect”.",
)
TOO_MANY_FAILURES = refusal(
    "too_many_failures",
    "Trop d’essais avec une adresse inconnue.",
    "Too many tries with an unknown address.",
    "Attendez dix minutes, puis scannez de nouveau votre code.",
    "Wait ten minutes, then scan your code again.",
)
TOO_MANY_KEYS = refusal(
    "too_many_keys",
    "Vous avez déjà cinq téléphones.",
    "You already have five phones.",
    "Révoquez la clé d’un téléphone qui ne sert plus.",
    "Revoke the key of a phone that is no longer used.",
)
VERSION_UNKNOWN = refusal(
    "version_unknown",
    "Ce rapport a été rempli avec une version de la grille que nous n’avons pas.",
    "This report was filled with a version of the grid that we do not have.",
    "Il est gardé pour l’organisateur. Mettez vos formulaires à jour pour les prochains.",
    "It is kept for the organiser. Update your forms for the next ones.",
)
DAY_MISSING = refusal(
    "day_missing",
    "Il manque le jour ou la demi-journée du contact.",
    "The day or the half-day of the contact is missing.",
    "Ouvrez le rapport, répondez à ces deux questions et envoyez-le de nouveau.",
    "Open the report, answer these two questions and send it again.",
)
NO_CASE = refusal(
    "no_case",
    "Rien n’a encore été envoyé pour cette mission.",
    "Nothing was sent for this mission yet.",
    "Notez d’abord le départ de votre demande.",
    "First note that your request has left.",
)
KIND_UNKNOWN = refusal(
    "kind_unknown",
    "Cet événement n’existe pas.",
    "This event does not exist.",
    "Mettez vos formulaires à jour et choisissez l’un des événements proposés.",
    "Update your forms and choose one of the events offered.",
)
PIECE_DIFFERENT = refusal(
    "piece_different",
    "Une autre photo du même nom est déjà arrivée avec ce rapport.",
    "Another photo of the same name already came with this report.",
    "La première reste. Écrivez à l’organisateur si elle n’est pas la bonne.",
    "The first one stays. Write to the organiser if it is not the right one.",
)
TOO_MANY_PIECES = refusal(
    "too_many_pieces",
    "Ce rapport a trop de photos.",
    "This report has too many photos.",
    "Gardez les plus utiles.",
    "Keep the most useful ones.",
)
TOO_MANY_KEPT = refusal(
    "too_many_kept",
    "Trop de rapports refusés attendent déjà l’organisateur.",
    "Too many refused reports already wait for the organiser.",
    "Gardez celui-ci sur votre téléphone et écrivez-lui.",
    "Keep this one on your phone and write to them.",
)
BODY_TOO_LARGE = refusal(
    "body_too_large",
    "Cet envoi est trop gros.",
    "This sending is too large.",
    "Dans ODK Collect, choisissez des images plus petites, puis envoyez de nouveau. Le rapport reste sur le téléphone.",
    "In ODK Collect, choose smaller images, then send again. The report stays on the phone.",
)
LENGTH_NEEDED = refusal(
    "length_needed",
    "La longueur de cet envoi n’est pas dite.",
    "The length of this sending is not told.",
    "Mettez ODK Collect à jour, puis envoyez de nouveau.",
    "Update ODK Collect, then send again.",
)
BODY_CUT = refusal(
    "body_cut",
    "L’envoi s’est interrompu : rien n’a été gardé.",
    "The sending was cut: nothing was kept.",
    "Il reste sur votre téléphone : envoyez-le de nouveau.",
    "It stays on your phone: send it again.",
)
NO_REPORT = refusal(
    "no_report",
    "Cet envoi ne contient pas de rapport.",
    "This sending holds no report.",
    "Envoyez-le depuis ODK Collect.",
    "Send it from ODK Collect.",
)
NOT_TO_RETRY = refusal(
    "not_to_retry",
    "Cet envoi est déjà reçu ou réglé.",
    "This sending is already received or settled.",
    "Rechargez la page.",
    "Reload the page.",
)

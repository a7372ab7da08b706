"""Names and what reaches people are hidden; what tells how one was received stays."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parvis.web.consultation.masking import mask
from parvis.web.consultation.themes import suggested


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("Mme Martin a été parfaite.", "Mme [nom] a été parfaite."),
        ("madame martin du service", "madame [nom] du service"),
        ("Merci à Jean-Pierre Le Goff !", "Merci à [nom] !"),
        ("Nadia m’a aidé", "[nom] m’a aidé"),
        ("M. de La Tour", "M. [nom]"),
        ("Voyez J. Dupont", "Voyez [nom]"),
        ("Je m’appelle Zorglub Ferrand", "Je m’appelle [nom]"),
        ("06 12 34 56 78 ou +33 6 12 34 56 78 ou 0033612345678", "[téléphone] ou [téléphone] ou [téléphone]"),
        ("Écrivez à prenom.nom@exemple.fr", "Écrivez à [courriel]"),
        ("prenom (at) exemple point fr", "[courriel]"),
        ("mon numéro 2 85 05 78 006 084 36", "mon numéro [numéro]"),
        ("j’habite 12 bis rue de la Paix", "j’habite [adresse]"),
        ("ma plaque AB-123-CD", "ma plaque [numéro]"),
        ("voir https://exemple.fr/moi", "voir [lien]"),
        ("dossier 2026041234567", "dossier [numéro]"),
        ("Пан Шевченко допоміг", "Пан [nom] допоміг"),
    ],
)
def test_what_could_name_or_reach_someone_is_hidden(text: str, masked: str) -> None:
    assert mask(text).text == masked


@pytest.mark.parametrize(
    "text",
    [
        "Ouvrir le samedi matin, de 9 h à 12 h 30.",
        "La Mairie et le CCAS se renvoient la balle depuis 2024.",
        "J’ai attendu 45 minutes au guichet 3.",
        "Très bon accueil à Besançon, merci aux agents.",
        "Le 3949 ne répond jamais, ni le 115.",
        "Il faut 3 passages et 12 euros.",
    ],
)
def test_what_tells_how_one_was_received_stays(text: str) -> None:
    assert mask(text) == (text, 0)


@given(st.text(max_size=300))
def test_any_text_is_masked_once_for_all(text: str) -> None:
    once = mask(text).text
    assert mask(once).text == once


@pytest.mark.parametrize(
    ("text", "themes"),
    [
        ("Personne ne décroche le téléphone", ["accessibility"]),
        ("Deux heures de file d’attente, et ferme à midi", ["waiting", "premises"]),
        ("Rien à dire", []),
    ],
)
def test_themes_follow_the_words(text: str, themes: list[str]) -> None:
    assert suggested(text) == themes

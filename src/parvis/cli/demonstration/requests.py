"""What mystery citizens ask in the demonstration: three requests for each channel, none of which says who asks."""

from __future__ import annotations

from parvis.core.vocabulary import Channel

SCENARIOS: dict[Channel, tuple[tuple[str, str], ...]] = {
    Channel.PHONE: (
        ("Horaires de la piscine", "Appelez l’accueil et demandez les horaires d’ouverture du service."),
        (
            "Carte d’identité perdue",
            "Appelez et demandez que faire après la perte d’une carte, sans donner d’identité.",
        ),
        ("Encombrants", "Appelez et demandez comment faire enlever un vieux canapé."),
    ),
    Channel.EMAIL: (
        ("Inscrire un enfant à l’école", "Écrivez pour demander les pièces à fournir et les délais."),
        ("Louer une salle", "Écrivez pour demander si une salle se loue un dimanche, et à quel prix."),
        ("Aide au permis de conduire", "Écrivez pour demander s’il existe une aide, et pour qui."),
    ),
    Channel.LETTER: (
        ("Demander un acte de naissance", "Écrivez pour savoir comment obtenir un acte, sans le demander."),
        ("Arbre dangereux", "Écrivez qu’un arbre penche sur le trottoir et demandez qui s’en occupe."),
        ("Bruit d’un chantier", "Écrivez pour demander les heures permises d’un chantier voisin."),
    ),
    Channel.VISIT: (
        ("S’inscrire sur la liste électorale", "Présentez-vous à l’accueil et demandez la marche à suivre."),
        ("Nouvel arrivant", "Dites que vous emménagez et demandez ce que la commune remet aux nouveaux habitants."),
        ("Déclarer des travaux", "Demandez s’il faut une autorisation pour changer des fenêtres."),
    ),
    Channel.WEBSITE: (
        ("Trouver comment signaler un problème", "Cherchez sur le site comment signaler une panne de rue."),
        ("Prendre rendez-vous", "Cherchez comment prendre rendez-vous pour un passeport ; ne réservez rien."),
        ("Comprendre une délibération", "Cherchez le compte rendu du dernier conseil et un contact pour en parler."),
    ),
    Channel.SOCIAL: (
        ("Poser une question en message privé", "Demandez en message privé à qui s’adresser pour un vélo trouvé."),
        ("Jour de marché", "Demandez en message public si le marché a lieu un jour férié."),
        ("Poubelle cassée", "Demandez en message privé comment faire remplacer un bac."),
    ),
}

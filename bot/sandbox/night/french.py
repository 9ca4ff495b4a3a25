# SPDX-License-Identifier: GPL-3.0-or-later
"""The letters of the night in French."""

from __future__ import annotations

from bot.sandbox.night.cast import Customer

FRENCH = (
    Customer(
        "fr", "Hélène Lemoine", "helene@lemoine.example",
        "Le portail est en panne",
        "Bonsoir,\n\nle portail est en panne chez nous depuis 22 h 10 et nos chauffeurs ne "
        "reçoivent plus leurs\ntournées. Que devons-nous leur dire ?\n\nHélène Lemoine\n"
        "Transports Lemoine",
        later="Bonsoir, après quelques minutes cela ne répond plus. Est-ce la même panne ?\n\n"
        "Hélène Lemoine",
        answer="Bonsoir Hélène, la dernière tournée reste lisible dans l'application, même sans "
        "connexion. Nous vous écrivons dès que le portail répond. Ada",
        thanks="Merci, les chauffeurs la retrouvent bien. Bon courage à vous.\n\nHélène",
    ),
    Customer(
        "fr", "Karim Benali", "k.benali@lemoine.example",
        "Géolocalisation figée",
        "Bonjour,\n\nla carte montre nos camions à leur place de 22 h 09, plus rien ne bouge. "
        "Les balises\nfonctionnent pourtant, nous les avons appelées.\n\nCordialement\n"
        "Karim Benali",
        answer="Bonsoir Karim, les positions sont bien reçues et conservées ; la carte les "
        "rattrapera d'elle-même au retour du service. Bo",
    ),
    Customer(
        "fr", "Margaux Étienne", "margaux@garonne.example",
        "Commande validée deux fois ?",
        "Bonjour,\n\nj'ai validé une commande au moment où la page s'est arrêtée. Est-elle passée "
        "une fois, deux\nfois, ou pas du tout ? C'est la commande de M. Faure, 18 lampes.\n\n"
        "Merci beaucoup\nMargaux Étienne",
        again="Je précise : numéro de commande 2207, d'un montant de 1 340 euros.\n\nMargaux",
    ),
    Customer(
        "fr", "Luc Garonne", "luc@garonne.example",
        "Accès pour notre nouvelle collègue",
        "Bonjour,\n\ncomment puis-je créer un accès pour notre nouvelle collègue, qui commence "
        "demain matin ?\nLa page des utilisateurs ne s'ouvre pas.\n\nLuc Garonne",
        to_both=True,
    ),
    Customer(
        "fr", "Sandrine Mercier", "s.mercier@clinique-vauban.example",
        "URGENT service indisponible",
        "Le service est indisponible et nous avons une admission cette nuit. Existe-t-il un "
        "numéro\nd'urgence ?\n\nSandrine Mercier\nClinique Vauban",
    ),
    Customer(
        "fr", "Olivier Pons", "olivier.pons@ponsetfils.example",
        "Erreur 502 au paiement",
        "Bonsoir,\n\nnos clients voient une erreur 502 au moment de payer. Nous avons fermé la "
        "boutique en\nattendant.\n\nOlivier Pons",
        again="Précision : les paiements par virement passent, ceux par carte non.\n\nO. Pons",
    ),
    Customer(
        "fr", "Amandine Roy", "amandine.roy@mairie-valsec.example",
        "Facture de janvier",
        "Bonjour,\n\npourriez-vous nous renvoyer la facture de janvier ? Elle ne se trouve pas "
        "dans nos dossiers.\nCe n'est pas pressé.\n\nAmandine Roy\nMairie de Valsec",
    ),
    Customer(
        "fr", "Benoît Charrier", "b.charrier@charrier-froid.example",
        "Alarmes de température",
        "Bonjour,\n\nrecevons-nous encore les alarmes de température par SMS pendant la panne ? "
        "J'ai douze chambres\nfroides pleines.\n\nBenoît Charrier",
    ),
)  # fmt: skip

"""Sentences that say an effect has happened: "I have refunded it", "your appointment is cancelled".

They promise what only an action can keep. Where no tool and no operator says so, they are not said;
what an action came to is told in words of ours (`graphs/acting/action_outcomes.py`).
"""

import re

_DONE = {
    "en": r"refunded|reimbursed|cancell?ed|rescheduled|moved|postponed|booked|credited|processed|issued|initiated"
    r"|arranged|approved|opened|created|filed|submitted|updated|changed|sent|paid|transferred|forwarded|escalated",
    "de": r"erstattet|zurückerstattet|storniert|annulliert|verschoben|verlegt|abgesagt|umgebucht|gebucht|veranlasst"
    r"|gutgeschrieben|genehmigt|eröffnet|angelegt|erstellt|geändert|überwiesen|ausgezahlt|weitergeleitet",
    "es": r"reembolsado|cancelado|anulado|cambiado|aplazado|reservado|abonado|tramitado|aprobado|abierto|creado"
    r"|modificado|enviado|pagado|transferido|reprogramado",
    "fr": r"remboursée?|annulée?|déplacée?|reportée?|réservée?|créditée?|traitée?|approuvée?|ouverte?|créée?|modifiée?"
    r"|envoyée?|payée?|virée?|transmise?",
}
_SHORT = r"(?:\s+\S+){0,%d}?\s+"
_CLAIMS = re.compile(
    "|".join(
        (
            rf"\b(?:i|we)(?:\s+have|['’]ve|\s+had)?\b(?:\s+(?:just|already|now|also|successfully|gone ahead and))*\s+"
            rf"(?:{_DONE['en']})\b",
            rf"\b(?:your|the)\b{_SHORT % 5}(?:has|have)\s+(?:now\s+|just\s+|already\s+|successfully\s+)*been\s+"
            rf"(?:\w+ly\s+)?(?:{_DONE['en']})\b",
            rf"\byour\b{_SHORT % 4}(?:is|are|was|were)\s+(?:now\s+|already\s+|successfully\s+|hereby\s+)*(?:{_DONE['en']})"
            r"\b(?!\s+(?:if|when|once|only|automatically|within|unless))",
            rf"\b(?:ich|wir)\s+(?:habe|haben)\b{_SHORT % 8}(?:{_DONE['de']})\b",
            rf"\b(?:ihr\w*|dein\w*|die|der|das)\b{_SHORT % 6}(?:wurden?|ist|sind)\b{_SHORT % 4}?(?:{_DONE['de']})\b",
            rf"\b(?:he|hemos)\s+(?:{_DONE['es']})\b",
            rf"\bse\s+(?:ha|han)\s+(?:{_DONE['es']})\w*\b|\bha\s+sido\s+(?:{_DONE['es']})\w*\b",
            rf"\b(?:j['’]ai|nous avons)\s+(?:bien\s+|déjà\s+)*(?:{_DONE['fr']})s?\b",
            rf"\b(?:a|ont)\s+(?:bien\s+)?été\s+(?:{_DONE['fr']})s?\b",
        )
    ),
    re.IGNORECASE,
)
_OTHERS = re.compile(r"\b(?:customers|clients|people|kunden|clientes)\b", re.IGNORECASE)


def claims_effect(sentence: str) -> bool:
    """Whether a sentence says that something was done for the contact."""
    return bool(_CLAIMS.search(sentence)) and not _OTHERS.search(sentence)

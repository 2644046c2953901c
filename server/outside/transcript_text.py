"""A conversation as plain text for whoever took part in it, in one of the widget's languages."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tenants.transcripts.messages import Message

MAX_CHARS = 400_000  # of a mail; what is beyond it is left out, and that is said
FALLBACK = "en"


@dataclass(frozen=True, slots=True)
class _Words:
    subject: str
    you: str
    colleague: str
    beginning: str
    left_out: str


_WORDS = {
    "en": _Words(
        "Your conversation with {name}",
        "You",
        "A colleague",
        "Somebody asked on our page that this conversation be sent to this address. If that was not"
        " you, nothing is to be done: no address is kept for mails.",
        "The rest is left out.",
    ),
    "de": _Words(
        "Ihr Gespräch mit {name}",
        "Sie",
        "Unser Team",
        "Auf unserer Seite wurde gewünscht, dieses Gespräch an diese Adresse zu senden. Waren Sie das"
        " nicht, ist nichts zu tun: Die Adresse wird nicht für weitere Mails gespeichert.",
        "Der Rest ist ausgelassen.",
    ),
    "es": _Words(
        "Su conversación con {name}",
        "Usted",
        "Nuestro equipo",
        "En nuestra página se pidió enviar esta conversación a esta dirección. Si no fue usted, no"
        " tiene que hacer nada: la dirección no se guarda para otros correos.",
        "El resto se ha omitido.",
    ),
    "fr": _Words(
        "Votre conversation avec {name}",
        "Vous",
        "Notre équipe",
        "Sur notre page, on a demandé l'envoi de cette conversation à cette adresse. Si ce n'était pas"
        " vous, vous n'avez rien à faire : l'adresse n'est pas gardée pour d'autres messages.",
        "Le reste a été omis.",
    ),
    "ar": _Words(
        "محادثتك مع {name}",
        "أنت",
        "فريقنا",
        "طُلب على صفحتنا إرسال هذه المحادثة إلى هذا العنوان. إن لم تكن أنت من طلب ذلك فلا يلزمك فعل"
        " شيء: لا يُحفظ العنوان لرسائل أخرى.",
        "حُذف الباقي.",
    ),
    "zh": _Words(
        "您与{name}的对话",
        "您",
        "我们的同事",
        "有人在我们的页面上要求把这段对话发送到此地址。如果不是您本人，您无需做任何事：我们不会为其他邮件保存此地址。",
        "其余内容已省略。",
    ),
}


@dataclass(frozen=True, slots=True)
class Written:
    subject: str
    text: str


def written(messages: Sequence[Message], *, assistant: str, language: str) -> Written:
    """The mail's subject and text: who said what and when, nothing private among it."""
    words = _WORDS.get(language.lower().split("-")[0], _WORDS[FALLBACK])
    names = {"contact": words.you, "assistant": assistant}
    said = [words.beginning, ""]
    room = MAX_CHARS
    for one in messages:
        if one.author_kind == "note":
            continue
        name = names.get(one.author_kind) or str(one.extra.get("operator_name") or words.colleague)
        line = f"{_shown(one.created_at)}  {name}\n{one.text}\n"
        room -= len(line)
        if room < 0:
            said.append(words.left_out)
            break
        said.append(line)
    return Written(words.subject.replace("{name}", assistant), "\n".join(said))


def _shown(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"

"""Turns that are about the conversation itself: coming back, reminding, correcting, cancelling.

`steer` sees to them before a message is split; what we say first in such a turn is its `lead`.
"""

import re
from collections.abc import Sequence
from typing import Any

from graphs.state import (
    ConversationState,
    Intent,
    Lead,
    LeadButton,
    OpenRequest,
    Resolution,
    StateUpdate,
    Topic,
)
from graphs.understanding import following, moves, open_requests, returning, talk
from graphs.words.phrases import phrase
from graphs.words.sentences import split_sentences
from graphs.words.terms import overlap, terms

GO_ON, START_AFRESH = "go_on", "start_afresh"
MEANT, NOT_MEANT = "meant", "not_meant"
MAX_TOPICS = 5
MAX_QUOTED_CHARS = 120
GAP = "\n\n"
_CLAUSES = re.compile(r"[,.;:!?\n]+")


def steer(state: ConversationState) -> StateUpdate | None:
    """The intents and the lead of such a turn; None where the message is to be split as usual."""
    screened = state["screened"]
    if screened["wants_person"] or screened["unsafe"] or screened["accepts_offer"]:
        return None
    return (
        _returned(state)
        or _meant(state)
        or _welcome(state)
        or _taken_back(state)
        or _back_to(state)
        or _reminded(state)
        or _corrected(state)
    )


def dropped(state: ConversationState) -> StateUpdate:
    """What a cancellation beside a question does: "forget it, what are your opening hours?"."""
    head = _CLAUSES.split(state["screened"]["text"], maxsplit=1)[0]
    if talk.kind_of(head) != "cancelled":
        return {}
    return {"open_requests": open_requests.without_pending(state)}


def before_turn(state: ConversationState) -> str:
    """The question that a follow-up leans on; none after a pause."""
    if "focus" in state:
        return str(state["focus"].get("query", ""))
    last = state.get("intents") or []  # a conversation from before there was a focus
    return last[-1]["query"] if last else ""


def waiting(state: ConversationState) -> list[Intent]:
    """The requests that are still open, for whoever takes over."""
    meant = [one for one in open_requests.known(state) if one["status"] == "open"]
    return [Intent(index=i, text=m["text"], query=m["query"]) for i, m in enumerate(meant)]


def pending(state: ConversationState) -> list[Intent]:
    """What a person is to take over when the contact says yes: the open requests, or the last topic."""
    last = (state.get("topics") or [])[-1:]
    return waiting(state) or [Intent(index=0, text=t["text"], query=t["query"]) for t in last]


def kept(state: ConversationState, resolutions: Sequence[Resolution], action: str) -> StateUpdate:
    """What later turns need to know of this one."""
    update: StateUpdate = {"open_requests": open_requests.after(state, resolutions, action)}
    asked = [Topic(text=r["text"], query=r["query"]) for r in resolutions]
    if asked:
        earlier = [t for t in state.get("topics") or [] if t not in asked]
        update |= {"topics": [*earlier, *asked][-MAX_TOPICS:], "focus": asked[-1]}
    return update


def _returned(state: ConversationState) -> StateUpdate | None:
    """The answer to "go on or start afresh?"."""
    topic = state.get("returning") or {}
    if not topic:
        return None
    screened = state["screened"]
    clicked, text = screened.get("action_id") or "", screened["text"]
    if clicked == GO_ON or (not clicked and moves.goes_on(text)):
        return _again(state, [Topic(text=topic["text"], query=topic["query"])])
    if clicked == START_AFRESH or (not clicked and moves.starts_afresh(text)):
        words = phrase("afresh", state["language"])
        return _only(words) | {"open_requests": open_requests.closed(state), "focus": {}}
    return None


def did_you_mean(state: ConversationState) -> Topic | None:
    """The request as it may have been meant, where a word of it is in doubt and was not yet asked."""
    doubt = (state.get("spelling") or {}).get("doubt") or {}
    asked = state.get("did_you_mean") or {}
    if not doubt or asked.get("query") == doubt["query"]:
        return None
    return Topic(text=doubt["text"], query=doubt["query"])


def meant_buttons(language: str) -> list[LeadButton]:
    """The two answers to "did you mean …?"."""
    return [
        LeadButton(action_id=MEANT, label=phrase("meant", language)),
        LeadButton(action_id=NOT_MEANT, label=phrase("not_meant", language)),
    ]


def _meant(state: ConversationState) -> StateUpdate | None:
    """The answer to "did you mean …?"."""
    topic = state.get("did_you_mean") or {}
    if not topic:
        return None
    screened = state["screened"]
    clicked, text = screened.get("action_id") or "", screened["text"]
    if clicked == MEANT or (not clicked and moves.agrees(text)):
        intent = Intent(index=0, text=topic["text"], query=topic["query"])
        return {
            "intents": [intent],
            "recoveries": [*(state.get("recoveries") or []), "spelling"],
            "open_requests": open_requests.without_pending(state),
        }
    if clicked == NOT_MEANT or (not clicked and moves.declines(text)):
        return _only(phrase("say_again", state["language"]))
    return None


def _welcome(state: ConversationState) -> StateUpdate | None:
    """Only for a mere greeting: a contact who asks something is answered."""
    screened, language = state["screened"], state["language"]
    if not screened.get("paused") or not returning.only_greets(screened["small_talk"]):
        return None
    topic = returning.worth_continuing(state)
    if topic is None:
        return None
    buttons = [
        LeadButton(action_id=GO_ON, label=phrase("go_on", language)),
        LeadButton(action_id=START_AFRESH, label=phrase("start_afresh", language)),
    ]
    words = phrase("welcome_back", language, asked=_quoted([topic]))
    return _only(words, buttons) | {"returning": topic}


def _taken_back(state: ConversationState) -> StateUpdate | None:
    """The pending request is dropped; what else the message asks is left to be split."""
    if state["screened"]["small_talk"] != "cancelled":
        return None
    return {"intents": [], "open_requests": open_requests.without_pending(state), "focus": {}}


def _reminded(state: ConversationState) -> StateUpdate | None:
    text, language = state["screened"]["text"], state["language"]
    if not state["screened"]["reminds"] or _asks_more(text):
        return None
    meant = open_requests.reminded_of(state, text) or _left_open(state)
    if meant:
        return _again(state, meant)
    answered = open_requests.answered_meanwhile(state)
    if answered is not None:
        asked, said = _quoted([answered]), answered["said"]
        return _only(phrase("answered_meanwhile", language, asked=asked, said=said))
    return _only(phrase("nothing_open", language))


def _asks_more(text: str) -> bool:
    """Whether a sentence beside the reminder asks something of its own."""
    others = [s for s in split_sentences(text) if not moves.reminds(s) and not talk.kind_of(s)]
    return any(s.rstrip().endswith(("?", "？")) for s in others)


def _left_open(state: ConversationState) -> list[Topic]:
    """What the last turn left unanswered, in a conversation from before requests were kept."""
    if "open_requests" in state:
        return []
    left = [r for r in (state.get("resolutions") or {}).values() if r["status"] == "unanswered"]
    return [Topic(text=r["text"], query=r["query"]) for r in sorted(left, key=lambda r: r["index"])]


def _corrected(state: ConversationState) -> StateUpdate | None:
    said, before = moves.corrected(state["screened"]["text"]), before_turn(state)
    if not said or not before or state["screened"]["small_talk"]:
        return None
    query = following.corrected(said, before, state["language"])
    return {
        "intents": [Intent(index=0, text=said, query=query)],
        "open_requests": open_requests.without_query(state, before),
        "recoveries": [*(state.get("recoveries") or []), "correction"],
    }


def _back_to(state: ConversationState) -> StateUpdate | None:
    """After a digression: the earlier topic that is named, with what is newly asked of it."""
    named = moves.comes_back_to(state["screened"]["text"])
    topics, language = state.get("topics") or [], state["language"]
    if named is None or not topics:
        return None
    said = terms(named, language)
    near = [overlap(said, terms(topic["query"], language)) for topic in topics]
    if max(near) > 0:
        topic = topics[len(near) - 1 - near[::-1].index(max(near))]
    else:
        topic = topics[max(len(topics) - 2, 0)]  # "back to my question": the one before the last
        if set(said) - _QUESTION_TERMS:
            return None
    head, _, asked = _parted(named)
    if not asked:
        return _again(state, [topic], is_lead=False)
    stands = len(set(terms(asked, language)) - set(terms(head, language))) > 0
    query = f"{topic['query'].rstrip(' ?.!')} {asked}" if stands else topic["query"]
    return {"intents": [Intent(index=0, text=asked, query=query)]}


_QUESTION_TERMS = frozenset(
    t
    for words, language in (
        ("question questions first earlier previous other thing topic original", "en"),
        ("frage fragen erste vorige andere thema", "de"),
        ("pregunta primera anterior otra tema", "es"),
        ("question première précédente autre sujet", "fr"),
        ("domanda prima precedente altra argomento", "it"),
        ("pergunta primeira anterior outra assunto", "pt"),
    )
    for t in terms(words, language)
)


def _parted(named: str) -> tuple[str, str, str]:
    """What is named, and what is asked of it after a colon, comma or full stop."""
    for mark in (":", ",", ".", ";", " - "):
        head, found, asked = named.partition(mark)
        if found and asked.strip():
            return head, found, asked.strip()
    return named, "", ""


def _again(
    state: ConversationState, meant: Sequence[Topic | OpenRequest], *, is_lead: bool = True
) -> StateUpdate:
    """These requests as the turn's intents; we say that they were asked earlier."""
    intents = [Intent(index=i, text=m["text"], query=m["query"]) for i, m in enumerate(meant)]
    if not is_lead:
        return {"intents": intents}
    words = phrase("asked_earlier", state["language"], asked=_quoted(meant)) + GAP
    return {"intents": intents, "lead": Lead(text=words, alone=False, buttons=[])}


def _only(words: str, buttons: Sequence[LeadButton] = ()) -> StateUpdate:
    """A turn that says this and nothing else."""
    return {"intents": [], "lead": Lead(text=words, alone=True, buttons=list(buttons))}


def _quoted(meant: Sequence[Topic | OpenRequest]) -> str:
    texts: list[Any] = [" ".join(m["text"].split()) for m in meant]
    return "; ".join(t if len(t) <= MAX_QUOTED_CHARS else t[:MAX_QUOTED_CHARS] + "…" for t in texts)

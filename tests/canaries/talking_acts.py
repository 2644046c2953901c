"""What contacts and operators do: conversations, handoffs, files, dialects, time travel."""

from collections.abc import Callable

import httpx2

from tests.canaries.actor import Actor

Act = Callable[[Actor], object]
SHARED = "How long can I return a lamp?"  # both tenants know it, each in its own words
SHIPS = "Do you ship to Norway?"
PERSON = "I want to talk to a human, please."


def converse(actor: Actor) -> str:
    """A conversation of a contact of its own, or of one who is known."""
    contact = {
        "name": f"Kim {actor.word('name')}",
        "email": f"{actor.word('mail')}@canary.example",
        "identities": [{"channel": "api", "address": actor.word("address")}],
    }
    body = {"assistant_id": actor.assistant_id, "contact": contact, "metadata": {"k": "v"}}
    answer = actor.call("POST", "/v1/conversations", body)
    if answer.status_code == 201:
        actor.known["contact"].append(answer.json()["contact_id"])
    return actor.made("conversation", "conversation_id", answer)


def _talk(actor: Actor) -> str:
    return actor.one("conversation") or converse(actor)


def _said(actor: Actor, conversation_id: str, text: str) -> httpx2.Response:
    path = f"/v1/conversations/{conversation_id}/messages"
    answer = actor.call("POST", path, {"text": text})
    if answer.status_code in (200, 202):
        turn = answer.json()
        actor.known["turn"].append((conversation_id, turn["turn_id"]))
        if handoff := turn.get("handoff"):
            actor.known["handoff"].append(handoff["handoff_id"])
        if message := turn.get("message"):
            actor.known["message"].append((conversation_id, message["message_id"]))
    return answer


def ask_shared(actor: Actor) -> None:
    """What both tenants are asked in the very same words."""
    _said(actor, converse(actor), actor.draw.choice((SHARED, SHIPS)))


def ask_unknown(actor: Actor) -> None:
    _said(actor, _talk(actor), f"Can you engrave {actor.word('asked')} on a lamp?")


def tell_of_oneself(actor: Actor) -> None:
    _said(actor, _talk(actor), f"My name is {actor.word('told')} and my order is A-10293.")


def want_a_person(actor: Actor) -> None:
    _said(actor, converse(actor), PERSON)


def ask_on_a_stream(actor: Actor) -> None:
    path = f"/v1/conversations/{converse(actor)}/messages"
    body = {"text": f"{SHARED} {actor.word('streamed')}"}
    actor.read_stream(path, until="event: turn_ended", body=body)


def talk_on_a_socket(actor: Actor) -> None:
    actor.talk(converse(actor), f"{SHIPS} {actor.word('socket')}")


def burst(actor: Actor) -> None:
    conversation_id = converse(actor)
    path = f"/v1/conversations/{conversation_id}/messages?wait=false"
    for text in (SHARED, actor.word("burst"), SHIPS):
        actor.call("POST", path, {"text": text})
    actor.read_stream(f"/v1/conversations/{conversation_id}/events", until="event: turn_ended")


def read_transcript(actor: Actor) -> None:
    talk = _talk(actor)
    for part in ("", "/messages", "/interrupts", "/notes", "/outcomes", "/files"):
        actor.call("GET", f"/v1/conversations/{talk}{part}")


def handle_handoff(actor: Actor) -> None:
    """An operator claims, writes, notes, and answers; now and then into the knowledge."""
    handoff = actor.one("handoff")
    if handoff is None:
        return want_a_person(actor)
    path = f"/v1/handoffs/{handoff}"
    actor.call("POST", f"{path}/claim", {})
    actor.call("POST", f"{path}/messages", {"text": f"One moment {actor.word('operator')}"})
    learns = actor.draw.random() < 0.5
    body = {"reply": f"Yes, ask for {actor.word('reply')}.", "add_to_knowledge": learns}
    actor.call("POST", f"{path}/resolve", body)
    actor.call("GET", path)
    return None


def note_and_cans(actor: Actor) -> None:
    actor.call("POST", f"/v1/conversations/{_talk(actor)}/notes", {"text": actor.word("note")})
    can = {"shortcut": actor.word("cut"), "text": f"Hello from {actor.word('canned')}"}
    actor.made("canned", "canned_answer_id", actor.call("POST", "/v1/canned-answers", can))
    actor.call("GET", "/v1/canned-answers?limit=100")
    if (old := actor.one("canned")) and actor.draw.random() < 0.3:
        actor.call("DELETE", f"/v1/canned-answers/{old}")


def look_around(actor: Actor) -> None:
    """The inbox, lists of everything that people look at."""
    names = ("conversations", "handoffs", "contacts", "approvals", "jobs", "erasures", "operators")
    for name in actor.draw.sample(names, 3):
        actor.call("GET", f"/v1/{name}?limit=50")
    actor.call("GET", f"/v1/conversations?q={actor.word('sought')}")


def travel_in_time(actor: Actor) -> None:
    there = actor.one("turn")
    if there is None:
        return ask_shared(actor)
    conversation_id, turn_id = there
    for part in ("", "/steps", "/explanation"):
        actor.call("GET", f"/v1/turns/{turn_id}{part}")
    how = actor.draw.choice(("fork", "replay"))
    answer = actor.call("POST", f"/v1/conversations/{conversation_id}/{how}", {"turn_id": turn_id})
    if how == "fork" and answer.status_code == 201:
        _said(actor, answer.json()["conversation_id"], f"{SHARED} {actor.word('fork')}")
    return None


def give_an_opinion(actor: Actor) -> None:
    there = actor.one("message")
    if there is None:
        return ask_shared(actor)
    conversation_id, message_id = there
    path = f"/v1/conversations/{conversation_id}"
    body = {"helpful": False, "reason": actor.word("opinion")}
    actor.call("POST", f"{path}/messages/{message_id}/feedback", body)
    actor.call("POST", f"{path}/rating", {"score": 3, "reason": actor.word("rating")})
    return None


def visit_a_page(actor: Actor) -> None:
    """A contact in the widget, with the token of a visit."""
    body = {"assistant_id": actor.assistant_id}
    made = actor.call("POST", "/v1/widget/sessions", body, headers={"Origin": actor.url})
    if made.status_code != 201:
        return
    token = made.json()["token"]
    actor.secrets.append(token)
    talk = actor.call("POST", "/v1/conversations", body, token=token).json()
    path = f"/v1/conversations/{talk['conversation_id']}/messages"
    actor.call("POST", path, {"text": f"{SHARED} {actor.word('visitor')}"}, token=token)
    actor.call("GET", path, token=token)


def bring_a_file(actor: Actor) -> None:
    words = f"The serial number is {actor.word('file')}.".encode()
    path = f"/v1/conversations/{_talk(actor)}/files"
    actor.call("POST", path, files={"file": ("note.txt", words, "text/plain")})


def speak_a_dialect(actor: Actor) -> None:
    asked = {"bot_id": actor.assistant_id, "message": f"{SHARED} {actor.word('dialect')}"}
    actor.call("POST", "/chat", asked)
    actor.call("POST", "/get_context", {"query": SHIPS, "bot_id": actor.assistant_id})
    session = actor.call("POST", "/api/sessions", {"assistant_id": actor.assistant_id})
    if session.status_code == 201:
        path = f"/api/chat/sessions/{session.json()['session_id']}/messages"
        actor.call("POST", path, {"message": SHIPS})


TALKING: list[Act] = [
    ask_shared, ask_shared, ask_shared, ask_unknown, tell_of_oneself, want_a_person,
    ask_on_a_stream, talk_on_a_socket, burst, read_transcript, handle_handoff, note_and_cans,
    look_around, travel_in_time, give_an_opinion, visit_a_page, bring_a_file, speak_a_dialect,
]  # fmt: skip

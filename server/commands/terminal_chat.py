"""`frontdesk chat`: a contact's side of a conversation in the terminal."""

import sys
import threading
import time
from typing import Any

import typer

from server.commands.api_client import ApiClient
from server.start import StartFailed

RECONNECT_SECONDS = 1.0


def talk(url: str, key: str) -> None:
    """Talk to the tenant's first assistant until Ctrl-D. Raises: StartFailed."""
    client = ApiClient(url, key)
    try:
        assistants = client.call("GET", "/v1/assistants?limit=1")["data"]
        if not assistants:
            raise StartFailed("the tenant has no assistant")
        opened = client.call(
            "POST", "/v1/conversations", {"assistant_id": assistants[0]["assistant_id"]}
        )
        name = assistants[0]["name"]
        place = f"/v1/conversations/{opened['conversation_id']}"
        typer.echo(f"You are talking to {name}. Leave with Ctrl-D.\n")
        listener = threading.Thread(
            target=_listen, args=(ApiClient(url, key), f"{place}/events"), daemon=True
        )
        listener.start()
        while True:
            try:
                text = input("you: ").strip()
            except EOFError:
                typer.echo()
                return
            if text:
                _ask(client, f"{place}/messages", text, name)
    finally:
        client.close()


def _ask(client: ApiClient, path: str, text: str, name: str) -> None:
    """One turn: deltas as they come, then the sources, or what happens instead of an answer."""
    shown = ""
    for kind, data in client.events("POST", path, {"text": text}):
        if kind == "message_delta":
            _write(data["text"] if shown else f"{name}: {data['text']}")
            shown += data["text"]
        elif kind == "message" and data.get("author", "assistant") == "assistant":
            if data["text"] != shown:
                _write(("\n" if shown else "") + f"{name}: {data['text']}")
            _write("\n" + _sources(data))
        elif kind == "handoff_requested":
            typer.echo(f"  [a colleague has been asked: {data.get('reason')}]")
        elif kind == "turn_ended":
            if data.get("status") == "failed":
                problem = data.get("problem") or {}
                typer.echo(f"  [{problem.get('detail') or 'that did not work, please try again'}]")
            elif data.get("status") == "waiting_for_operator" and not shown:
                typer.echo("  [waiting for a colleague; what you write is passed on]")


def _sources(message: dict[str, Any]) -> str:
    titles = dict.fromkeys(cited["title"] for cited in message.get("citations") or [])
    confidence = message.get("confidence")
    parts = [f"sources: {', '.join(titles)}"] if titles else []
    if confidence is not None:
        parts.append(f"confidence {confidence:.2f}")
    return f"  [{'; '.join(parts)}]\n" if parts else ""


def _listen(client: ApiClient, path: str) -> None:
    """Show what operators say, whenever they say it."""
    last = 0
    while True:
        try:
            for kind, data in client.events("GET", path, last_event_id=last):
                last = data.get("id", last)
                if kind == "operator_message":
                    _write(f"\ncolleague: {data.get('text', '')}\nyou: ")
                elif kind == "operator_joined":
                    _write("\n  [a colleague has joined]\nyou: ")
        except StartFailed:
            pass  # the server is away for a moment; the next message of ours says so if it stays
        time.sleep(RECONNECT_SECONDS)


def _write(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()

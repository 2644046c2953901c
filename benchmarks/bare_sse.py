"""The floor of HTTP: an endpoint that streams as many events as a turn has, and does nothing else."""

import json
from collections.abc import AsyncIterator

from fastapi import FastAPI, Request
from fastapi.responses import StreamingResponse

EVENTS = ("turn_started", "intents", "sources", "message_delta", "message", "turn_ended")

app = FastAPI()


@app.post("/v1/conversations/{conversation_id}/messages")
async def send_message(conversation_id: str, request: Request) -> StreamingResponse:
    """Six events of a turn's size."""
    await request.json()

    async def stream() -> AsyncIterator[bytes]:
        for number, kind in enumerate(EVENTS, 1):
            data = json.dumps({"conversation_id": conversation_id, "text": "word " + "x" * 195})
            yield f"event: {kind}\nid: {number}\ndata: {data}\n\n".encode()

    return StreamingResponse(stream(), media_type="text/event-stream")

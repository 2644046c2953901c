"""About the least that a server of graphs can do: no tenant, no turn kept, no log, no lease.

The echo graph is run inside the request and streamed as it goes; with `THIN_DATABASE_URL` its state
is kept by LangGraph's own saver when the turn ends (`THIN_DURABILITY`, default `exit`).
"""

import json
import os
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, cast

from echo_graph import graph
from fastapi import FastAPI, Request
from fastapi.responses import StreamingResponse
from langchain_core.messages import HumanMessage
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver
from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool

from graphs.context import TurnContext
from tenants.ids import new_id

URL = os.environ.get("THIN_DATABASE_URL", "")
DURABILITY: Any = os.environ.get("THIN_DURABILITY", "exit")
SETTINGS = {"autocommit": True, "prepare_threshold": 0, "row_factory": dict_row}


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncGenerator[None]:
    if not URL:
        app.state.graph = graph()
        yield
        return
    async with AsyncConnectionPool(URL, min_size=4, max_size=16, kwargs=SETTINGS) as pool:
        await AsyncPostgresSaver(cast(Any, pool)).setup()
        app.state.pool, app.state.graph = pool, graph()
        yield


app = FastAPI(lifespan=_lifespan)


@app.post("/v1/conversations/{conversation_id}/messages")
async def turn(conversation_id: str, request: Request) -> StreamingResponse:
    """One turn as events of the product's names."""
    body = await request.json()
    running, extra = request.app.state.graph, {}
    if URL:  # a saver for each run: one for all would let them wait for each other
        saver = AsyncPostgresSaver(request.app.state.pool)
        running, extra = running.copy(update={"checkpointer": saver}), {"durability": DURABILITY}
    given = {"messages": [HumanMessage(body["text"], id=str(new_id()))], "turn_id": str(new_id())}
    config = RunnableConfig(configurable={"thread_id": conversation_id})

    async def events() -> AsyncIterator[bytes]:
        parts = running.astream(given, config, context=TurnContext(), stream_mode="custom", **extra)
        async for part in parts:
            if part["kind"] == "piece":
                data = json.dumps({"text": part["text"]})
                yield f"event: message_delta\ndata: {data}\n\n".encode()
        yield b'event: turn_ended\ndata: {"status":"completed"}\n\n'

    return StreamingResponse(events(), media_type="text/event-stream")

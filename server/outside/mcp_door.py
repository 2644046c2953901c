"""The Model Context Protocol's own part of its dialect: requests in, answers out, nothing kept between."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from fastapi import Request, Response
from mcp.server.lowlevel.server import Server
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from starlette.types import Message


@dataclass
class McpDoor:
    """The protocol's own part of it, which lives as long as the process."""

    manager: StreamableHTTPSessionManager

    async def answer(self, request: Request, body: bytes) -> Response:
        """What the protocol answers to one request."""
        sent: list[Message] = []
        told = False

        async def receive() -> Message:
            nonlocal told
            if told:
                return {"type": "http.disconnect"}
            told = True
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Message) -> None:
            sent.append(message)

        await self.manager.handle_request(request.scope, receive, send)
        start = next(m for m in sent if m["type"] == "http.response.start")
        content = b"".join(m.get("body", b"") for m in sent if m["type"] == "http.response.body")
        headers = {k.decode("latin-1"): v.decode("latin-1") for k, v in start["headers"]}
        kept = {k: v for k, v in headers.items() if k.lower() != "content-length"}
        return Response(content, start["status"], kept)


@asynccontextmanager
async def open_door(server: Server[Any], *, max_body_bytes: int) -> AsyncGenerator[McpDoor]:
    """A door to the server until the block ends; every request is answered by itself, in JSON."""
    manager = StreamableHTTPSessionManager(
        server, json_response=True, stateless=True, max_request_body_size=max_body_bytes
    )
    async with manager.run():
        yield McpDoor(manager)

"""Services of a tenant's own on the loopback: one with an OpenAPI document, one that speaks MCP."""

import json
import threading
import time
from collections.abc import AsyncGenerator, Generator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import uvicorn
from mcp.server.mcpserver import MCPServer

from server.outside.looking import choices
from tools.egress import EgressPolicy, GuardedClient, guarded_client
from tools.mcp_calls import McpService
from tools.openapi_calls import OpenApiService
from tools.openapi_documents import operations_of
from tools.own_settings import OwnSettings
from tools.own_tools import OwnTool, own_tools

SECRET = "a-secret-of-the-club"
ALMA, BO = "demo-alma", "demo-bo"
MOST_SECONDS = 20
MEMBER = {"name": "memberId", "in": "path", "required": True, "schema": {"type": "string"}}
NUMBER = {"name": "number", "in": "path", "required": True, "schema": {"type": "string"}}
DOCUMENT: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Club", "version": "1"},
    "paths": {
        "/members/{memberId}/points": {
            "parameters": [{"$ref": "#/components/parameters/Member"}],
            "get": {"summary": "Points of a member", "responses": {}},
        },
        "/plans/{number}": {
            "get": {"summary": "One plan, anybody's", "parameters": [NUMBER], "responses": {}}
        },
        "/branches": {
            "get": {
                "summary": "Branches",
                "parameters": [
                    {"name": "city", "in": "query", "schema": {"type": "string", "maxLength": 40}},
                    {
                        "name": "kind",
                        "in": "query",
                        "schema": {"type": "array", "items": {"enum": ["shop", "workshop"]}},
                    },
                ],
                "responses": {},
            }
        },
        "/plans/{number}/pause": {
            "post": {
                "summary": "Pause a plan",
                "parameters": [NUMBER],
                "requestBody": {
                    "required": True,
                    "content": {
                        "application/json": {"schema": {"$ref": "#/components/schemas/Pause"}}
                    },
                },
                "responses": {},
            }
        },
    },
    "components": {
        "parameters": {"Member": MEMBER},
        "schemas": {
            "Pause": {
                "type": "object",
                "required": ["weeks"],
                "properties": {
                    "weeks": {"type": "integer", "minimum": 1, "maximum": 8},
                    "reason": {"type": "string", "maxLength": 200},
                    "id": {"type": "string", "readOnly": True},
                },
            }
        },
    },
}


@dataclass
class Club:
    """The books of the club, and what it was asked."""

    url: str = ""
    points: dict[str, int] = field(default_factory=lambda: {ALMA: 420, BO: 7})
    plans: dict[str, dict[str, Any]] = field(
        default_factory=lambda: {
            "P-1001": {
                "number": "P-1001",
                "owner": {"id": ALMA},
                "state": "running",
                "note": "inner",
            },
            "P-2001": {
                "number": "P-2001",
                "owner": {"id": BO},
                "state": "running",
                "note": "inner",
            },
        }
    )
    done: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])
    pauses: int = 0
    asked: list[tuple[str, str, Mapping[str, str], Any]] = field(
        default_factory=list[tuple[str, str, Mapping[str, str], Any]]
    )
    document: Any = field(default_factory=lambda: DOCUMENT)
    forgets_keys: bool = False

    def answer(
        self, method: str, path: str, query: Any, headers: Any, body: Any
    ) -> tuple[int, Any]:
        if path == "/openapi.json":
            return 200, self.document
        if headers.get("x-club-key") != SECRET:
            return 401, {"detail": "who are you?"}
        steps = [unquote(step) for step in path.strip("/").split("/")]
        match method, steps:
            case "GET", ["members", member, "points"] if member in self.points:
                return 200, {"data": {"member": member, "points": self.points[member]}}
            case "GET", ["plans", number] if number in self.plans:
                return 200, self.plans[number]
            case "GET", ["branches"]:
                rows = [{"city": "Lund", "street": "Kelp Lane 3"}, {"city": "Oslo", "street": "—"}]
                cities = query.get("city")
                return 200, [one for one in rows if not cities or one["city"] in cities]
            case "POST", ["plans", number, "pause"] if number in self.plans:
                return self._pause(number, headers, body)
            case _:
                return 404, {"detail": "nothing here"}

    def _pause(self, number: str, headers: Any, body: Any) -> tuple[int, Any]:
        key = headers.get("idempotency-key", "")
        if key in self.done and not self.forgets_keys:
            return 200, self.done[key]
        if self.plans[number]["state"] == "paused":
            return 409, {"detail": "it is paused already"}
        self.pauses += 1
        self.plans[number]["state"] = "paused"
        told = {"state": "paused", "weeks": body["weeks"]}
        if key:
            self.done[key] = told
        return 200, told


@contextmanager
def club_service() -> Generator[Club]:
    """The club on a free port, with an OpenAPI document at /openapi.json."""
    club = Club()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._act("GET")

        def do_POST(self) -> None:
            self._act("POST")

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

        def _act(self, method: str) -> None:
            length = int(self.headers.get("content-length") or 0)
            body = json.loads(self.rfile.read(length)) if length else None
            parts = urlsplit(self.path)
            headers = {name.lower(): value for name, value in self.headers.items()}
            club.asked.append((method, self.path, headers, body))
            status, told = club.answer(method, parts.path, parse_qs(parts.query), headers, body)
            content = json.dumps(told).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    club.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield club
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


CLUB_SETTINGS: dict[str, Any] = {
    "auth": {"kind": "header", "header": "x-club-key"},
    "idempotency_header": "Idempotency-Key",
    "tools": [
        {
            "operation": "GET /members/{memberId}/points",
            "name": "club_points",
            "title": "Club points",
            "description": "How many points of the club the customer has.",
            "arguments": {"member_id": {"source": "contact"}},
            "items": "data",
            "shows": ["points"],
            "says": {"en": "You have {points} club points."},
            "examples": {"en": ["How many club points do I have?", "What is my points balance?"]},
        },
        {
            "operation": "GET /plans/{number}",
            "name": "club_plan",
            "title": "Your plan",
            "description": "How a plan of the customer's stands, by its number.",
            "owner_at": "owner.id",
            "shows": ["number", "state"],
        },
        {
            "operation": "GET /branches",
            "name": "club_branches",
            "title": "Branches",
            "description": "Where the branches of the club are.",
            "identity": "anonymous",
        },
        {
            "operation": "POST /plans/{number}/pause",
            "name": "pause_plan",
            "title": "Pausing your plan",
            "description": "Pauses a plan for some weeks.",
            "checked_by": "club_plan",
            "verbs": {"en": "pause suspend"},
            "nouns": {"en": "plan subscription"},
            "arguments": {"number": {"spoken": "reference"}},
        },
    ],
}


def club_connector(url: str, **changed: Any) -> dict[str, Any]:
    """As it is sent to `POST /v1/connectors`."""
    return {
        "kind": "openapi",
        "name": "Club",
        "settings": CLUB_SETTINGS | {"base_url": url},
        "secret": SECRET,
        "document": DOCUMENT,
    } | changed


@dataclass
class Garage:
    """An MCP server's books; `description` and `limit` are what it may change under our hands."""

    url: str = ""
    description: str = "Says how far a repair is."
    asked: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    booked: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])

    def server(self) -> MCPServer:
        """The server as it describes itself now."""
        made = MCPServer("garage", log_level="CRITICAL")

        def repair_state(repair: str, customer: str) -> dict[str, Any]:
            self.asked.append({"repair": repair, "customer": customer})
            owner = {"R-1": ALMA, "R-2": BO}.get(repair)
            if owner is None:
                raise ValueError("no such repair")
            return {"repair": repair, "owner": owner, "state": "waiting for parts"}

        def book_repair(customer: str, day: str, key: str = "") -> dict[str, Any]:
            self.booked.append({"customer": customer, "day": day, "key": key})
            return {"day": day, "customer": customer}

        def opening_hours() -> str:
            return "Open from 9 to 17."

        made.add_tool(repair_state, description=self.description)
        made.add_tool(book_repair, description="Books a repair.")
        made.add_tool(opening_hours, description="When the garage is open.")
        return made


@contextmanager
def garage_service() -> Generator[Garage]:
    """The garage on a free port, by streamable HTTP at /mcp."""
    garage = Garage()
    changing = _Changing(garage)
    config = uvicorn.Config(
        changing, host="127.0.0.1", port=0, log_level="error", lifespan="off", access_log=False
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    until = time.monotonic() + 20
    while not server.started and time.monotonic() < until:
        time.sleep(0.01)
    garage.url = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}/mcp"
    try:
        yield garage
    finally:
        server.should_exit = True
        thread.join(20)


class _Changing:
    """Answers each request by a server that describes itself as the garage does at that moment."""

    def __init__(self, garage: Garage) -> None:
        self._garage = garage

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        app = self._garage.server().streamable_http_app(stateless_http=True, json_response=False)
        async with app.router.lifespan_context(app):
            await app(scope, receive, send)


GARAGE_TOOLS: list[dict[str, Any]] = [
    {
        "operation": "repair_state",
        "name": "repair_state",
        "title": "Repair",
        "description": "How far a repair of the customer's is.",
        "has_effect": False,
        "arguments": {"customer": {"source": "contact"}, "repair": {"spoken": "reference"}},
        "owner_at": "owner",
        "shows": ["repair", "state"],
    },
    {
        "operation": "book_repair",
        "name": "book_repair",
        "title": "Booking a repair",
        "description": "Books a day for a repair.",
        "arguments": {"customer": {"source": "contact"}, "key": {"source": "key"}},
    },
    {
        "operation": "opening_hours",
        "name": "garage_hours",
        "title": "Garage hours",
        "description": "When the garage is open.",
        "has_effect": False,
        "identity": "anonymous",
    },
]


def garage_connector(url: str, **changed: Any) -> dict[str, Any]:
    """As it is sent to `POST /v1/connectors`."""
    settings = {"base_url": url, "tools": GARAGE_TOOLS}
    return {"kind": "mcp", "name": "Garage", "settings": settings} | changed


async def own_of(club: Club, garage: Garage, client: GuardedClient) -> list[OwnTool]:
    """The tools that a tenant has made of both."""
    clubs = OwnSettings.model_validate(_patient(CLUB_SETTINGS) | {"base_url": club.url})
    garages = OwnSettings.model_validate(
        _patient({"tools": GARAGE_TOOLS}) | {"base_url": garage.url}
    )

    async def changed(operations: Sequence[Any]) -> None:
        """Nothing is kept here."""

    over_openapi = OpenApiService("Club", clubs, SECRET, client)
    over_mcp = McpService("Garage", garages, "", client, changed)
    by_document = choices(clubs, operations_of(DOCUMENT))
    by_server = choices(garages, await over_mcp.operations())
    return [
        *own_tools(by_document, over_openapi, knows_keys=True, suspended={}),
        *own_tools(by_server, over_mcp, knows_keys=False, suspended={}),
    ]


def _patient(settings: dict[str, Any]) -> dict[str, Any]:
    """The settings with as much time as there may be: machines of tests are busy."""
    tools = [tool | {"timeout_seconds": MOST_SECONDS} for tool in settings["tools"]]
    return settings | {"timeout_seconds": MOST_SECONDS, "tools": tools}


@asynccontextmanager
async def client_for(*urls: str) -> AsyncGenerator[GuardedClient]:
    """A guarded client that may call these services of the loopback, and nothing else of it."""
    allowed = ",".join(urlsplit(url).netloc for url in urls)
    async with guarded_client(EgressPolicy.parse(allowed)) as client:
        yield client

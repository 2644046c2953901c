"""An OpenID provider on the loopback: real codes, PKCE, client secrets and signed tokens.

A test says who is at the browser (`claims`), and may twist what the provider signs and answers.
"""

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

CLIENT_ID = "frontdesk"
CLIENT_SECRET = "a client's secret"
ACCESS_TOKEN = "an-access-token"
Claims = dict[str, Any]


@dataclass
class Asked:
    """One request for a code, as it came."""

    nonce: str
    challenge: str
    redirect_uri: str


@dataclass
class Provider:
    """What the provider does; its keys are made once for a run."""

    url: str = ""
    key: RSAKey | ECKey = field(default_factory=lambda: RSAKey.generate_key(2048))
    kid: str = "one"
    claims: Claims = field(default_factory=dict[str, Any])
    twist: Callable[[Claims], Claims] | None = None
    sign: Callable[[Claims], str] | None = None
    answer: Callable[[dict[str, str]], dict[str, str]] | None = None
    userinfo: Claims | int | None = None  # what is told when asked, or the status of a refusal
    extra_keys: list[Any] = field(default_factory=list[Any])
    metadata: dict[str, Any] = field(default_factory=dict[str, Any])
    is_away: bool = False
    keeps_codes: bool = False
    codes: dict[str, Asked] = field(default_factory=dict[str, Asked])
    asked_for: list[str] = field(default_factory=list[str])

    def document(self) -> dict[str, Any]:
        places = {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/keys",
            "response_types_supported": ["code"],
        }
        if self.userinfo is not None:
            places["userinfo_endpoint"] = f"{self.url}/userinfo"
        return places | self.metadata

    def told(self, authorization: str) -> tuple[int, dict[str, Any]]:
        """What is said of whoever the access token is of."""
        if authorization != f"Bearer {ACCESS_TOKEN}":
            return 401, {"error": "invalid_token"}
        if isinstance(self.userinfo, int):
            return self.userinfo, {}
        return 200, dict(self.userinfo or {})

    def keys(self) -> dict[str, Any]:
        own = self.key.as_dict(private=False) | {"kid": self.kid, "use": "sig"}
        return {"keys": [own, *self.extra_keys]}

    def authorize(self, query: dict[str, str]) -> str:
        """Where the browser is sent back to."""
        assert query["response_type"] == "code" and query["client_id"] == CLIENT_ID
        assert query["code_challenge_method"] == "S256" and "openid" in query["scope"].split()
        code = secrets.token_urlsafe(24)
        self.codes[code] = Asked(query["nonce"], query["code_challenge"], query["redirect_uri"])
        back = {"code": code, "state": query["state"]}
        return f"{query['redirect_uri']}?{urlencode(self.answer(back) if self.answer else back)}"

    def token(self, form: dict[str, str], authorization: str) -> tuple[int, dict[str, Any]]:
        """What a code is good for, once, for whoever has its verifier and the client's secret."""
        expected = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
        if authorization != f"Basic {expected}":
            return 401, {"error": "invalid_client"}
        code = form.get("code", "")
        asked = self.codes.get(code) if self.keeps_codes else self.codes.pop(code, None)
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if (
            asked is None
            or challenge != asked.challenge
            or form.get("redirect_uri") != asked.redirect_uri
        ):
            return 400, {"error": "invalid_grant"}
        now = int(time.time())
        told: Claims = {"iss": self.url, "aud": CLIENT_ID, "iat": now, "exp": now + 300}
        told |= {"nonce": asked.nonce} | self.claims
        told = self.twist(told) if self.twist else told
        signed = self.sign(told) if self.sign else self.signed(told)
        return 200, {"access_token": ACCESS_TOKEN, "token_type": "Bearer", "id_token": signed}

    def signed(self, claims: Claims, **header: Any) -> str:
        alg = "RS256" if isinstance(self.key, RSAKey) else "ES256"
        return jwt.encode({"alg": alg, "kid": self.kid} | header, claims, self.key)


class _Handler(BaseHTTPRequestHandler):
    server: "_Server"  # pyright: ignore[reportIncompatibleVariableOverride]

    def do_GET(self) -> None:
        provider, parts = self.server.provider, urlsplit(self.path)
        provider.asked_for.append(parts.path)
        if provider.is_away:
            self._json(503, {})
        elif parts.path == "/.well-known/openid-configuration":
            self._json(200, provider.document())
        elif parts.path == "/keys":
            self._json(200, provider.keys())
        elif parts.path == "/userinfo" and provider.userinfo is not None:
            self._json(*provider.told(self.headers.get("authorization", "")))
        elif parts.path == "/authorize":
            self.send_response(302)
            self.send_header("location", provider.authorize(_plain(parts.query)))
            self.send_header("content-length", "0")
            self.end_headers()
        else:
            self._json(404, {})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", "0"))).decode()
        provider = self.server.provider
        self._json(*provider.token(_plain(body), self.headers.get("authorization", "")))

    def _json(self, status: int, said: dict[str, Any]) -> None:
        content = json.dumps(said).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: tests are quiet."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, provider: Provider, host: str) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.provider = provider
        provider.url = f"http://{host}:{self.server_address[1]}"


def _plain(query: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(query).items()}


@contextmanager
def openid_provider(host: str = "127.0.0.1") -> Generator[Provider]:
    """A provider that answers until the block ends; a browser takes another host for another site."""
    provider = Provider()
    server = _Server(provider, host)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

"""A tenant's OpenID provider, asked over a guarded wire: where it is, its keys, tokens for codes.

Source: OpenID Connect Core 1.0 (3.1), Discovery 1.0; RFC 7636 (PKCE), RFC 9207 (issuer). What the
provider says is bounded in time and size, and every address in it is checked like one of a tenant's.
"""

import json
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

from authlib.oauth2.auth import ClientAuth
from authlib.oauth2.rfc6749.parameters import prepare_token_request
from authlib.oidc.discovery import OpenIDProviderMetadata, get_well_known_url
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from tenants.errors import TooLarge
from tools.egress import FetchLimits, GuardedClient, fetch
from tools.egress_call import Answered, Request, call_service
from tools.egress_urls import check_url
from tools.errors import AddressRefused, FetchFailed

LIMITS = FetchLimits(
    max_bytes=500_000, max_redirects=0, connect_seconds=3, read_seconds=5, total_seconds=8
)
TOKEN_SECONDS = 8.0
TOKEN_BYTES = 200_000
KEPT_SECONDS = 600.0  # a provider's document and keys
FRESH_SECONDS = 15.0  # keys are not asked for again before, whatever tokens name
MOST_KEPT = 1_000
MOST_KEYS = 100
_AUTH_METHODS = ("client_secret_basic", "client_secret_post")
_FORM = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}


class ProviderUnfit(Exception):
    """What a provider said is not what it must say; the reason is for the log and the set-up."""


class ProviderAway(Exception):
    """The provider cannot be asked at the moment."""


@dataclass(frozen=True, slots=True)
class Client:
    """What a tenant is at its provider."""

    client_id: str
    secret: str | None


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a provider says of itself, checked."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str | None
    auth_method: str
    names_itself: bool  # every answer must bear its `iss`


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a code was good for."""

    id_token: str
    access_token: str | None


class OpenIdProviders:
    """The providers of all tenants; what each said is kept for some minutes, by tenant."""

    def __init__(
        self, client: GuardedClient, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._client = client
        self._clock = clock
        self._known: OrderedDict[tuple[UUID, str], tuple[float, Metadata]] = OrderedDict()
        self._keys: OrderedDict[tuple[UUID, str], tuple[float, KeySet]] = OrderedDict()

    def check_address(self, issuer: str) -> str:
        """The issuer as it is written. Raises: AddressRefused.

        `http` is for addresses that whoever runs the server has allowed by name.
        """
        target = check_url(issuer, self._client.policy)
        listed = self._client.policy.lists(target.host, target.port)
        if target.scheme != "https" and not listed:
            raise AddressRefused(f"{issuer[:200]}: a provider is called by https")
        if "?" in issuer or "#" in issuer:
            raise AddressRefused(f"{issuer[:200]}: an issuer has neither ? nor #")
        return issuer

    async def metadata(self, tenant_id: UUID, issuer: str) -> Metadata:
        """What the provider says of itself. Raises: ProviderUnfit, ProviderAway."""
        until, known = self._known.get((tenant_id, issuer), (0.0, None))
        if known is not None and until > self._clock():
            return known
        said = await self._read(get_well_known_url(issuer, external=True))
        found = self._checked(issuer, OpenIDProviderMetadata(said))
        _keep(self._known, (tenant_id, issuer), (self._clock() + KEPT_SECONDS, found))
        return found

    async def keys(self, tenant_id: UUID, of: Metadata, kid: str | None) -> KeySet:
        """The provider's public keys, asked for anew where none is called `kid`.

        Raises: ProviderUnfit, ProviderAway.
        """
        asked_at, known = self._keys.get((tenant_id, of.jwks_uri), (0.0, None))
        age = self._clock() - asked_at
        if known is not None and age < KEPT_SECONDS:
            has_it = kid is None or any(key.kid == kid for key in known.keys)
            if has_it or age < FRESH_SECONDS:
                return known
        made = _public_keys(await self._read(of.jwks_uri))
        _keep(self._keys, (tenant_id, of.jwks_uri), (self._clock(), made))
        return made

    async def exchange(
        self, of: Metadata, client: Client, *, code: str, verifier: str, redirect_uri: str
    ) -> Tokens:
        """The tokens of a code. Raises: ProviderUnfit where it is good for none, ProviderAway."""
        body = prepare_token_request(
            "authorization_code", redirect_uri=redirect_uri, code=code, code_verifier=verifier
        )
        method = of.auth_method if client.secret is not None else "none"
        auth = ClientAuth(client.client_id, client.secret, method)
        url, headers, content = auth.prepare("POST", of.token_endpoint, dict(_FORM), body)
        asked = Request("POST", url, headers, content.encode())
        answer = await self._call(asked, "the token endpoint")
        said = _object(answer.content, "the token endpoint")
        id_token, access = said.get("id_token"), said.get("access_token")
        if answer.status != 200 or not isinstance(id_token, str):
            raise ProviderUnfit(f"the token endpoint gives no ID token ({answer.status})")
        return Tokens(id_token, access if isinstance(access, str) else None)

    async def userinfo(self, of: Metadata, tokens: Tokens, *, subject: str) -> dict[str, Any]:
        """What the provider says of a person beside the ID token; nothing where it says it nowhere.

        Source: OpenID Connect Core 1.0 (5.3). Only the plain form is read, over the connection that
        the provider was reached by. Raises: ProviderUnfit where it speaks of somebody else,
        ProviderAway.
        """
        if of.userinfo_endpoint is None or tokens.access_token is None:
            return {}
        headers = {"Authorization": f"Bearer {tokens.access_token}", "Accept": "application/json"}
        answer = await self._call(
            Request("GET", of.userinfo_endpoint, headers), "the userinfo endpoint"
        )
        if answer.status != 200:
            raise ProviderUnfit(f"the userinfo endpoint answers {answer.status}")
        said = _object(answer.content, "the userinfo endpoint")
        if said.get("sub") != subject:
            raise ProviderUnfit("the userinfo endpoint speaks of somebody else")
        return said

    async def _call(self, asked: Request, where: str) -> Answered:
        try:
            answer = await call_service(
                self._client, asked, timeout_seconds=TOKEN_SECONDS, max_bytes=TOKEN_BYTES
            )
        except FetchFailed as error:
            raise ProviderAway(f"{where}: {error}") from None
        except (AddressRefused, TooLarge) as error:
            raise ProviderUnfit(f"{where}: {error}") from None
        if answer.status >= 500:
            raise ProviderAway(f"{where} answers {answer.status}")
        return answer

    async def _read(self, url: str) -> dict[str, Any]:
        try:
            answer = await fetch(self._client, url, limits=LIMITS)
        except FetchFailed as error:
            raise ProviderAway(str(error)) from None
        except (AddressRefused, TooLarge) as error:
            raise ProviderUnfit(str(error)) from None
        if answer.status != 200:
            raise ProviderAway(f"{url[:200]} answers {answer.status}")
        return _object(answer.content, url[:200])

    def _checked(self, issuer: str, said: OpenIDProviderMetadata) -> Metadata:
        if said.get("issuer") != issuer:
            raise ProviderUnfit("the document names another issuer")
        places = {
            name: self._place(said, name)
            for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")
        }
        userinfo = None
        if said.get("userinfo_endpoint") is not None:
            userinfo = self._place(said, "userinfo_endpoint")
        told = said.get("token_endpoint_auth_methods_supported")
        methods = cast(list[Any], told) if isinstance(told, list) else []
        method = next((one for one in _AUTH_METHODS if one in methods), _AUTH_METHODS[0])
        named = said.get("authorization_response_iss_parameter_supported") is True
        return Metadata(
            issuer, **places, userinfo_endpoint=userinfo, auth_method=method, names_itself=named
        )

    def _place(self, said: OpenIDProviderMetadata, name: str) -> str:
        told = said.get(name)
        if not isinstance(told, str):
            raise ProviderUnfit(f"the document has no {name}")
        try:
            return self.check_address(told.partition("?")[0]) and told
        except AddressRefused as error:
            raise ProviderUnfit(f"{name}: {error}") from None


def _public_keys(said: dict[str, Any]) -> KeySet:
    """Keys that may verify a signature: none that is a shared secret, none for encryption."""
    told = said.get("keys")
    listed = cast(list[Any], told)[:MOST_KEYS] if isinstance(told, list) else []
    fit = [
        key
        for key in listed
        if isinstance(key, dict)
        and cast(dict[str, Any], key).get("kty") in ("RSA", "EC", "OKP")
        and cast(dict[str, Any], key).get("use", "sig") == "sig"
    ]
    try:
        return KeySet.import_key_set({"keys": fit})
    except (JoseError, ValueError, TypeError, KeyError):
        raise ProviderUnfit("the provider's keys cannot be read") from None


def _object(content: bytes, where: str) -> dict[str, Any]:
    try:
        said = json.loads(content)
    except (ValueError, RecursionError):
        raise ProviderUnfit(f"{where}: no JSON") from None
    if not isinstance(said, dict):
        raise ProviderUnfit(f"{where}: no JSON object")
    return cast(dict[str, Any], said)


def _keep(kept: OrderedDict[Any, Any], key: Any, value: Any) -> None:
    kept[key] = value
    kept.move_to_end(key)
    if len(kept) > MOST_KEPT:
        kept.popitem(last=False)

"""Signing in through a tenant's OpenID provider: there with PKCE, back with a code.

What a browser must bring back (state, nonce, verifier) is sealed in a cookie of its own, so that an
answer is good in the browser that asked alone, once, and for the tenant that it asked for.
"""

import base64
import binascii
import json
import secrets
import time
from dataclasses import asdict, dataclass
from hmac import compare_digest
from uuid import UUID

from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge

from server.access.id_tokens import claims_of, filled_up, kid_of, lacks, person_of
from server.access.openid import Client, Metadata, OpenIdProviders, ProviderAway, ProviderUnfit
from tenants import tenants
from tenants.database.connection import Pool, TenantConnection, tenant_transaction
from tenants.errors import Denied, DeskError, NotFound, Unavailable
from tenants.ids import new_id, parse_id
from tenants.keys.sealing import Sealer
from tenants.people import operators, provider_people, sign_in_providers
from tenants.people.operators import Operator
from tenants.people.provider_people import Person
from tenants.people.sign_in_providers import SignInProvider
from tenants.people.standing import spend_ticket

COOKIE = "frontdesk_sign_in"
COOKIE_PATH = "/v1/session"
SECONDS = 600  # from here to the provider and back
SCOPE = "openid email profile"
MOST_COOKIE_CHARS = 4_000
_SEALED_FOR = "openid-flow"


class Refused(Exception):
    """Nobody is signed in; `reason` may be shown, `why` is for the log."""

    def __init__(self, reason: str, why: str) -> None:
        super().__init__(f"{reason}: {why}")
        self.reason = reason
        self.why = why


@dataclass(frozen=True, slots=True)
class Flow:
    """What a browser keeps while it is at the provider."""

    flow_id: str
    tenant_id: str
    issuer: str
    client_id: str
    redirect_uri: str
    state: str
    nonce: str
    verifier: str
    ends: int


@dataclass(frozen=True, slots=True)
class Answer:
    """What the provider sends a browser back with."""

    state: str | None
    code: str | None
    error: str | None
    issuer: str | None


class ProviderSignIns:
    """Begins and ends sign-ins through tenants' providers."""

    def __init__(self, pool: Pool, providers: OpenIdProviders, *, sealer: Sealer) -> None:
        self._pool = pool
        self.providers = providers
        self.sealer = sealer

    async def begin(self, tenant_id: UUID, redirect_uri: str) -> tuple[str, str]:
        """Where to send the browser, and the cookie it keeps. Raises: NotFound, Unavailable."""
        async with tenant_transaction(self._pool, tenant_id) as conn:
            if (await tenants.get(conn)).status != "active":
                raise NotFound("nobody signs in here through a provider of the tenant's")
            provider = await sign_in_providers.get(conn)
        try:
            metadata = await self.providers.metadata(tenant_id, provider.issuer)
        except (ProviderAway, ProviderUnfit):
            raise Unavailable("the sign-in provider does not answer as it should") from None
        flow = Flow(
            str(new_id()),
            str(tenant_id),
            provider.issuer,
            provider.client_id,
            redirect_uri,
            state=secrets.token_urlsafe(32),
            nonce=secrets.token_urlsafe(32),
            verifier=secrets.token_urlsafe(48),
            ends=int(time.time()) + SECONDS,
        )
        return _address(metadata, flow), self._sealed(flow)

    async def finish(self, cookie: str | None, answer: Answer) -> tuple[UUID, Person]:
        """The tenant and the person whom its provider vouches for. Raises: Refused."""
        flow = self._opened(cookie)
        if not answer.state or not compare_digest(answer.state.encode(), flow.state.encode()):
            raise Refused("stale", "the state is not this browser's")
        tenant_id = UUID(flow.tenant_id)
        client, provider = await self._client(tenant_id, flow)
        try:
            metadata = await self.providers.metadata(tenant_id, flow.issuer)
            _check_issuer(answer, metadata)
            if answer.error or not answer.code:
                raise Refused("refused", "the provider signed nobody in")
            tokens = await self.providers.exchange(
                metadata,
                client,
                code=answer.code,
                verifier=flow.verifier,
                redirect_uri=flow.redirect_uri,
            )
            keys = await self.providers.keys(tenant_id, metadata, kid_of(tokens.id_token))
            claims = claims_of(
                tokens, keys, issuer=flow.issuer, client_id=flow.client_id, nonce=flow.nonce
            )
            if lacks(claims, group_claim=provider.group_claim):
                more = await self.providers.userinfo(metadata, tokens, subject=claims["sub"])
                claims = filled_up(claims, more)
        except ProviderUnfit as error:
            raise Refused("refused", str(error)) from None
        except ProviderAway as error:
            raise Refused("away", str(error)) from None
        person = person_of(
            claims,
            group_claim=provider.group_claim,
            trusts_addresses=provider.trusts_addresses,
        )
        if person is None:
            raise Refused("address", "no address that the provider has verified")
        return tenant_id, person

    async def operator_of(self, conn: TenantConnection, person: Person) -> Operator:
        """Who the person is here. Raises: Refused."""
        try:
            provider = await sign_in_providers.get(conn)
            found = await provider_people.operator_of(conn, provider, person)
            return await operators.get(conn, found.operator_id)
        except (Denied, DeskError) as error:
            raise Refused("unknown", str(error)) from None

    async def _client(self, tenant_id: UUID, flow: Flow) -> tuple[Client, SignInProvider]:
        """What the tenant is at the provider, unless it has changed; the flow is spent by it."""
        async with tenant_transaction(self._pool, tenant_id) as conn:
            if not await spend_ticket(conn, UUID(flow.flow_id), seconds=2 * SECONDS):
                raise Refused("stale", "the answer was used before")
            try:
                provider = await sign_in_providers.get(conn)
                secret = await sign_in_providers.secret_of(conn, sealer=self.sealer)
            except DeskError as error:
                raise Refused("stale", str(error)) from None
        if (provider.issuer, provider.client_id) != (flow.issuer, flow.client_id):
            raise Refused("stale", "the tenant has another provider now")
        return Client(provider.client_id, secret), provider

    def _sealed(self, flow: Flow) -> str:
        sealed = self.sealer.seal(json.dumps(asdict(flow)), bound_to=_SEALED_FOR)
        return base64.urlsafe_b64encode(sealed).decode()

    def _opened(self, cookie: str | None) -> Flow:
        if not cookie or len(cookie) > MOST_COOKIE_CHARS:
            raise Refused("stale", "no sign-in was begun in this browser")
        try:
            sealed = base64.urlsafe_b64decode(cookie.encode())
            flow = Flow(**json.loads(self.sealer.open(sealed, bound_to=_SEALED_FOR)))
        except (Unavailable, ValueError, TypeError, binascii.Error, UnicodeError):
            raise Refused("stale", "the cookie is not one of ours") from None
        if flow.ends < time.time() or parse_id(flow.tenant_id) is None:
            raise Refused("stale", "the sign-in was begun long ago")
        return flow


def _address(metadata: Metadata, flow: Flow) -> str:
    """Where the browser goes to sign in."""
    return prepare_grant_uri(
        metadata.authorization_endpoint,
        client_id=flow.client_id,
        response_type="code",
        redirect_uri=flow.redirect_uri,
        scope=SCOPE,
        state=flow.state,
        nonce=flow.nonce,
        code_challenge=create_s256_code_challenge(flow.verifier),
        code_challenge_method="S256",
    )


def _check_issuer(answer: Answer, metadata: Metadata) -> None:
    """That the answer comes from the provider that was asked (RFC 9207). Raises: Refused."""
    if answer.issuer is None and not metadata.names_itself:
        return
    if answer.issuer != metadata.issuer:
        raise Refused("refused", "another provider has answered")

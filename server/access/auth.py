"""Who is calling, and may they: platform key, API keys with scopes, contacts' short-lived tokens,
operators' sessions.

Everything secret is derived from the master key, each for one purpose, so that one leaked
derivation opens nothing else.
"""

import asyncio
import hashlib
import hmac
import time
from collections import OrderedDict
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from fastapi import Depends
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from starlette.requests import HTTPConnection

from server.access.auditing import acting
from server.access.callers import Caller, operator_caller
from server.access.contact_tokens import ContactTokens
from server.access.origins import is_own
from server.access.sign_in_links import read_session
from server.admitting.fair_loop import time_is_of
from server.admitting.limits import Limiter, count_address
from server.errors import OriginDenied
from tenants import tenants
from tenants.database.connection import Pool, tenant_transaction
from tenants.errors import Denied, NotFound, Suspended, Unauthenticated
from tenants.keys.secrets import pepper
from tenants.people import operator_sessions
from tenants.people.credentials import KeyPlace, api_key_at, find_api_key

CACHE_SECONDS = 1.0  # a revoked key is refused after this long at the latest
SETTLING_SECONDS = 0.1  # from a process's look at the database to its note of what it saw
CACHE_ENTRIES = 20_000
SESSION_COOKIE = "frontdesk_session"
_LOOKING = ("GET", "HEAD", "OPTIONS")

bearer = HTTPBearer(
    auto_error=False,
    scheme_name="bearer",
    description="A platform key, an API key `fd_…`, or a contact's token from a widget session.",
)


class Credentials:
    """Turns what a caller shows into a `Caller`, remembering good keys for a second."""

    def __init__(self, pool: Pool, *, platform_key: str, master_key: bytes) -> None:
        self._pool = pool
        self._platform_key = platform_key.encode()
        self.master_key = master_key
        self.tokens = ContactTokens(master_key)
        self.pepper = pepper(master_key)
        self._known: OrderedDict[bytes, tuple[float, Caller]] = OrderedDict()
        self._active: dict[UUID, float] = {}

    async def caller_of(self, secret: str) -> Caller:
        """Whose secret this is; from here on the task's time is their tenant's.

        Raises: Unauthenticated, Suspended.
        """
        if hmac.compare_digest(secret.encode(), self._platform_key):
            caller = Caller("platform", "platform", "platform")
        elif secret.count(".") == 2:
            caller = await self._contact(secret)
        else:
            caller = await self._api_key(secret)
        time_is_of(caller.tenant)
        return caller

    async def operator_of(self, session: str) -> Caller:
        """Who is signed in with this cookie, with the role they have now; as `caller_of`."""
        caller = await self._signed_in(session)
        time_is_of(caller.tenant)
        return caller

    async def _signed_in(self, session: str) -> Caller:
        digest = hashlib.sha256(session.encode()).digest()
        until, known = self._known.get(digest, (0.0, None))
        if known is not None and until > time.monotonic():
            return known
        signed_in = read_session(self.master_key, session)
        async with tenant_transaction(self._pool, signed_in.tenant_id) as conn:
            standing = await operator_sessions.standing(conn, signed_in.token_id)
        if standing is None or standing.operator_id != signed_in.operator_id:
            raise Unauthenticated("the session has ended; sign in again")
        if standing.tenant_status != "active":
            raise Suspended("the tenant is suspended")
        caller = operator_caller(
            signed_in.tenant_id,
            standing.operator_id,
            standing.role,
            may_write_knowledge=standing.may_write_knowledge,
            session_id=signed_in.token_id,
            must_enrol=standing.must_enrol,
        )
        self._remember(digest, caller)
        return caller

    def _remember(
        self, digest: bytes, caller: Caller, *, expires_at: datetime | None = None
    ) -> None:
        seconds = CACHE_SECONDS
        if expires_at is not None:
            seconds = min(seconds, (expires_at - datetime.now(UTC)).total_seconds())
        self._known[digest] = (time.monotonic() + seconds, caller)
        if len(self._known) > CACHE_ENTRIES:
            self._known.popitem(last=False)

    async def _api_key(self, secret: str) -> Caller:
        digest = hashlib.sha256(secret.encode()).digest()
        until, known = self._known.get(digest, (0.0, None))
        if known is not None and until > time.monotonic():
            return known
        if known is not None and known.kind == "api_key" and known.tenant is not None:
            found = await api_key_at(self._pool, KeyPlace(known.tenant, UUID(known.id)))
        else:
            found = await find_api_key(self._pool, secret, pepper=self.pepper)
        if found is None:
            self._known.pop(digest, None)
            raise Unauthenticated("this API key is unknown or revoked")
        if found.tenant_status != "active":
            raise Suspended("the tenant of this key is suspended")
        key_id = str(found.credential_id)
        caller = Caller("api_key", key_id, key_id, found.tenant_id, found.scopes)
        self._remember(digest, caller, expires_at=found.expires_at)
        return caller

    def forget_key(self, api_key_id: UUID) -> None:
        """Ask the database again for this key from now on, in this process."""
        self._forget(lambda caller: caller.id == str(api_key_id))

    def forget_operator(self, operator_id: UUID) -> None:
        """Ask the database again for this operator's sessions from now on, in this process."""
        self._forget(lambda caller: caller.id == str(operator_id))

    async def settled(self) -> None:
        """Return when no process of this server takes what the database no longer holds good."""
        await asyncio.sleep(CACHE_SECONDS + SETTLING_SECONDS)

    def forget_tenant(self, tenant_id: UUID) -> None:
        """Ask the database again for every key of a tenant from now on, in this process."""
        self._forget(lambda caller: caller.tenant == tenant_id)
        self._active.pop(tenant_id, None)

    def _forget(self, meant: Callable[[Caller], bool]) -> None:
        for digest in [d for d, (_, caller) in self._known.items() if meant(caller)]:
            del self._known[digest]

    async def _contact(self, token: str) -> Caller:
        caller = self.tokens.caller(token)
        await self._check_active(caller.tenant_id)
        return caller

    async def _check_active(self, tenant_id: UUID) -> None:
        if self._active.get(tenant_id, 0.0) > time.monotonic():
            return
        try:
            async with tenant_transaction(self._pool, tenant_id) as conn:
                status = (await tenants.get(conn)).status
        except NotFound:
            raise Unauthenticated("the contact's token is not valid") from None
        if status != "active":
            raise Suspended("the tenant is suspended")
        if len(self._active) > CACHE_ENTRIES:
            self._active.clear()
        self._active[tenant_id] = time.monotonic() + CACHE_SECONDS


async def acting_signed_in(connection: HTTPConnection) -> Caller:
    """The operator of the session's cookie, who acts. Raises: as `signed_in`."""
    caller = await signed_in(connection)
    acting(connection, caller)
    return caller


async def signed_in(connection: HTTPConnection) -> Caller:
    """The operator of the session's cookie. Raises: Unauthenticated, OriginDenied, Suspended."""
    session = connection.cookies.get(SESSION_COOKIE)
    if session is None:
        raise Unauthenticated("send `Authorization: Bearer <key>`")
    if connection.scope.get("method") not in _LOOKING:
        check_same_page(connection)
    return await connection.app.state.resources.credentials.operator_of(session)


def check_same_page(connection: HTTPConnection) -> None:
    """Raises: OriginDenied where another page than ours sends a browser here."""
    if not is_own(connection.headers.get("origin", ""), connection.headers.get("host", "")):
        raise OriginDenied("only the console's own pages may do this with a session")


class Needs:
    """A dependency that lets through callers with one scope, counted against their rate."""

    def __init__(self, scope: str, *, contact: bool = False) -> None:
        self.scope = scope
        self.contact = contact

    async def __call__(
        self,
        connection: HTTPConnection,
        shown: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)],
    ) -> Caller:
        if connection.client is not None:
            addresses: Limiter = connection.app.state.resources.address_limiter
            await count_address(addresses, connection.client.host)
        credentials: Credentials = connection.app.state.resources.credentials
        if shown is not None:
            caller = await credentials.caller_of(shown.credentials)
        else:
            caller = await signed_in(connection)
        limiter: Limiter = connection.app.state.resources.request_limiter
        await limiter.take(caller.key)
        caller.check_enrolled()
        self.check(caller)
        if connection.scope.get("method") not in _LOOKING:
            self.check_change(caller)
        acting(connection, caller)
        return caller

    def check_change(self, caller: Caller) -> None:
        """Raises: Denied where an operator's role may look but not change."""
        if caller.changes is not None and self.scope not in caller.changes:
            raise Denied("your role may look at this but not change it", scope=self.scope)

    def check(self, caller: Caller) -> None:
        """Raises: Denied where the caller lacks the scope."""
        if self.scope == "platform":
            if caller.kind != "platform":
                raise Denied("only the platform's owner may do this")
            return
        if caller.kind == "platform":
            raise Denied("this call needs a tenant's API key, not the platform key")
        if caller.kind == "contact" and not self.contact:
            raise Denied("a contact's token may not do this")
        if self.scope not in caller.scopes:
            raise Denied(f"the key lacks the scope `{self.scope}`", scope=self.scope)


class NeedsLook(Needs):
    """Lets through who may look, whatever the method: the call itself changes nothing."""

    def check_change(self, caller: Caller) -> None:
        """Nothing is changed."""


class NeedsAny(Needs):
    """Lets through callers with one scope of several; each thing that they do then needs its own."""

    def __init__(self, *scopes: str) -> None:
        super().__init__(" or ".join(scopes))
        self.scopes = frozenset(scopes)

    def check(self, caller: Caller) -> None:
        """Raises: Denied where the caller has none of the scopes."""
        if caller.kind == "platform":
            raise Denied("this call needs a tenant's API key, not the platform key")
        if caller.kind == "contact":
            raise Denied("a contact's token may not do this")
        if not self.scopes & caller.scopes:
            raise Denied(f"the key lacks the scope {self.scope}", scope=self.scope)

    def check_change(self, caller: Caller) -> None:
        """Raises: Denied where an operator's role may look but not change."""
        if caller.changes is not None and not self.scopes & caller.changes:
            raise Denied("your role may look at this but not change it", scope=self.scope)


class NeedsSelfOrAdmin(Needs):
    """Lets through operators for what is their own, and who has the scope `admin`.

    The route says whose it is: `Caller.check_self_or_admin`.
    """

    def __init__(self) -> None:
        super().__init__("admin")

    def check(self, caller: Caller) -> None:
        """Raises: Denied where the caller is no operator and lacks the scope."""
        if caller.kind != "operator":
            super().check(caller)

    def check_change(self, caller: Caller) -> None:
        """What is one's own may be changed in any role."""


PlatformDep = Annotated[Caller, Depends(Needs("platform"))]
AdminDep = Annotated[Caller, Depends(Needs("admin"))]
SelfOrAdminDep = Annotated[Caller, Depends(NeedsSelfOrAdmin())]
AssistantsDep = Annotated[Caller, Depends(Needs("assistants"))]
KnowledgeDep = Annotated[Caller, Depends(Needs("knowledge"))]
ConversationsDep = Annotated[Caller, Depends(Needs("conversations"))]
LookDep = Annotated[Caller, Depends(NeedsLook("conversations", contact=True))]
TalkDep = Annotated[Caller, Depends(Needs("conversations", contact=True))]
HandoffsDep = Annotated[Caller, Depends(Needs("handoffs"))]
SignedInDep = Annotated[Caller, Depends(acting_signed_in)]
AnalyticsDep = Annotated[Caller, Depends(Needs("analytics"))]

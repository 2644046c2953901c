"""Who calls, and what each role of an operator may do."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from tenants.actors import Actor
from tenants.errors import Denied, NotFound, SecondFactorRequired

CallerKind = Literal["platform", "api_key", "contact", "operator"]
_LOOKING = frozenset({"conversations", "knowledge", "handoffs", "assistants", "analytics"})
_ANSWERING = frozenset({"handoffs"})


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody who showed a good credential; `key` names their rate bucket.

    An operator may look with all `scopes`, and change things with those in `changes` alone.
    """

    kind: CallerKind
    id: str
    key: str
    tenant: UUID | None = None
    scopes: frozenset[str] = frozenset()
    contact_id: UUID | None = None
    assistant_id: UUID | None = None
    changes: frozenset[str] | None = None  # None: the same as `scopes`
    role: str | None = None  # of an operator
    session_id: UUID | None = None  # of an operator who is signed in
    ends_at: datetime | None = None  # of a contact's token
    must_enrol: bool = False  # an operator, a second factor

    @property
    def tenant_id(self) -> UUID:
        """The tenant they act in. Raises: Denied for the platform owner, who acts in none."""
        if self.tenant is None:
            raise Denied("this call needs a tenant's API key, not the platform key")
        return self.tenant

    @property
    def actor(self) -> Actor:
        """The caller as rows and events name them."""
        return Actor(self.kind, self.id)

    @property
    def operator_id(self) -> UUID:
        """The operator who is signed in. Raises: Denied for everybody else."""
        if self.kind != "operator":
            raise Denied("only an operator who is signed in may do this")
        return UUID(self.id)

    def check_enrolled(self) -> None:
        """Raises: SecondFactorRequired where an operator must enrol before they do anything."""
        if self.must_enrol:
            raise SecondFactorRequired("your company asks for a second factor: enrol one first")

    def check_may_make(self, *roles: str) -> None:
        """Raises: Denied where an operator who is no owner would make, change or end an owner."""
        if self.kind == "operator" and self.role != "owner" and "owner" in roles:
            raise Denied("only an owner may do this to an owner, or make one")

    def check_self_or_admin(self, operator_id: UUID) -> None:
        """Raises: Denied where the caller is neither this operator nor an administrator."""
        if self.kind == "operator" and self.id == str(operator_id):
            return
        if "admin" not in self.scopes:
            raise Denied("only the operator or an administrator may do this", scope="admin")

    def check_own(self, contact_id: UUID, *, origin: str) -> None:
        """Let a contact see their own only, and no fork of it. Raises: NotFound."""
        if self.kind == "contact" and (contact_id != self.contact_id or origin == "fork"):
            raise NotFound("no such conversation")


def operator_caller(
    tenant_id: UUID,
    operator_id: UUID,
    role: str,
    *,
    may_write_knowledge: bool,
    session_id: UUID | None = None,
    must_enrol: bool = False,
) -> Caller:
    """An operator who is signed in; owners and admins may all that a key may."""
    scopes, changes = _LOOKING, frozenset[str]()
    if role in ("owner", "admin"):
        scopes = changes = _LOOKING | {"admin"}
    elif role == "operator":
        changes = _ANSWERING | ({"knowledge"} if may_write_knowledge else frozenset[str]())
    return Caller(
        "operator",
        str(operator_id),
        f"operator:{operator_id}",
        tenant_id,
        scopes,
        changes=changes,
        role=role,
        session_id=session_id,
        must_enrol=must_enrol,
    )

"""In whose name an operator's call is made: a named operator's, or the API key's own."""

from dataclasses import dataclass
from uuid import UUID

from server.auth import Caller
from tenants import operators
from tenants.actors import Actor
from tenants.connection import TenantConnection
from tenants.errors import Denied


@dataclass(frozen=True, slots=True)
class Acting:
    actor: Actor
    name: str
    may_write_knowledge: bool


async def acting(conn: TenantConnection, caller: Caller, operator_id: UUID | None) -> Acting:
    """The operator a key acts for, or the key itself with its scopes. Raises: NotFound, Denied."""
    if operator_id is None:
        return Acting(caller.actor, "Operator", "knowledge" in caller.scopes)
    operator = await operators.get(conn, operator_id)
    if not operator.may_answer:
        raise Denied("this operator may look on but not answer")
    actor = Actor("operator", str(operator.operator_id))
    return Acting(actor, operator.name, operator.may_write_knowledge)

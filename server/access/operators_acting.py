"""In whose name an operator's call is made: a named operator's, or the API key's own."""

from dataclasses import dataclass
from uuid import UUID

from server.access.callers import Caller
from tenants.actors import Actor
from tenants.database.connection import TenantConnection
from tenants.errors import Denied
from tenants.people import operators


@dataclass(frozen=True, slots=True)
class Acting:
    actor: Actor
    name: str
    may_write_knowledge: bool


async def acting(conn: TenantConnection, caller: Caller, operator_id: UUID | None) -> Acting:
    """Who is signed in, the operator a key acts for, or the key itself. Raises: NotFound, Denied."""
    if caller.kind == "operator":
        if operator_id not in (None, UUID(caller.id)):
            raise Denied("an operator acts for nobody else")
        operator_id = UUID(caller.id)
    if operator_id is None:
        return Acting(caller.actor, "Operator", "knowledge" in caller.scopes)
    operator = await operators.get(conn, operator_id)
    if not operator.may_answer:
        raise Denied("this operator may look on but not answer")
    actor = Actor("operator", str(operator.operator_id))
    return Acting(actor, operator.name, operator.may_write_knowledge)

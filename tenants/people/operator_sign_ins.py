"""Sign-in links that were used: each is good once."""

from uuid import UUID

from tenants.database.connection import TenantConnection


async def spend(conn: TenantConnection, link_id: UUID, operator_id: UUID) -> bool:
    """Whether the link was good until now; it is spent from here on."""
    spent = await conn.execute(
        """
        insert into operator_sign_ins (tenant_id, link_id, operator_id)
        values (%(tenant_id)s, %(link_id)s, %(operator_id)s)
        on conflict do nothing
        """,
        {"link_id": link_id, "operator_id": operator_id},
    )
    return spent.rowcount == 1

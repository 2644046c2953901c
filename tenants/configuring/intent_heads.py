"""What was learnt from an assistant's intent labels, and the number that says they have changed."""

from dataclasses import dataclass
from uuid import UUID

from tenants.database.connection import TenantConnection


@dataclass(frozen=True, slots=True)
class Head:
    """The labels' revision, and what was learnt from it (or an earlier one) by which model."""

    revision: int
    learnt_revision: int | None
    learnt_model: str | None
    learnt: bytes | None

    def is_learnt(self, model: str) -> bool:
        """Whether what was learnt is of the labels as they stand, and of this embedding model."""
        return self.learnt_revision == self.revision and self.learnt_model == model


@dataclass(frozen=True, slots=True)
class _Number:
    number: int


async def revision(conn: TenantConnection, assistant_id: UUID) -> int:
    """A number that changes with the labels; 0 where there never was one."""
    found = await conn.row(
        _Number,
        """
        select revision as number
          from intent_label_heads
         where tenant_id = %(tenant_id)s
           and assistant_id = %(assistant_id)s
        """,
        {"assistant_id": assistant_id},
    )
    return found.number if found else 0


async def get(conn: TenantConnection, assistant_id: UUID) -> Head | None:
    """What is stored; None where there never was a label."""
    return await conn.row(
        Head,
        """
        select revision, learnt_revision, learnt_model, learnt
          from intent_label_heads
         where tenant_id = %(tenant_id)s
           and assistant_id = %(assistant_id)s
        """,
        {"assistant_id": assistant_id},
    )


async def keep(
    conn: TenantConnection, assistant_id: UUID, *, revision: int, model: str, learnt: bytes
) -> None:
    """Store what was learnt from a revision, unless a later one was learnt meanwhile."""
    await conn.execute(
        """
        update intent_label_heads
           set learnt_revision = %(learnt_revision)s,
               learnt_model = %(model)s,
               learnt = %(learnt)s
         where tenant_id = %(tenant_id)s
           and assistant_id = %(assistant_id)s
           and coalesce(learnt_revision, 0) <= %(learnt_revision)s
        """,
        {
            "assistant_id": assistant_id,
            "learnt_revision": revision,
            "model": model,
            "learnt": learnt,
        },
    )


async def hold(conn: TenantConnection, assistant_id: UUID) -> None:
    """Keep others from changing the assistant's labels until this transaction ends."""
    await conn.execute(
        """
        select pg_advisory_xact_lock(
                   hashtextextended('labels:' || %(tenant_id)s || ':' || %(assistant_id)s, 0)
               )
        """,
        {"assistant_id": str(assistant_id)},
    )


async def changed(
    conn: TenantConnection, assistant_id: UUID, *, same_examples: bool = False
) -> None:
    """Say that the labels are others now; what was learnt holds on while the examples do."""
    await conn.execute(
        """
        insert into intent_label_heads (tenant_id, assistant_id, revision)
        values (%(tenant_id)s, %(assistant_id)s, 1)
            on conflict (tenant_id, assistant_id)
            do update set revision = intent_label_heads.revision + 1,
                          learnt_revision = case
                              when %(same_examples)s
                               and intent_label_heads.learnt_revision = intent_label_heads.revision
                              then intent_label_heads.revision + 1
                              else intent_label_heads.learnt_revision
                          end
        """,
        {"assistant_id": assistant_id, "same_examples": same_examples},
    )

"""How the assistant decides, in numbers: of one turn, and of a tenant over days."""

from typing import Any
from uuid import UUID

from tenants.database.connection import TenantConnection


async def of_turn(conn: TenantConnection, turn_id: UUID) -> dict[str, Any]:
    """Decision, reason, rule, sentiment, recoveries of a turn, whether asking back helped, how many
    sentences were withheld, the version of the prompts, and what it took: models, tokens, cost, time.
    """
    found = await conn.dicts(
        """
        select decision, reason, rule, sentiment, recoveries, clarification_helped,
               withheld_sentences, prompt_version, channel, language, models, input_tokens,
               output_tokens, cost_usd::text as cost_usd, first_token_ms, total_ms, knowledge_hit,
               feature_variants
          from turns
         where tenant_id = %(tenant_id)s
           and turn_id = %(turn_id)s
        """,
        {"turn_id": turn_id},
    )
    return found[0] if found else {}


async def of_days(conn: TenantConnection, *, days: int) -> dict[str, Any]:
    """Counts over the last days: decisions with their reasons, questions asked back, outcomes."""
    named = {"days": days}
    decisions = await conn.dicts(
        """
        select decision, reason, rule, count(*)::int as turns
          from turns
         where tenant_id = %(tenant_id)s
           and kind = 'message'
           and decision is not null
           and created_at >= now() - make_interval(days => %(days)s)
         group by 1, 2, 3
         order by 4 desc, 1, 2, 3
         limit 200
        """,
        named,
    )
    asked = await conn.dicts(
        """
        select count(*)::int as asked,
               count(*) filter (where clarification_helped)::int as helped,
               count(*) filter (where not clarification_helped)::int as in_vain,
               count(*) filter (where clarification_helped is null)::int as not_replied
          from turns
         where tenant_id = %(tenant_id)s
           and decision = 'clarify'
           and created_at >= now() - make_interval(days => %(days)s)
        """,
        named,
    )
    return {
        "decisions": decisions,
        "clarifications": asked[0],
        "withheld": await _counts_of_withheld(conn, days),
        "recoveries": await _counts_of_recoveries(conn, days),
        "sentiments": await _counts_of_sentiments(conn, days),
        "outcomes": await _counts_of_outcomes(conn, days),
    }


async def _counts_of_withheld(conn: TenantConnection, days: int) -> dict[str, int]:
    """Sentences that no passage said, and in how many turns they were written."""
    [found] = await conn.dicts(
        """
        select coalesce(sum(withheld_sentences), 0)::int as sentences,
               count(*) filter (where withheld_sentences > 0)::int as turns
          from turns
         where tenant_id = %(tenant_id)s
           and created_at >= now() - make_interval(days => %(days)s)
        """,
        {"days": days},
    )
    return {"sentences": int(found["sentences"]), "turns": int(found["turns"])}


async def _counts_of_recoveries(conn: TenantConnection, days: int) -> dict[str, int]:
    return _counted(
        await conn.dicts(
            """
            select r.word as name, count(*)::int as n
              from turns t
             cross join unnest(t.recoveries) as r (word)
             where t.tenant_id = %(tenant_id)s
               and t.created_at >= now() - make_interval(days => %(days)s)
             group by 1
             order by 1
            """,
            {"days": days},
        )
    )


async def _counts_of_sentiments(conn: TenantConnection, days: int) -> dict[str, int]:
    return _counted(
        await conn.dicts(
            """
            select sentiment as name, count(*)::int as n
              from turns
             where tenant_id = %(tenant_id)s
               and sentiment is not null
               and created_at >= now() - make_interval(days => %(days)s)
             group by 1
             order by 1
            """,
            {"days": days},
        )
    )


async def _counts_of_outcomes(conn: TenantConnection, days: int) -> dict[str, int]:
    return _counted(
        await conn.dicts(
            """
            select outcome as name, count(*)::int as n
              from conversation_outcomes
             where tenant_id = %(tenant_id)s
               and created_at >= now() - make_interval(days => %(days)s)
             group by 1
             order by 1
            """,
            {"days": days},
        )
    )


def _counted(rows: list[dict[str, Any]]) -> dict[str, int]:
    return {str(row["name"]): int(row["n"]) for row in rows}

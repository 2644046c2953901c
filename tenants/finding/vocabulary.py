"""The words that a tenant's knowledge is written in, with how often each stands there."""

from uuid import UUID

from tenants.database.connection import TenantConnection

MAX_PASSAGES = 5_000
MAX_WORDS = 20_000
MAX_PASSAGE_CHARS = 4_000


async def words(
    conn: TenantConnection, knowledge_base_id: UUID, version: int | None = None
) -> dict[str, int]:
    """Lower-case words of one version (the live one by default), the most frequent first."""
    cursor = await conn.execute(
        """
        with seen as (
            select left(concat_ws(' ', t.title, t.question, t.body), %(chars)s) as text
              from knowledge_bases b
              join chunks c
                on c.tenant_id = %(tenant_id)s
               and c.knowledge_base_id = b.knowledge_base_id
               and c.space = b.space
               and c.v_from <= coalesce(%(version)s::int, b.live)
               and c.v_to > coalesce(%(version)s::int, b.live)
               and c.active
              join chunk_texts t
                on t.tenant_id = %(tenant_id)s
               and t.knowledge_base_id = c.knowledge_base_id
               and t.chunk_id = c.chunk_id
             where b.tenant_id = %(tenant_id)s
               and b.knowledge_base_id = %(knowledge_base_id)s
               and b.archived_at is null
             order by c.chunk_id desc
             limit %(passages)s
        )
        select lower(found[1]) as word, count(*)
          from seen, regexp_matches(text, '[[:alpha:]]{3,30}', 'g') as found
         group by word
         order by count(*) desc, word
         limit %(words)s
        """,
        {
            "knowledge_base_id": knowledge_base_id,
            "version": version,
            "passages": MAX_PASSAGES,
            "chars": MAX_PASSAGE_CHARS,
            "words": MAX_WORDS,
        },
    )
    return dict(await cursor.fetchall())

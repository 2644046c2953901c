"""A resolved handoff judges what the assistant knew: did a passage say what the operator said?"""

from graphs.deciding.operator_verdicts import knew
from tenants.database.connection import TenantConnection
from tenants.desk.handoffs import Handoff, Resolution
from tenants.finding import search
from tenants.lessons import verdicts
from tenants.transcripts.blocks import text_of


async def judge(conn: TenantConnection, handoff: Handoff, resolution: Resolution) -> None:
    """Keep the operator's verdict on the questions left open, where their reply gives one."""
    if resolution.reply is None:
        return
    tried = [str(one["passage_id"]) for one in handoff.details.get("passages") or []]
    is_right = knew(text_of(resolution.reply), await search.read_passages(conn, tried))
    if is_right is not None:
        await verdicts.of_turn(
            conn,
            handoff.conversation_id,
            handoff.turn_id,
            "operator",
            is_right=is_right,
            shown=False,
        )

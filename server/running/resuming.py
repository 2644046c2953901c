"""What a turn that resumes a handoff, or tells an action's outcome, goes on from."""

from langchain_core.messages import AIMessage, AnyMessage, HumanMessage

from graphs.acting.action_outcomes import ActionOutcome
from graphs.run import TakenUp
from graphs.support import GRAPH_VERSION
from graphs.without_graph import is_of_no_graph
from tenants.database.connection import TenantConnection
from tenants.desk import handoffs
from tenants.outside import actions
from tenants.running import turns
from tenants.transcripts import messages
from tenants.transcripts.conversations import Conversation


async def graph_version(conn: TenantConnection, turn: turns.Turn) -> str:
    """Today's, or the one under which the conversation stopped to wait."""
    if turn.handoff_id is None:
        return GRAPH_VERSION
    handoff = await handoffs.get(conn, turn.handoff_id)
    stopped = await turns.get(conn, handoff.turn_id)
    return stopped.graph_version or GRAPH_VERSION


async def taken_up(conn: TenantConnection, turn: turns.Turn) -> TakenUp | None:
    """The handoff that the turn resumes, where no graph opened it."""
    if turn.handoff_id is None:
        return None
    handoff = await handoffs.get(conn, turn.handoff_id)
    if not is_of_no_graph(handoff.interrupt_id):
        return None
    folder = handoff.details
    asked = await messages.of_turn(conn, handoff.turn_id)
    said: list[AnyMessage] = [HumanMessage(m.text, id=str(m.message_id)) for m in asked]
    if replied := folder.get("replied"):
        said.append(AIMessage(replied["text"], id=replied["message_id"]))
    return TakenUp(folder, said)


async def action_outcome(
    conn: TenantConnection, turn: turns.Turn, conversation: Conversation
) -> ActionOutcome | None:
    """The action that the turn tells of, as it stands now."""
    if turn.kind != "action_outcome":
        return None
    found = await actions.list_page(conn, limit=1, outcome_turn_id=turn.turn_id, asks_nobody=True)
    if not found:
        return None
    waits = conversation.status == "waiting_for_operator"
    return ActionOutcome.of(found[0], language=conversation.language or "", is_waiting=waits)

"""The conversation's state: plain data, bounded, what a checkpoint holds.

`resolutions` belong to one turn: a result of another turn replaces them all. Keys are only ever
added and read with a default; a renamed key would be lost on the conversations that wait.
"""

from typing import Annotated, Any, Literal, NotRequired, TypedDict

from langchain_core.messages import AnyMessage
from langgraph.graph.message import add_messages

from tenants.running.budgets import Stage

StateUpdate = dict[str, Any]
Action = Literal["deliver", "clarify", "offer", "hand_off"]
Reason = Literal[
    "contact_asked",
    "not_in_knowledge",
    "low_confidence",
    "repeated_low_confidence",
    "sensitive_topic",
    "policy",
    "tool_failed",
    "identity_needed",
    "budget",
    "model_unavailable",
    "deadline",
    "unknown_version",
    "unsafe_input",
]


class Intent(TypedDict):
    """One thing the contact wants: in their words, and resolved so that it stands alone."""

    index: int
    text: str
    query: str
    read: NotRequired[str]  # their words with slips of the pen mended, where there are some


class Citation(TypedDict):
    """The passage that sentences lean on; every line of `quote` stands in it word for word."""

    passage_id: str
    document_id: str
    title: str
    quote: str


class UsageEntry(TypedDict):
    """One model call's tokens; cost is in millionths of a dollar."""

    node: str
    model: str
    input_tokens: int
    output_tokens: int
    cached_tokens: int
    cost_microusd: int
    price_version: NotRequired[str]
    intent_index: NotRequired[int]  # of the intent that it was for
    intent_label: NotRequired[str]
    is_estimated: NotRequired[bool]  # tokens counted by us, or a price that no table has
    stage: NotRequired[Stage]  # how far the tenant's budget was spent
    call_id: NotRequired[str]  # under which the call was granted


class Tried(TypedDict):
    """A passage that was found, as the operator sees it; `topic` says in a line what it is about."""

    passage_id: str
    title: str
    score: float
    topic: NotRequired[str]


class Bound(TypedDict):
    """What of the tenant's settings holds for one request: see `graphs/writing/conditions.py`."""

    forbidden: dict[str, Any] | None  # in the form of a label's action, with the `topic`
    guidance: list[str]
    disclaimers: list[str]


class Resolution(TypedDict):
    """What came of one intent. `answer` is what was shown; empty means that nothing was."""

    turn_id: str
    index: int
    text: str
    query: str
    status: Literal["answered", "unsure", "unanswered"]
    answer: str
    sentences: list[str]  # the answer as it was shown, each with the white space that leads it
    draft: str
    confidence: float
    citations: list[Citation]
    passages: list[Tried]
    reason: str | None
    usage: list[UsageEntry]
    features: dict[str, float]  # what the confidence was made of
    label: NotRequired[dict[str, Any] | None]  # the tenant's own, graphs.ports.RequestLabel
    bound: NotRequired[Bound | None]
    withheld_sentences: NotRequired[int]  # written and not shown: no passage says them
    curated: NotRequired[bool]  # a published pair's answer, word for word
    tools: NotRequired[
        list[dict[str, Any]]
    ]  # what was called for it, graphs.acting.tool_calls.summary
    blocks: NotRequired[list[dict[str, Any]]]  # shown below the answer
    proposed: NotRequired[list[dict[str, Any]]]  # effects, graphs.acting.proposing
    asks: NotRequired[dict[str, Any]]  # what must be known before one is proposed
    viewed: NotRequired[list[dict[str, str]]]  # records it told of, graphs.acting.viewed.Viewed


class Curated(TypedDict):
    """A published pair asks the same: how alike the questions are, and how many of the passages, from
    the first on, are its answer.
    """

    similarity: float
    passages: int


class Screened(TypedDict):
    """What the first look at the input said."""

    text: str
    language: str
    wants_person: bool
    accepts_offer: bool
    reminds: bool
    unsafe: bool
    small_talk: str
    suspicion: NotRequired[float]  # how likely the text gives orders to the machine
    paused: NotRequired[bool]  # the turn before lies further back than the assistant's pause
    action_id: NotRequired[str]  # of the button that was clicked


class OpenRequest(TypedDict):
    """What nobody has answered yet, why not, and what an operator `said` to it, if one did."""

    text: str
    query: str
    turn_id: str
    why: str
    status: Literal["open", "with_operator", "answered_by_operator"]
    said: str


class Topic(TypedDict):
    """One thing that was spoken about: in the contact's words, and as it is searched."""

    text: str
    query: str


class LeadButton(TypedDict):
    """A choice below our words; a click comes back with the `action_id`."""

    action_id: str
    label: str


class Lead(TypedDict):
    """What we say before the answers, or `alone`, where it is the whole reply."""

    text: str
    alone: bool
    buttons: list[LeadButton]


class Spelt(TypedDict):
    """Slips mended in what is searched ("retrun → return"), and the request as it may be meant."""

    mended: list[str]
    doubt: Topic | dict[str, Any]


class Decision(TypedDict):
    """What `compose` decided, with its reason from the closed list, and the tenant's rule, if one did."""

    action: Action
    reason: str | None
    confidence: float | None
    rule: NotRequired[str | None]
    priority: NotRequired[bool]


class Reply(TypedDict):
    """The assistant's words of this turn; `message_id` is the transcript's."""

    turn_id: str
    message_id: str
    text: str
    citations: list[Citation]
    buttons: NotRequired[list[LeadButton]]
    blocks: NotRequired[list[dict[str, Any]]]  # cards below the words


class SummaryLine(TypedDict):
    """One line of the running summary, and the transcript's message that it tells of."""

    message_id: str
    text: str


class Offered(TypedDict):
    """A topic for which a person was offered, by its words; not offered again."""

    terms: list[str]
    declined: bool


class AskedBack(TypedDict):
    """What we asked back in the last turn: what for, and what could be chosen."""

    text: str
    query: str
    choices: list[str]


class SaidByOperator(TypedDict):
    """What an operator told this contact, with what it answers; known in this conversation alone."""

    message_id: str
    asked: str
    text: str


def keep_one_turn(
    old: dict[str, Resolution] | None, new: dict[str, Resolution] | None
) -> dict[str, Resolution]:
    """The resolutions of the newest turn, keyed by intent index."""
    if not new:
        return old or {}
    turn_id = next(iter(new.values()))["turn_id"]
    kept = {k: r for k, r in (old or {}).items() if r["turn_id"] == turn_id}
    return kept | new


class TurnInput(TypedDict, total=False):
    """What starts a turn; Studio gives the messages alone."""

    messages: Annotated[list[AnyMessage], add_messages]
    turn_id: str


class ConversationState(TypedDict):
    """A conversation between turns: the last messages, a summary, and the turn under way.

    A key is there once the node that writes it has run; read earlier, it is read with a default.
    """

    messages: Annotated[list[AnyMessage], add_messages]
    summary: str
    summary_lines: list[SummaryLine]  # what `summary` is made of
    key_facts: list[str]  # of conversations from before facts were kept with the contact
    entities: list[str]  # titles of what answers leant on lately, oldest first; never expires
    last_viewed: str  # the newest of them
    recalled: list[str]  # kinds of facts that this turn used
    pending_action: dict[str, Any]
    viewed: list[dict[str, str]]  # records of the contact's own shown last; expires after a pause
    turn_id: str
    screened: Screened
    language: str
    intents: list[Intent]
    resolutions: Annotated[dict[str, Resolution], keep_one_turn]
    usage: list[UsageEntry]
    decision: Decision
    reply: Reply
    clarified: int  # how many times in a row we asked back
    unsure: int  # how many turns in a row were not answered well
    handoff: dict[str, Any]
    learnt: dict[str, Any]
    sentiment: str
    withheld: bool  # a rule gives this turn to a person: its answers are drafts
    rules: list[str]  # the tenant's rules that fired before anything was looked up
    clarification_helped: bool | None  # the question that we asked back in the turn before
    recoveries: list[
        str
    ]  # of this turn, words of `tenants.transcripts.outcomes.RECOVERIES`; see there
    offered: list[Offered]
    asked_back: AskedBack | dict[str, Any]
    operator_said: list[SaidByOperator]
    open_requests: list[OpenRequest]
    topics: list[Topic]  # the last few that were spoken about, oldest first; never expires
    focus: Topic | dict[str, Any]  # what a follow-up leans on; expires after a pause
    active_at: str  # when the last turn was accepted, UTC in ISO form; "" means not known
    returning: Topic | dict[str, Any]  # what we asked to go on with in the turn before
    lead: Lead | dict[str, Any]  # of this turn
    disclosed: bool  # the contact was told that an AI answers
    spelling: Spelt | dict[str, Any]  # of this turn
    did_you_mean: Topic | dict[str, Any]  # what we asked in the turn before, if we did


class ResolveState(TypedDict):
    """One intent on its way; nothing of it is checkpointed but the resolution."""

    intent: Intent
    turn_id: str
    language: str
    unsafe: bool
    withheld: NotRequired[bool]  # a rule gives it to a person: what is written is a draft
    may_ask_back: NotRequired[bool]  # where the request fits several entries alike
    operator_said: NotRequired[list[SaidByOperator]]
    history: list[dict[str, str]]
    summary: str
    context: NotRequired[dict[str, Any]]  # tokens of what is remembered, and what was cut
    passages: list[Any]
    asked_of: NotRequired[dict[str, str]]  # the `words` and the `field` asked of a named thing
    features: dict[str, Any]
    evidence: float
    is_closed: NotRequired[bool]  # what would answer it is for verified contacts
    label: NotRequired[dict[str, Any] | None]  # graphs.ports.RequestLabel
    sentiment: NotRequired[str]
    bound: NotRequired[Bound | None]
    curated: NotRequired[Curated | None]
    tool_calls: NotRequired[list[dict[str, Any]]]  # that are still to be made
    tool_results: NotRequired[
        list[dict[str, Any]]
    ]  # graphs.acting.tool_calls.ToolOutcome, in order
    tool_rounds: NotRequired[int]
    asked_with: NotRequired[list[UsageEntry]]  # what choosing the calls cost
    pending_action: NotRequired[dict[str, Any]]  # what we asked in the turn before
    viewed: NotRequired[list[dict[str, str]]]  # records of the contact's own shown before
    said_before: NotRequired[dict[str, Any]]  # what was shown before the calls were made
    written: dict[str, Any]
    resolutions: Annotated[dict[str, Resolution], keep_one_turn]


class Resolved(TypedDict):
    """What the subgraph hands back."""

    resolutions: Annotated[dict[str, Resolution], keep_one_turn]


def resolutions_in_order(state: ConversationState) -> list[Resolution]:
    """This turn's resolutions in the order of the intents.

    A turn that started afresh may have had more intents before than now: those are left out.
    """
    turn_id = state.get("turn_id", "")
    asked = {intent["index"] for intent in state.get("intents") or []}
    found = [
        r
        for r in (state.get("resolutions") or {}).values()
        if r["turn_id"] == turn_id and r["index"] in asked
    ]
    return sorted(found, key=lambda r: r["index"])

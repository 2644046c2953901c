"""What differs from turn to turn, as plain data that travels with the run."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class TurnContext:
    """One turn's tenant, conversation and settings; every field has a default (Studio sends none).

    `knowledge` is the ordered list of (knowledge_base_id, version); version -1 means the live one.
    `memory` holds `facts` and `forgotten` of the contact, `keeps_facts` and `budget_tokens`.
    `closed` is like it: what would be read were the contact's `identity_level` `verified`.
    `contact` says what rules may ask of the contact: `known` (they can be reached), `facts`.
    """

    tenant_id: str = ""
    conversation_id: str = ""
    turn_id: str = ""
    kind: str = "message"
    assistant_id: str = ""
    assistant_revision: int = 0
    brand: str = ""
    locale: str = ""
    channel: str = "api"
    knowledge: tuple[tuple[str, int], ...] = ()
    closed: tuple[tuple[str, int], ...] = ()
    identity_level: str = "anonymous"
    model: str = ""
    fallback_models: tuple[str, ...] = ()
    small_model: str = ""  # for splitting and scoring; "": the platform's
    persona: dict[str, Any] = field(default_factory=dict[str, Any])
    thresholds: dict[str, Any] = field(default_factory=dict[str, Any])
    handoff: dict[str, Any] = field(default_factory=dict[str, Any])
    features: dict[str, Any] = field(default_factory=dict[str, Any])
    outcomes: dict[str, Any] = field(default_factory=dict[str, Any])
    dialogue: dict[str, Any] = field(default_factory=dict[str, Any])
    now: str = ""  # when the turn was accepted, UTC in ISO form; "" means not known
    time_zone: str = "UTC"
    operators_available: bool | None = None  # None: nobody ever says whether they are there
    contact: dict[str, Any] = field(default_factory=dict[str, Any])
    memory: dict[str, Any] = field(default_factory=dict[str, Any])  # tenants.people.facts.memory_of
    calibration: dict[str, Any] = field(default_factory=dict[str, Any])  # graphs.calibration
    words: dict[str, Any] = field(
        default_factory=dict[str, Any]
    )  # names spelt out, see graphs.words.wording
    labels: dict[str, Any] = field(default_factory=dict[str, Any])  # settings of intent labels
    answering: dict[str, Any] = field(
        default_factory=dict[str, Any]
    )  # tenants.configuring.answer_settings
    allowed_hosts: tuple[str, ...] = ()  # what a reply may link to, see graphs.safety.allowed_hosts
    curated: dict[str, Any] = field(default_factory=dict[str, Any])  # settings of curated answers
    records: bool = False  # keep what the turn is given, so that it can be replayed
    apart: bool = False  # a fork: it has no effect outside itself
    tools: tuple[
        dict[str, Any], ...
    ] = ()  # tenants.configuring.tool_settings, those of the assistant
    caller: dict[str, Any] = field(
        default_factory=dict[str, Any]
    )  # of the contact: `contact_id`, `identity` and, where it is verified, `external_id`
    acts: bool = False  # a contact's own conversation: what is proposed is carried out
    disclosure: dict[str, str] = field(default_factory=dict[str, str])  # by language
    learns: bool = True  # the contact's questions may be learnt from
    labels_revision: int = 0  # of the assistant's intent labels; 0: it never had any
    variants: dict[str, str] = field(
        default_factory=dict[str, str]
    )  # by feature: tenants.configuring.features

    @property
    def offers_first(self) -> bool:
        """Whether a person is offered before the conversation is handed off."""
        return bool(self.handoff.get("offer_first", False))

    @property
    def hands_off(self) -> bool:
        """Whether there are people to hand a conversation to."""
        return bool(self.handoff.get("enabled", True))

    @property
    def streaming(self) -> str:
        """How an answer is shown while it is written: `tokens`, `sentences` or `whole`."""
        return str(self.answering.get("streaming") or "sentences")

    def is_on(self, feature: str) -> bool:
        """Whether a feature of `tenants.configuring.features` that can be off is not."""
        return self.variants.get(feature) != "off"

    @property
    def own_names(self) -> str:
        """Names that need no source: the company's and the assistant's."""
        return f"{self.brand} {self.persona.get('name') or ''}"

    def threshold(self, name: str, default: float) -> float:
        """The tenant's own threshold, or the one learnt from its outcomes, or the product's."""
        value = self.thresholds.get(name)
        if value is None:
            value = self.calibration.get(name)
        return default if value is None else float(value)

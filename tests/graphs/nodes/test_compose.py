"""One reply and one decision."""

from graphs.nodes.compose import compose
from tests.graphs.nodes.states import Turn, conversation, resolution, screened, unanswered


async def test_every_answer_is_in_the_reply_in_the_order_of_the_intents() -> None:
    made = await compose(conversation(resolution(1), resolution(0)), (turn := Turn()).runtime)
    assert made["reply"]["text"] == "Answer number 0.\n\nAnswer number 1."
    assert made["decision"] == {"action": "deliver", "reason": None, "confidence": 0.9}
    assert turn.written == [{"kind": "reply", "text": made["reply"]["text"]}]


async def test_a_sentence_that_two_intents_share_is_said_once() -> None:
    asked, said = "Are returns free?", ["Returns are free within 30 days."]
    both = [resolution(n, text=asked, query=asked, sentences=said) for n in (0, 1)]
    made = await compose(conversation(*both), Turn().runtime)
    assert made["reply"]["text"] == "Returns are free within 30 days."


async def test_the_operators_folder_holds_what_is_open_and_what_was_tried() -> None:
    tried = {"passage_id": "p", "title": "T", "score": 0.1}
    state = conversation(resolution(0), unanswered(1, draft="maybe", passages=[tried]))
    folder = (await compose(state, Turn().runtime))["handoff"]
    assert [i["text"] for i in folder["open_intents"]] == ["question 1?"]
    assert folder["drafts"][0] == "maybe"
    assert len(set(folder["drafts"])) == 2
    assert folder["tried"] == [{"query": state["resolutions"]["1"]["query"], "passages": [tried]}]
    assert folder["passages"] == [tried]
    assert folder["answered"] == [{"text": "question 0?", "answer": "Answer number 0."}]


async def test_an_answer_given_in_doubt_ends_with_an_offer() -> None:
    doubtful = resolution(0, status="unsure", confidence=0.2)
    made = await compose(conversation(doubtful), Turn().runtime)
    assert made["decision"]["action"] == "offer"
    assert made["reply"]["text"].startswith("Answer number 0.\n\n")


async def test_results_of_another_turn_do_not_count() -> None:
    old = resolution(0, turn_id="t0")
    state = conversation(old, screened=screened("hi", small_talk="greeting"))
    made = await compose(state, Turn(persona={"name": "Mia"}).runtime)
    assert made["reply"]["text"].startswith("Hello! I'm Mia.")


async def test_who_complains_hears_that_we_are_sorry_before_a_person_takes_over() -> None:
    angry = screened("This is ridiculous, my bike broke after two days and nobody answers!!!")
    made = await compose(conversation(unanswered(0), screened=angry), Turn().runtime)
    assert made["reply"]["text"].startswith("I'm sorry about that. I don't have")
    calm = screened("Do you sell saddles for my broken bike?")
    made = await compose(conversation(unanswered(0), screened=calm), Turn().runtime)
    assert "sorry" not in made["reply"]["text"]

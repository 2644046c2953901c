"""The figures of the spelling suite, on rows made up here."""

from evals.own_words import measured
from evals.sets import QuestionSet
from evals.suites.spelling import turn_metrics, word_metrics
from graphs.words.common_words import read_english


def test_a_word_counts_when_it_comes_first_or_among_five() -> None:
    gold = [{"typo": "hte", "correct": "the"}, {"typo": "oen", "correct": "one"}]
    found = word_metrics(gold, [["the", "he"], ["own", "one"]])
    assert (found["acc"], found["acc@5"]) == (0.5, 1.0)


def test_no_candidate_leaves_the_typo() -> None:
    found = word_metrics([{"typo": "xyzzy", "correct": "fizzy"}], [[]])
    assert found["acc"] == found["acc@5"] == 0


def test_turns_are_restored_whole_or_not_and_clean_ones_kept() -> None:
    gold = [
        {"text": "wher is it", "clean": "Where is it?", "edits": [["where", "wher"]]},
        {"text": "my crad is lsot", "clean": "my card is lost", "edits": [["x", "y"]]},
        {"text": "all is well", "clean": "all is well", "edits": []},
        {"text": "is it open", "clean": "is it open", "edits": []},
    ]
    mended = ["Where is it", "my card is lsot", "all is well", "is it pen"]
    found = turn_metrics(gold, mended)
    assert (found["sentence_fixed"], found["clean_kept"]) == (0.5, 0.5)
    assert (found["token_p"], found["token_r"]) == (2 / 3, 2 / 3)


def test_a_mended_turn_of_another_length_restores_nothing() -> None:
    gold = [{"text": "a lot of it", "clean": "alot of it", "edits": [["alot", "a lot"]]}]
    found = turn_metrics(gold, ["lot of"])
    assert found["token_p"] == 0


def test_a_tenants_own_words_are_put_to_the_test_on_its_own_questions() -> None:
    corpus = [{"id": "a", "tenant": "lake", "text": "The marina rents dinghies. A dinghy costs 9."}]
    asked = [
        {"id": str(n), "tenant": "lake", "query": f"what does a dinghy cost on day {n}", "gold": []}
        for n in range(60)
    ]
    misspelt = [{"typo": "dingghy", "correct": "dinghy"}]
    found = measured(QuestionSet("lake/q", asked, corpus), misspelt, read_english())
    assert found is not None
    assert (found["n"], found["own_fixed"], found["clean_kept"]) == (60, 1, 1)
    assert measured(QuestionSet("lake/q", asked[:9], corpus), misspelt, read_english()) is None

"""Confidence grows with evidence and falls where names, support or certainty are missing."""

from dataclasses import replace

from graphs.deciding.confidence import ANSWER, OFFER, Features, confidence, evidence_features
from tenants.finding.search import Passage


def _passage(text: str, *, cosine: float = 0.7, lexical: float = 0.8, title: str = "") -> Passage:
    return Passage(
        passage_id="kb:1",
        knowledge_base_id="kb",
        document_id="d",
        version=1,
        title=title,
        question=None,
        text=text,
        path="",
        kind="text",
        score=cosine,
        cosine=cosine,
        lexical=lexical,
        source={},
    )


RETURNS = _passage("Returns are free within 30 days.")


def test_nothing_found_is_far_below_the_offer():
    assert confidence(evidence_features("Can I return it?", [])) < OFFER


def test_strong_evidence_is_answered_and_weak_is_not():
    strong = evidence_features("Are returns free?", [RETURNS, _passage("Mugs.", cosine=0.1)])
    weak = replace(strong, cosine=0.2, lexical=0.1, lead=0.0)
    assert confidence(strong) > 0.8 > ANSWER > confidence(weak)


def test_another_house_is_not_answered_from_ours():
    ours = evidence_features("What is your staff code?", [RETURNS])
    theirs = evidence_features("What is the staff code of Oasis Inn?", [RETURNS])
    assert ours.missing_names == 0
    assert theirs.missing_names == 1
    assert confidence(theirs) < confidence(ours)


def test_names_that_a_passage_holds_are_not_missing():
    inn = _passage("Breakfast at the Oasis Inn starts at 7.")
    found = evidence_features("When is breakfast at the Oasis Inn, at 7 or 8?", [inn])
    assert found.missing_names == 0.25  # of Oasis, Inn, 7 and 8 only the 8


def test_a_day_of_the_week_is_no_name() -> None:
    hours = _passage("We are open Monday to Friday from 9 to 18.")
    assert evidence_features("Are you open on Tuesday?", [hours]).missing_names == 0
    assert evidence_features("Are you open on Tyr?", [hours]).missing_names == 1


def test_who_shouts_names_nothing_and_german_nouns_are_no_names():
    assert evidence_features("WHERE IS MY ORDER PLEASE", [RETURNS]).missing_names == 0
    german = evidence_features("Wie lange ist die Garantie auf den Rucksack?", [RETURNS])
    assert german.missing_names == 0


def test_a_language_the_model_does_not_speak_leans_on_the_words():
    passage = _passage("Las devoluciones son gratuitas.", cosine=0.3, lexical=0.9)
    found = evidence_features("¿Son gratuitas las devoluciones de la tienda?", [passage])
    assert found.foreign
    assert confidence(replace(found, lexical=0.0)) < ANSWER < confidence(found)


def test_doubt_and_unsupported_sentences_cost():
    sure = evidence_features("Are returns free?", [RETURNS])
    assert confidence(replace(sure, doubt=1.0)) < confidence(sure)
    assert confidence(replace(sure, supported=0.5)) < confidence(sure)


def test_confidence_is_a_chance():
    assert 0 < confidence(Features()) < confidence(Features(cosine=1, lexical=1, lead=1)) < 1

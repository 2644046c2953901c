"""An operator's reply says whether the passages knew, or says nothing."""

from graphs.deciding.operator_verdicts import knew
from tests.fakes import passage

SHIPPING = passage("Parcels to Norway take five working days and cost 12 EUR.")


def test_who_says_what_a_passage_says_confirms_it() -> None:
    assert knew("A parcel to Norway takes five working days.", [SHIPPING]) is True


def test_who_says_something_else_says_that_it_was_not_known() -> None:
    assert knew("Our workshop repairs electric bikes on Tuesdays.", [SHIPPING]) is False


def test_another_number_is_no_confirmation() -> None:
    assert knew("Parcels to Norway take working days and cost 19 EUR.", [SHIPPING]) is not True


def test_a_few_words_or_nothing_found_say_nothing() -> None:
    assert knew("I will check.", [SHIPPING]) is None
    assert knew("Our workshop repairs electric bikes on Tuesdays.", []) is None

"""The keyless model: the passages' own sentences, cited, or nothing."""

from langchain_core.messages import HumanMessage, SystemMessage

from graphs.ports import Passage
from graphs.writing.best_sentences import extract
from graphs.writing.extractive import ExtractiveChatModel
from tests.fakes import passage

TEXT = (
    "Our shop was founded in 1998. Returns are free within 30 days of delivery. "
    "It must be unworn. We sell shoes and tents."
)


def test_the_sentence_that_fits_is_chosen_with_what_leans_on_it() -> None:
    found = extract("Are returns free within 30 days?", [passage(TEXT)])
    assert found == [(0, "Returns are free within 30 days of delivery.")]
    leaning = extract("Must it be unworn?", [passage(TEXT)])
    assert [s for _, s in leaning] == [
        "Returns are free within 30 days of delivery.",
        "It must be unworn.",
    ]


def test_a_question_and_answer_pair_gives_its_answer() -> None:
    pair = passage("Yes. It costs 9 EUR.", kind="qa", question="Do you ship to Switzerland?")
    assert [s for _, s in extract("shipping to Switzerland", [pair])] == ["Yes.", "It costs 9 EUR."]


def test_a_record_gives_the_field_that_is_asked_for_under_its_name() -> None:
    lines = [
        "name: Summit Tent 3P", "price: 349.0", "currency: USD", "warranty: 5 years",
        "capacity: 3 people", "weight: 2.9 kg", "description: A three-season tent for three people.",
    ]  # fmt: skip
    tent = passage("\n".join(lines), kind="json", title="Shop › products › Summit Tent 3P")
    [(_, said)] = extract("How long is the warranty of the Summit Tent?", [tent])
    assert said == "Summit Tent 3P – warranty: 5 years."


def _row(n: int, name: str, price: str) -> Passage:
    made = passage(
        f"Service: {name}\nPrice: {price}\nDuration: one day", n=n, title=f"Shop › Prices › {name}"
    )
    made["document_id"] = "d"
    return made


def test_a_row_of_a_table_is_told_under_its_name() -> None:
    rows = [_row(1, "Full overhaul", "180 euros"), _row(2, "Brake check", "25 euros")]
    [(at, said)] = extract("What does a full overhaul cost, the price?", rows)
    assert (at, said) == (0, "Full overhaul – Price: 180 euros; Duration: one day.")


def test_a_table_is_kept_where_no_row_is_named() -> None:
    rows = [_row(1, "Full overhaul", "180 euros"), _row(2, "Brake check", "25 euros")]
    assert [s for _, s in extract("What are the prices of each service?", rows)] == [
        "- Full overhaul – Price: 180 euros; Duration: one day.",
        "- Brake check – Price: 25 euros; Duration: one day.",
    ]


def test_the_contacts_language_comes_first_where_the_knowledge_has_it() -> None:
    english = passage(
        "The Zephyrix rucksack holds 30 litres and has a rain cover for bad weather.",
        n=1,
        score=0.9,
    )
    german = passage(
        "Der Rucksack Zephyrix fasst 30 Liter und hat eine Regenhülle für schlechtes Wetter.",
        n=2,
        score=0.8,
    )
    found = extract("Wie viel fasst der Rucksack Zephyrix?", [english, german])
    assert found == [(1, german["text"])]
    assert extract("Wie viel fasst der Rucksack Zephyrix?", [english]) == [(0, english["text"])]


def test_prose_in_a_record_is_read_as_prose() -> None:
    text = "returns: Unworn items can be returned. Sale items cannot be returned."
    [(_, said), *_] = extract("Can I return sale items?", [passage(text, kind="json")])
    assert "returns:" not in said


def test_nothing_is_said_where_no_passage_speaks_to_the_question() -> None:
    far = passage(TEXT, cosine=0.1, lexical=0.0)
    assert extract("Can you engrave a violin?", [far]) == []
    assert extract("Can you engrave a violin?", []) == []


def test_the_search_decides_between_passages_that_fit_alike() -> None:
    first = passage("Delivery takes 3 days.", n=1, score=0.9)
    second = passage("Delivery takes 9 days.", n=2, score=0.5)
    assert extract("How long does delivery take?", [first, second])[0] == (0, first["text"])


async def test_the_model_cites_streams_and_counts_tokens() -> None:
    system = SystemMessage("rules", additional_kwargs={"passages": [passage(TEXT)]})
    asked = [system, HumanMessage("Are returns free?")]
    whole = await ExtractiveChatModel().ainvoke(asked)
    assert whole.text == "Returns are free within 30 days of delivery. [1]"
    assert whole.usage_metadata is not None
    assert whole.usage_metadata["output_tokens"] > 0
    streamed = [chunk.text async for chunk in ExtractiveChatModel().astream(asked)]
    assert "".join(streamed) == whole.text
    assert ExtractiveChatModel().invoke(asked).text == whole.text


LIST = "Bring the following to your first visit:\n- your insurance card\n- a referral letter\n- old X-rays"


def test_a_list_is_kept_whole_with_the_line_that_opens_it() -> None:
    found = extract("What do I bring to my first visit?", [passage(LIST)])
    assert [s for _, s in found] == LIST.splitlines()
    item = extract("Do I need a referral letter?", [passage(LIST)])
    assert [s for _, s in item] == LIST.splitlines()


async def test_a_list_is_shown_line_by_line() -> None:
    system = SystemMessage("rules", additional_kwargs={"passages": [passage(LIST)]})
    whole = await ExtractiveChatModel().ainvoke([system, HumanMessage("What do I bring?")])
    assert whole.text.splitlines()[1] == "- your insurance card [1]"


def test_passages_are_joined_and_nothing_is_said_twice() -> None:
    first = passage("Parcels to Norway take five days.", n=1, score=0.9)
    same = passage("A parcel to Norway takes five days.", n=2, score=0.9)
    more = passage("Parcels to Norway cost nine euros.", n=3, score=0.9)
    found = extract("parcels to Norway?", [first, same, more])
    assert [s for _, s in found] == [first["text"], more["text"]]


def test_a_sentence_of_another_passage_that_fits_badly_is_left_out() -> None:
    first = passage("Parcels to Norway take five days.", n=1, score=0.9)
    other = passage("Our shop in Norway opens at nine.", n=2, score=0.3)
    assert len(extract("How long do parcels to Norway take?", [first, other])) == 1


def _product(n: int, name: str, *lines: str) -> Passage:
    text = "\n".join([f"name: {name}", *lines])
    made = passage(text, n=n, kind="json", title=f"Locks › locks › {name}")
    made["document_id"] = "d"
    return made


def test_a_word_in_every_name_names_none_of_them() -> None:
    locks = [
        _product(1, "Cleat folding lock", "price eur: 74", "security level: 10 of 15"),
        _product(2, "Anchor chain lock", "price eur: 89", "security level: 12 of 15"),
    ]
    told = [s for _, s in extract("Which lock has the highest security level?", locks)]
    assert len(told) == 2
    assert "12 of 15" in told[1]
    [(_, one)] = extract("Which security level has the Anchor chain lock?", locks)
    assert "12 of 15" in one


def test_things_that_a_question_names_beside_each_other_are_both_told() -> None:
    things = [
        _product(n, name, f"price: {price} EUR", f"weight: {n} kg")
        for n, (name, price) in enumerate(
            [("Skagen city bike", 749), ("Tern city bike", 529), ("Eider electric bike", 2390)], 1
        )
    ]
    for n, thing in enumerate(things):
        thing["document_id"] = str(n)
    told = [s for _, s in extract("Which costs more, the Skagen or the Tern?", things)]
    assert sorted(told) == [
        "- Skagen city bike – price: 749 EUR; weight: 1 kg.",
        "- Tern city bike – price: 529 EUR; weight: 2 kg.",
    ]
    [(_, one)] = extract("What does the Tern city bike cost?", things)
    assert one.startswith("Tern city bike")


def test_an_amount_of_money_answers_what_it_costs_without_the_word() -> None:
    sweden = passage("country: Sweden\nbicycle: 79 EUR\nnote: 5 to 8 working days", kind="json")
    other = passage("Returns within Denmark cost nothing.", n=2, score=0.8)
    [(at, said)] = extract(
        "Do you deliver to Sweden what does it cost?", [sweden, other], stressed="what does it cost"
    )
    assert at == 0
    assert "79 EUR" in said


def test_how_long_something_lasts_asks_for_no_length() -> None:
    bike = passage("box › length: 88 cm\nbattery › lasts: 90 km", kind="json", title="Cargo bike")
    [(_, said)] = extract("How long does the battery last?", [bike])
    assert "90 km" in said


def test_places_that_say_the_same_field_are_both_told_with_their_names() -> None:
    shop = passage("address: Quay 1\nhours › Saturday: 10 to 15", n=1, kind="json")
    workshop = passage("hours › Saturday: by appointment", n=2, kind="json")
    for place, name in ((shop, "shop"), (workshop, "workshop")):
        place["document_id"], place["title"] = "d", f"Hours › {name}"
    told = [s for _, s in extract("What are your hours on Saturday?", [workshop, shop])]
    assert told == [
        "- workshop – hours, Saturday: by appointment.",
        "- shop – address: Quay 1; hours, Saturday: 10 to 15.",
    ]


def test_a_price_without_a_number_is_none() -> None:
    general = passage("price is: per dose", n=1, kind="json", title="Vaccinations", score=0.9)
    flu = passage(
        "name: Flu\nprice gbp: 20",
        n=2,
        kind="json",
        title="Vaccinations › vaccinations › Flu",
        score=0.8,
    )
    [(at, said)] = extract("What does the flu vaccination cost?", [general, flu])
    assert (at, said) == (1, "Flu – price gbp: 20.")


def test_a_field_that_only_says_which_thing_is_meant_is_not_the_answer() -> None:
    norway = passage(
        "country: Norway\nparcel eur: 14.9\nbicycle eur: 119\nparcel working days: 4 to 7\n"
        "note: Customs and Norwegian VAT are paid on delivery, with a fee of the carrier.",
        kind="json",
        title="Shipping › shipping",
    )
    [(_, said)] = extract("how much is shipping to norway", [norway])
    assert "14.9" in said

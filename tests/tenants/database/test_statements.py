"""A statement made ready is the one that was written."""

from tenants.database.statements import Statement


def test_named_placeholders_become_numbers_in_their_first_order() -> None:
    made = Statement.of("select %(b)s,   %(a)b\n from t where x = %(b)s and y %% 2 = 0")
    assert made.text == b"select $1, $2 from t where x = $1 and y % 2 = 0"
    assert made.names == ("b", "a")


def test_numbers_stand_where_a_parameter_cannot() -> None:
    made = Statement.of("select %(a)s::halfvec({dimension}), '{}'", dimension=384)
    assert made.text == b"select $1::halfvec(384), '{}'"

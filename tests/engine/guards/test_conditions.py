"""Conditions in CEL: typed when compiled, bounded when run, and every fault is a GuardFault."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from duban.engine.guards.cel import MAX_LENGTH, CelGuards
from duban.engine.guards.patterns import check_pattern, fits, program
from duban.engine.ports.guards import Condition, GuardFault, VariableType

VARIABLES: dict[str, VariableType] = {
    "data.title": "text", "data.share": "number", "data.households": "integer", "data.urgent": "boolean",
    "data.due_on": "text", "data.units": "texts", "data.photo": "any", "given.title": "boolean", "actor": "text",
    "posts": "texts", "now": "time", "level": "integer", "last.go.at": "time", "last.go.data.share": "number",
    "count.go": "integer", "children.part.open": "integer",
}  # fmt: skip
VALUES: dict[str, Any] = {
    "data.title": "Sofa", "data.share": 4.5, "data.households": 3, "data.urgent": True, "data.due_on": "2020-12-01",
    "data.units": ["crew", "office"], "data.photo": [{"name": "a.jpg", "size": 7}], "given.title": True,
    "actor": "head", "posts": ["head"], "now": datetime(2020, 11, 23, 1, tzinfo=UTC), "level": 2,
    "last.go.at": datetime(2020, 11, 20, 1, tzinfo=UTC), "last.go.data.share": 1.0, "count.go": 1,
    "children.part.open": 0,
}  # fmt: skip
HOLD = """
    data.share > 3 · 3 < data.share · data.share == 4.5 · data.share != 4 · data.share >= data.households
    data.share in [1, 4.5] · data.households in [1.0, 3.0] · data.households * 2 == 6 · data.title == 'Sofa'
    data.title != '' && data.title.startsWith('So') · data.due_on > '2020-11-30' · data.urgent · !(!data.urgent)
    'crew' in data.units · data.units.size() == 2 · data.units.all(u, u != '') · data.photo[0].size < 10
    data.photo.exists(p, p.name.endsWith('.jpg')) · given.title && level > 1 · actor in posts
    now - last.go.at > duration('24h') · now > timestamp('2020-11-22T00:00:00Z') · now.getFullYear() == 2020
    count.go == 1 && children.part.open == 0 · last.go.data.share < 2 · data . title == "Sofa" · true // data.gone
    data.title.matches('^[A-Z][a-z]+$') · (data.urgent ? 1 : 2) == 1 · "data.title" != '"' · 'it''s' == 'its' || true
"""
HOLDING = [one.strip() for line in HOLD.strip().splitlines() for one in line.split("·") if "''s" not in one]


def compiled(expression: str, *, boolean: bool = True) -> Condition:
    return CelGuards().compile(expression, VARIABLES, boolean=boolean)


def fault_of(expression: str) -> GuardFault:
    with pytest.raises(GuardFault) as caught:
        compiled(expression)
    return caught.value


@pytest.mark.parametrize("expression", HOLDING)
def test_a_condition_over_typed_values_holds(expression: str) -> None:
    assert compiled(expression).value(VALUES) is True


def test_a_condition_knows_the_variables_that_it_reads_and_no_others() -> None:
    found = {
        "data.title == 'data.share'": {"data.title"},
        'actor == "posts" && level > 1': {"actor", "level"},
        "true // actor": set(),
        "data.title == '''actor 'posts' level'''": {"data.title"},
        r"data.title == 'it\'s actor' || given.title": {"data.title", "given.title"},
        "data . title == '' || .actor == ''": {"data.title", "actor"},
        "data.`title` == ''": {"data.title"},
        "last.go.data.share > 2.0": {"last.go.data.share"},
        "data.units.size() > 1": {"data.units"},
        "posts.exists(p, p == actor)": {"posts", "actor"},
    }
    assert {text: set(compiled(text).names) for text in found} == found


def test_what_an_expression_yields_is_known_when_it_is_compiled() -> None:
    yields = {
        "data.title": "text", "level + 1": "integer", "data.share * 2.0": "number", "data.urgent": "boolean",
        "now": "time", "posts": "texts", "data.photo[0].name": "any", "[1]": None,
    }  # fmt: skip
    assert {text: compiled(text, boolean=False).yields for text in yields} == yields


@pytest.mark.parametrize(
    ("expression", "column", "says"),
    [
        ("data.titel == ''", 1, "the nearest is `data.title`"),
        ("actor == 'x' && data.titel == ''", 17, "the nearest is `data.title`"),
        ("actor == 'x'\n  && data.titel == ''", 19, "the nearest is `data.title`"),
        ("data.title > 3", 12, "text and a whole number"),
        ("data.title", 1, "it yields text"),
        ("data.share + 1 > 2.0", 12, "such as 3.0"),
        ("data.title == null", 12, "given.FIELD"),
        ("has(data.urgent)", 1, "given.FIELD"),
        ("data.title.size > 3", 11, "after text"),
        ("actor == 'x", 10, "never closed"),
        ("data.title.matches('[')", 20, "missing ]"),
        ("", 1, "ends too early"),
        ("actor == '\x00'", 11, "U+0000"),
        ("(" * 60 + "true" + ")" * 60, 1, "too deep"),
        ("x" * (MAX_LENGTH + 1), 1, "at most 2000"),
    ],
)
def test_what_does_not_compile_is_told_with_its_column(expression: str, column: int, says: str) -> None:
    fault = fault_of(expression)
    assert says in fault.what.en
    assert fault.column == column
    assert fault.what.zh != fault.what.en


@pytest.mark.parametrize(
    ("expression", "values", "says"),
    [
        ("data.title == ''", {}, "there is no value of data.title yet"),
        ("data.title == ''", {"data.title": None}, "the value of data.title is not text"),
        ("data.title == ''", {"data.title": 3}, "the value of data.title is not text"),
        ("level > 1", {"level": "2"}, "the value of level is not a whole number"),
        ("level > 1", {"level": 2**70}, ""),
        ("1 / (level - 2) > 1", {}, "divides by zero"),
        ("level + 9223372036854775807 > 1", {}, "too large"),
        ("data.photo[0].colour == 'red'", {}, "there is no colour in it"),
        ("data.photo[3].name == ''", {}, ""),
        ("data.photo == 1 || data.photo > 1", {}, ""),
        ("data.photo == data.photo", {"data.photo": object()}, ""),
        ("data.title == ''", {"data.title": "\ud800"}, ""),
        ("now > timestamp('yesterday')", {}, ""),
        ("now.getHours('No/Where') > 1", {}, ""),
        ("data.title.charAt(level) == ''", {"level": 999}, ""),
    ],
)
@pytest.mark.asvs("4.1.5")
def test_what_cannot_be_evaluated_is_a_fault_in_both_languages(
    expression: str, values: dict[str, Any], says: str
) -> None:
    given_values = {**VALUES, **values} if values or "data.title == ''" not in expression else {}
    with pytest.raises(GuardFault) as caught:
        compiled(expression).value(given_values)
    assert says in caught.value.what.en
    assert caught.value.what.en
    assert caught.value.what.zh


@pytest.mark.asvs("5.2.4")
def test_comprehensions_in_each_other_spend_their_budget_quickly() -> None:
    condition = compiled("data.units.all(a, data.units.all(b, data.units.all(c, a + b + c != 'x')))")
    began = time.process_time()
    with pytest.raises(GuardFault) as caught:
        condition.value({"data.units": [str(n) for n in range(1000)]})
    assert time.process_time() - began < 1.0
    assert "budget" in caught.value.what.en


def test_what_goes_through_lists_in_each_other_takes_no_long_items() -> None:
    condition = compiled("data.units.all(u, u in posts || u in data.units || u == data.title)")
    assert condition.value({**VALUES, "data.units": ["x" * 1_000]}) is True
    with pytest.raises(GuardFault) as caught:
        condition.value({**VALUES, "data.units": ["a", "x" * 1_001]})
    assert "holds 1001 characters" in caught.value.what.en
    assert compiled("data.units.size() == 1").value({**VALUES, "data.units": ["x" * 10_000]}) is True


@pytest.mark.parametrize(
    ("expression", "column", "says"),
    [
        ("actor == '' || data.title.replace('x', data.title) == ''", 34, "about 100,000,000 characters"),
        ("data.units.all(u, !data.title.contains(data.title + u))", 39, "steps"),
        ("data.title.matches(actor)", 20, "write it out"),
        ("data.title.matches('(x{30}){40}')", 20, "about 1240 parts; at most 1000"),
    ],
)
def test_what_costs_too_much_is_told_with_its_column(expression: str, column: int, says: str) -> None:
    fault = fault_of(expression)
    assert says in fault.what.en
    assert fault.column == column
    assert fault.what.zh != fault.what.en


def test_a_pattern_is_weighed_with_its_repetitions_written_out() -> None:
    weights = {
        "[0-9]{11}": 11, "a|b": 3, "x{2,}": 3, "x{,5}": 5, r"\Qab\E{3}": 6, r"\p{L}{2}": 600, "[[:alpha:]]{2}": 2,
        "((x{10}){10}){10}": 1110, "x{99999999999999}": 999_999_999, "(((": 3, "": 0,
    }  # fmt: skip
    assert {pattern: program(pattern) for pattern in weights} == weights


def test_a_pattern_of_a_field_has_to_be_one_by_itself() -> None:
    check_pattern("(a|b){2}")
    for wrong in ("a)|(?:b", "(", "(x{30}){40}"):
        with pytest.raises(GuardFault):
            check_pattern(wrong)


def test_a_regular_expression_takes_linear_time() -> None:
    began = time.process_time()
    assert compiled("data.title.matches('^(a+)+$')").value({"data.title": "a" * 10_000 + "b"}) is False
    assert fits("(a|aa)+", "a" * 10_000 + "b") is False
    assert time.process_time() - began < 1.0


def test_a_pattern_is_matched_over_the_whole_text() -> None:
    assert fits("[A-Z]{2}[0-9]+", "AB12")
    assert not fits("[A-Z]{2}[0-9]+", "AB12x")
    assert not fits("a|b", "ab")
    assert fits("[一-龥]+", "问题")
    with pytest.raises(GuardFault):
        fits("(", "x")


PIECES = st.sampled_from(
    "data.title data.share data.nope actor level now posts given.title count.go 'x' \"y\" 3 3.0 1u null true false + - "
    "* / % == != < > <= >= && || ! ( ) [ ] { } , . ? : in .size() .all(p,p) .map(p,p) .matches('(') has( dyn( int( "
    "问 ` \\ // \n 1e400 0x10 b'a' duration('1h') timestamp('') 9223372036854775808 {'a':1} .getHours()".split(" ")
)


SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.just([1])


@settings(max_examples=500)
@given(
    st.lists(PIECES, max_size=9).map(" ".join) | st.text(max_size=40),
    st.dictionaries(st.sampled_from(sorted(VARIABLES)), SCALARS),
)
def test_any_expression_over_any_values_is_a_value_or_a_fault(expression: str, values: dict[str, Any]) -> None:
    try:
        condition = compiled(expression, boolean=False)
        assert condition.names <= set(VARIABLES)
        condition.value({**VALUES, **values})
    except GuardFault as fault:
        assert fault.what.en
        assert fault.what.zh
        assert 1 <= fault.column <= len(expression) + 1


@settings(max_examples=200)
@given(st.lists(PIECES, max_size=9).map(" ".join))
def test_no_variable_that_an_expression_needs_is_missed(expression: str) -> None:
    try:
        condition = compiled(expression, boolean=False)
        condition.value(VALUES)
    except GuardFault as fault:
        assert "there is no value" not in fault.what.en


def test_eight_threads_share_one_condition() -> None:
    condition = compiled("data.share > 3 && data.title.matches('^S') && data.units.exists(u, u == actor)")

    def ask(number: int) -> bool:
        values = {**VALUES, "data.share": float(number), "actor": "crew"}
        return condition.value(values) is (number > 3)

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(ask, [n % 7 for n in range(2_000)]))


def test_eight_threads_compile_at_once() -> None:
    def make(number: int) -> bool:
        variables: dict[str, VariableType] = {**VARIABLES, f"data.field_{number % 5}": "number"}
        condition = CelGuards().compile(f"data.field_{number % 5} > {number}", variables)
        return condition.value({f"data.field_{number % 5}": number + 0.5}) is True

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(make, range(200)))

"""Hostile conditions: refused where they are written, or done within a bound of time and memory."""

import pytest
from tests.hostile.confined import Outcome, confined

FLAT = "data.title"


def doubled(times: int) -> str:
    """Text that doubles with every bracket."""
    text = FLAT
    for number in range(times):
        text = f"[{text}].map(v{number}, v{number} + v{number})[0]"
    return f"{text} != ''"


def nested(times: int, inner: str = FLAT) -> str:
    return "".join(f"data.units.map(v{number}, " for number in range(times)) + inner + ")" * times


GROWS = "it may make about"
LONG = "it may take about"
PARTS = "with its repetitions written out"
DEEP = "too deep"
REFUSED = {
    "a text replaced by itself": ("data.title.replace('x', data.title) == ''", GROWS),
    "and that once more": ("data.title.replace('x', data.title.replace('x', data.title)) == ''", GROWS),
    "nothing replaced by a text": ("data.title.replace('', data.title) == ''", GROWS),
    "a text put between letters": ("data.title.split('').map(c, data.title).join('') == ''", GROWS),
    "letters made a list": ("data.title.split('').map(c, c).size() > 1", GROWS),
    "letters of letters": ("data.title.split('').map(c, data.title.split('').size()).size() > 1", GROWS),
    "copies of copies": (
        "data.units.map(u, data.title + data.title + data.title).map(s, s + s + s + s).size() > 1",
        GROWS,
    ),
    "lists in lists": (f"{nested(2)}.size() > 0", GROWS),
    "lists in lists in lists": (f"{nested(3)}.size() > 0", GROWS),
    "joined lists in lists": ("data.units.map(v, data.units.map(u, data.title).join('')).join('') == ''", GROWS),
    "a list between the items of a list": ("data.units.join(data.units.join(data.title)) == ''", GROWS),
    "quotes of quotes": ("strings.quote(data.units.join(data.title)).replace('\"', data.title) == ''", GROWS),
    "a format of many": (
        f"data.title.format([{', '.join(['data.title'] * 60)}]).replace('x', data.title) == ''",
        GROWS,
    ),
    "a map of texts for each": (
        "data.units.map(u, {u: data.title + data.title + data.title}).map(m, m.map(k, k + m[k] + m[k] + m[k] + m[k]))\
.size() > 1",
        GROWS,
    ),
    "a choice between growths": ("(given.title ? data.title.replace('x', data.title) : '') == ''", GROWS),
    "hidden behind dyn": ("dyn(data.title).replace('x', data.title) == ''", GROWS),
    "a search in each": ("data.units.all(u, !data.title.contains(data.title.substring(5000) + u))", LONG),
    "an index in each": ("data.units.all(u, data.title.indexOf(data.title.substring(5000) + u) < 0)", LONG),
    "a pattern in each": ("data.units.all(u, !data.title.matches('(x?){90}x{90}y'))", LONG),
    "letters of a script in each": (r"data.units.all(u, !data.title.matches('\\p{L}\\p{L}\\p{L}y'))", LONG),
    "items of items in lists": ("data.units.all(u, u in data.others || data.units.all(w, w in data.others))", LONG),
    "a pattern with large counts": ("data.title.matches('(x?){900}x{900}y')", PARTS),
    "counts of counts": ("data.title.matches('((x{30}){30}){30}')", PARTS),
    "counts of a million": ("data.title.matches('(x{1,1000}){1,1000}')", PARTS),
    "counts of a script": (r"data.title.matches('\\p{Han}{900}')", PARTS),
    "a count of many digits": ("data.title.matches('x{" + "9" * 1500 + "}')", PARTS),
    "a pattern out of data": ("data.title.matches(actor)", "write it out"),
    "a pattern put together": ("data.title.matches('x' + '+')", "write it out"),
    "a pattern by choice": ("data.title.matches(given.title ? 'a' : 'b')", "write it out"),
    "a pattern that is none": ("data.title.matches('(')", "missing )"),
    "a pattern looking back": (r"data.title.matches('(x)\\1')", "invalid escape"),
    "a pattern looking ahead": ("data.title.matches('(?=x)x')", "regular expression is not right"),
    "text that doubles eleven times": (doubled(11), DEEP),
    "brackets in brackets": ("(" * 900 + "true" + ")" * 900, DEEP),
    "lists in brackets": ("[" * 900 + "1" + "]" * 900 + " == []", DEEP),
    "parts of parts": ("data.photo" + ".a" * 900 + " == 1", DEEP),
    "items of items": ("data.photo" + "[0]" * 600 + " == 1", DEEP),
    "sums of sums": (" + ".join(["1"] * 450) + " > 0", DEEP),
    "more than 2000 characters": ("true" + " || true" * 300, "at most 2000"),
    "a name that reaches inside": ("data.__class__ == ''", "not a variable"),
    "an import": ("__import__('os').system('id') == 0", "no function"),
    "a file": ("open('/etc/passwd') == ''", "no function"),
    "a message of protobuf": ("google.protobuf.Anyy{} == null", "not"),
    "a letter that is none": (r"data.title == '\ud800'", "Unicode"),
    "an invisible character": ("data.title == '\x07'", "U+0007"),
    "half of a pair": ("data.title == '\ud800'", "U+D800"),
}
BOUNDED = {
    "text that doubles five times": doubled(5),
    "all over all over all": "data.units.all(a, data.units.all(b, data.units.all(c, a != 'x')))",
    "one of one of one": "data.units.exists_one(a, data.units.exists_one(b, a == b))",
    "every item in another list": "data.units.all(u, !(u in data.others))",
    "lists compared for each": "data.units.all(u, data.units != data.others)",
    "lists that are added in a list": "data.units.map(u, data.units + data.units).size() > 1",
    "files in files": "data.photo.all(p, p in data.photo)",
    "twice nothing, 950 times": "!" * 1900 + "true",
    "less than nothing": "-" * 1900 + "1 < 0",
    "the largest number and one": "level + 9223372036854775807 > 0",
    "an endless number": "1e308 * 1e308 > data.share",
    "a number that is no whole one": "int(data.share * 1e300) > 0",
    "the longest duration": "duration('9223372036854775807h') > duration('1s')",
    "a time past all times": "now + duration('87600000h') > now",
    "a zone out of its folder": "now.getHours('../../../etc/passwd') > 0",
    "a zone of many letters": f"now.getHours('{'A/' * 900}') > 0",
    "a format of many digits": "'%.1000000f'.format([data.share]) != ''",
    "a long text in each": f"data.units.all(u, u != '{'q' * 1500}')",
    "a whole pattern": "data.title.matches('(x|xx)+y')",
    "nothing divided": "1 / (level - level) > 0",
    "a file without a part": "data.photo[0].colour == 'red'",
    "an item past the end": "data.units[1000000000] == ''",
    "an item before the beginning": "data.units[-1] == ''",
}


@pytest.fixture(scope="module")
def outcomes() -> dict[str, Outcome]:
    cases = [{"name": name, "check": check} for name, (check, _) in REFUSED.items()]
    return confined("guards", [*cases, *({"name": name, "check": check} for name, check in BOUNDED.items())])


def test_there_are_fifty_of_them_and_more() -> None:
    assert len(REFUSED) + len(BOUNDED) >= 50
    assert not set(REFUSED) & set(BOUNDED)


@pytest.mark.parametrize("name", REFUSED)
def test_a_hostile_condition_is_refused_where_it_is_written(outcomes: dict[str, Outcome], name: str) -> None:
    outcome = outcomes[name]
    assert (outcome.kind, outcome.error) == ("refused", "GuardFault"), outcome
    assert REFUSED[name][1] in outcome.message
    assert 1 <= outcome.data["column"] <= len(REFUSED[name][0]) + 1


@pytest.mark.parametrize("name", [*REFUSED, *BOUNDED])
def test_a_hostile_condition_has_bounds_and_opens_nothing(outcomes: dict[str, Outcome], name: str) -> None:
    outcome = outcomes[name]
    assert outcome.kind in ("refused", "accepted"), outcome
    assert outcome.seen == []
    assert outcome.seconds < 2.0
    assert outcome.grown < 250


@pytest.mark.parametrize("name", BOUNDED)
def test_what_stays_within_its_bounds_is_a_value_or_a_reason(outcomes: dict[str, Outcome], name: str) -> None:
    assert outcomes[name].kind == "accepted", outcomes[name]
    assert len(outcomes[name].data) == 1

"""``duban stats FIGURE`` and ``duban scores``: what is told to people, pipes and programs, and of wrong words."""

import pytest

from duban.testing import photograph


@pytest.fixture
def week(street):
    """Two issues of a week: one closed after a rework, one open and overdue."""
    for _ in range(2):
        street.assigns(street.reports("占道经营"))
    photo = street.folder / "after.jpg"
    photo.write_bytes(photograph())
    rectify = ("fire", "ISS-000001", "rectify", "-f", "measures=done", "--evidence", f"photo_after={photo}")
    street.types(*rectify, "--as", "city-handler")
    street.types("fire", "ISS-000001", "rework", "-f", "reason=x", "--as", "supervisor")
    street.types(*rectify, "--as", "city-handler")
    street.types("fire", "ISS-000001", "verify", "--as", "supervisor")
    street.types("fire", "ISS-000001", "close", "--as", "office")
    street.clock.advance("4 working days")
    return street


def test_a_pipe_gets_the_exact_numbers_and_the_cases(week) -> None:
    said = week.types("stats", "closing-rate", "--week", "2020-W48", "--cases", "--as", "office")
    assert said.out == (
        "numerator\tdenominator\tn\tvalue\tbefore\tappeals\n1\t2\t2\t50.0%\t\t\n\n"
        "ref\tholds\ttitle\tunit\nISS-000001\tyes\t占道经营\tcity-management\n"
        "ISS-000002\tno\t占道经营\tcity-management\n"
    )


def test_a_program_gets_formula_version_period_and_cases(week) -> None:
    said = week.types(
        "stats", "closing_rate", "--week", "2020-W48", "--per", "unit", "--cases", "--json", "--as", "office"
    )
    told = said.document
    assert (told["version"], told["measure"], told["dimension"]) == (3, "share", "unit")
    assert told["period"] == {
        "kind": "week", "name": "2020-W48", "start": "2020-11-22T16:00:00Z", "end": "2020-11-29T16:00:00Z",
        "zone": "Asia/Shanghai",
    }  # fmt: skip
    (unit,) = [one for one in told["values"] if one["subject"] == "city-management"]
    assert (unit["numerator"], unit["denominator"], unit["n"], unit["percent"]) == (1, 2, 2, "50.0%")
    assert (unit["cases"], unit["holding"]) == (["ISS-000001", "ISS-000002"], ["ISS-000001"])
    assert said.out.count("0.5") == 0


def test_without_a_figure_cases_are_counted_as_ever(week) -> None:
    said = week.types("stats", "--as", "office")
    assert said.out.splitlines()[0] == "workflow\tstate\tunit\tcount\toverdue"
    assert "issue\tclosed\tcity-management\t1\t0" in said.out


def test_scores_tell_rank_points_and_how_many_parts_weighed(week) -> None:
    said = week.types("scores", "unit-score", "--week", "2020-W48", "--as", "office")
    # 60 · 1/2 + 40 · (1 − 1) = 30 of 100.
    assert said.out == "rank\tsubject\tpoints\tn\tparts_with_cases\n1\tcity-management\t30.0\t2\t2/2\n"
    told = week.types("scores", "unit_score", "--week", "2020-W48", "--json", "--as", "office").document
    assert [(one["subject"], one["rank"], one["points"]) for one in told["scores"]] == [
        ("city-management", 1, [30, 1]), ("office", None, None),
    ]  # fmt: skip
    assert [part["weighed"] for part in told["scores"][0]["parts"]] == [[3, 5], [2, 5]]


def test_what_can_be_asked_for_is_listed(week) -> None:
    told = week.types("stats", "--list", "--json", "--as", "office").document
    assert [one["figure"] for one in told["figures"]] == ["reported", "closing_rate", "rework_rate", "open_age"]
    assert [one["score"] for one in told["scores"]] == ["unit_score"]
    assert [one["dimension"] for one in told["dimensions"]] == ["unit"]


@pytest.mark.parametrize(("words", "code", "says"), [
    (("stats", "closing_rat"), 4, "did you mean `closing_rate`?"),
    (("stats", "--week", "2020-W48"), 2, "Name a figure"),
    (("stats", "reported", "--week", "48"), 2, "expected one such as 2020-W50"),
    (("stats", "reported", "--week", "2020-W48", "--year", "2020"), 2, "Name one period"),
    (("stats", "reported", "--from", "2020-11-30", "--to", "2020-11-23"), 2, "in order"),
    (("stats", "reported", "--week", "2021-W48"), 2, "has not begun"),
    (("stats", "reported", "--as-of", "yesterday"), 2, "is not a time"),
    (("stats", "reported", "--as-of", "2021-11-23"), 2, "lies ahead"),
    (("stats", "reported", "--per", "units"), 2, "did you mean `unit`?"),
    (("stats", "reported", "--unit", "offic"), 4, "did you mean `office`?"),
    (("scores", "unit_scor"), 4, "did you mean `unit_score`?"),
    (("scores", "unit_score", "--unit", "offic"), 4, "did you mean `office`?"),
], ids=str)  # fmt: skip
def test_wrong_words_are_told_with_what_was_expected(week, words: tuple[str, ...], code: int, says: str) -> None:
    said = week.types(*words, "--as", "office")
    assert (said.code, said.out) == (code, "")
    assert says in said.err
    chinese = week.types(*words, "--as", "office", "--lang", "zh")
    assert chinese.code == code
    assert any("\u4e00" <= letter <= "\u9fff" for letter in chinese.err)


def test_as_of_a_day_is_told_what_stood_at_its_end(week) -> None:
    def reported(*words: str) -> str:
        return week.types("stats", "reported", "--year", "2020", *words, "--as", "office").out.splitlines()[1]

    assert reported("--as-of", "2020-11-23").startswith("2\t2")
    assert reported("--as-of", "2020-11-22").startswith("0\t0")
    assert reported("--as-of", "2020-11-23T09:29").startswith("0\t0")
    assert reported("--as-of", "2020-11-23T09:30").startswith("2\t2")

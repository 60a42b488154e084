"""The options that every command has, and completion."""

import pytest

from duban.cli.kit.logs import _for_people
from duban.cli.kit.shared import glimpsed, language


def test_shared_options_stand_before_or_after_the_command(street, tmp_path) -> None:
    ref = street.reports()
    nowhere = f"sqlite:///{tmp_path / 'nowhere.db'}"

    before = street.types("--db", street.url, "--as", "office", "--lang", "zh", "--json", "show", ref, DUBAN_DB=nowhere)
    after = street.types("show", ref, "--db", street.url, "--as=office", "--lang", "zh", "--json", DUBAN_DB=nowhere)

    assert before.document == after.document
    assert before.document["ref"] == ref


def test_commands_of_the_pack_come_from_the_store_that_is_named_last(street) -> None:
    said = street.types("issue", "report", "--help", "--db", street.url, DUBAN_DB="sqlite:///nowhere.db")

    assert said.code == 0
    assert "--title" in said.out


def test_the_actor_may_come_from_the_environment(street) -> None:
    assert street.types("whoami", "--json", DUBAN_AS="leader").document["actor"] == "leader"
    assert street.types("whoami", "--json", "--as", "office", DUBAN_AS="leader").document["actor"] == "office"


def test_a_value_that_looks_like_an_option_stays_a_value(street) -> None:
    said = street.types("start", "issue", "-f", "title=--json", "-f", "category=litter", "--as", "grid-worker")

    assert said.code == 0
    assert said.out.startswith("ref\t")


def test_the_first_look_finds_options_wherever_they_stand() -> None:
    assert glimpsed(["show", "X", "--db", "a", "--lang=zh", "--json"]) == {"db": "a", "lang": "zh", "json": "yes"}
    assert glimpsed(["show", "--", "--json"]) == {}
    assert glimpsed(["--as"]) == {}


def test_the_language_is_that_of_the_option_then_of_duban_then_of_the_system() -> None:
    assert language("zh", {"DUBAN_LANG": "en"}) == "zh"
    assert language(None, {"DUBAN_LANG": "en", "LC_ALL": "zh_CN.UTF-8"}) == "en"
    assert language(None, {"LC_ALL": "", "LANG": "zh_CN.UTF-8"}) == "zh"
    assert language(None, {"LC_ALL": "C.UTF-8", "LANG": "zh_CN.UTF-8"}) == "en"
    assert language("fr", {}) == "en"


def test_an_unknown_word_offers_the_nearest_command_or_workflow(street) -> None:
    assert "`issue`" in street.types("isue").err
    assert "`show`" in street.types("shwo").err
    assert "`assign`" in street.types("issue", "asign").err


def test_errors_are_told_in_the_language_of_the_reader(street) -> None:
    for words in [
        ("nonsense",),
        ("show",),
        ("list", "--nonsense"),
        ("list", "--limit", "x"),
        ("list", "--after"),
        ("list",),
    ]:
        said = street.types(*words, "--lang", "zh") if words[-1] != "--after" else street.types("--lang", "zh", *words)
        assert not said.err.isascii()
        assert "Error" not in said.err


def test_a_shell_completes_commands_events_units_choices_and_actors(street) -> None:
    def completed(*words: str) -> set[str]:
        said = street.types(
            _DUBAN_COMPLETE="bash_complete", COMP_WORDS=" ".join(["duban", *words]), COMP_CWORD=str(len(words))
        )
        return {line.partition(",")[2] for line in said.out.splitlines() if line}

    ref = street.reports()
    street.env["DUBAN_AS"] = "office"

    assert completed("sh") == {"show"}
    assert "assign" in completed("issue", "a")
    assert completed("issue", "assign", ref, "--unit", "c") == {"city-management"}
    assert completed("issue", "report", "--category", "p") == {"parking"}
    assert completed("list", "--as", "lead") == {"leader"}
    assert completed("list", "--state", "as") == {"assigned"}
    assert completed("show", "ISS") == {ref}
    assert completed("fire", ref, "a") == {"assign"}
    assert completed("nonsense", "x") == set()


def test_completion_is_silent_without_a_store(bare) -> None:
    said = bare.types(_DUBAN_COMPLETE="bash_complete", COMP_WORDS="duban issue assign", COMP_CWORD="2")

    assert said.err == ""


def test_every_shell_gets_its_script(street) -> None:
    for shell in ("bash", "zsh", "fish"):
        script = street.types("completion", shell).out
        assert "_DUBAN_COMPLETE" in script


def test_a_line_of_the_log_is_told_to_people_without_brackets() -> None:
    line = '{"ref": "ISS-1", "event": "case.started", "level": "info", "timestamp": "2020-11-23T01:30:00.5Z"}'

    assert _for_people(line) == "01:30:00Z info    case.started ref=ISS-1"
    assert _for_people("not json") == "not json"


@pytest.mark.parametrize(
    ("words", "lang", "told"),
    [
        (("fire", "ISS-000001", "assign", "--expect-version", "-1"), "en",
         "--expect-version cannot be `-1`: expected a whole number, 1 or more."),
        (("fire", "ISS-000001", "assign", "--expect-version", "abc"), "zh",
         "--expect-version 不能取“abc”：应为不小于 1 的整数。"),
        (("list", "--limit", "0"), "en", "--limit cannot be `0`: expected a whole number from 1 to 1000."),
        (("list", "--limit", "x y"), "zh", "--limit 不能取“x y”：应为 1 至 1000 之间的整数。"),
    ],
)  # fmt: skip
def test_what_is_no_number_is_told_with_what_was_typed_and_what_is_expected(
    street, words: tuple[str, ...], lang: str, told: str
) -> None:
    said = street.types(*words, "--as", "office", "--lang", lang)
    assert (said.code, told in said.err) == (2, True), said.err

"""How a reference may be typed, and that nobody learns of a case by it."""

import shutil
from pathlib import Path

import pytest
from tests.cli.conftest import Street
from tests.engine.runtime.street import ROOT

from duban.cli.kit.references import as_written


@pytest.mark.parametrize("typed", ["iss-000042", "Iss-000042", "ＩＳＳ－０００042", " ISS-000042 ", "ISS-000042"])
def test_a_reference_is_read_in_any_letter_case_and_width(typed: str) -> None:
    assert as_written(typed) == "ISS-000042"


@pytest.mark.parametrize(
    "typed", ["issue", "iss-42", "task-list", "iss-000001:2:0", "ıss-000042", "ß-000042", "", "../iss-000001"]
)
def test_what_is_no_reference_stays_as_it_was_typed(typed: str) -> None:
    assert as_written(typed) == typed


@pytest.mark.parametrize(
    "words",
    [
        ("show", "{ref}"), ("why", "{ref}"), ("why", "{ref}", "assign"), ("history", "{ref}"), ("readings", "{ref}"),
        ("evidence", "list", "{ref}"), ("list", "--after", "{ref}"),
        ("fire", "issue", "assign", "--where", "parent={ref}", "-f", "unit=office", "--dry-run"),
    ],
    ids=" ".join,
)  # fmt: skip
def test_a_reference_in_small_letters_does_what_the_right_one_does(street: Street, words: tuple[str, ...]) -> None:
    ref = street.reports()
    small, right = ([word.format(ref=one) for word in words] for one in (ref.lower(), ref))

    said = street.types(*small, "--as", "office", "--json")

    assert said == street.types(*right, "--as", "office", "--json")
    assert said.code == 0


@pytest.mark.parametrize("words", [("fire", "{ref}", "assign", "-f"), ("issue", "assign", "{ref}", "-f")], ids=" ".join)
def test_an_event_is_fired_on_the_case_of_a_reference_in_small_letters(street: Street, words: tuple[str, ...]) -> None:
    ref = street.reports()

    said = street.types(*(word.format(ref=ref.lower()) for word in words), "unit=office", "--as", "office", "--json")

    assert (said.document["ref"], said.document["state"]) == (ref, "assigned")


def test_a_field_of_a_case_takes_a_reference_in_small_letters(bare: Street, tmp_path: Path) -> None:
    pack = shutil.copytree(ROOT / "tests" / "packs" / "sample", tmp_path / "pack")
    words = (pack / "issue.yaml").read_text(encoding="utf-8")
    words = words.replace("fields:\n", "fields:\n  like: {type: case}\n", 1)
    words = words.replace("takes: [severity]", "takes: [severity, like]", 1)
    (pack / "issue.yaml").write_text(words, encoding="utf-8")
    assert bare.types("init", "--pack", str(pack)).code == 0
    ref = bare.reports()
    typed = (
        "issue",
        "report",
        "--title",
        "Again",
        "--category",
        "litter",
        "--like",
        ref.lower(),
        "--as",
        "grid-worker",
    )

    assert bare.types(*typed, "--json").document["data"]["like"] == ref
    found = bare.types("list", "issue", "-f", f"like={ref.lower()}", "--as", "office", "--json").document
    assert [one["data"]["title"] for one in found] == ["Again"]


def test_a_hidden_case_in_small_letters_answers_as_one_that_there_is_not(bare: Street, tmp_path: Path) -> None:
    pack = shutil.copytree(ROOT / "tests" / "packs" / "sample", tmp_path / "pack")
    words = (pack / "issue.yaml").read_text(encoding="utf-8")
    (pack / "issue.yaml").write_text(f"{words}\nconfidential: [reporter]\n", encoding="utf-8")
    assert bare.types("init", "--pack", str(pack)).code == 0
    ref = bare.reports()

    hidden = bare.types("show", ref.lower(), "--as", "leader")
    unknown = bare.types("show", "iss-000777", "--as", "leader")

    assert (hidden.code, hidden.out) == (unknown.code, unknown.out) == (4, "")
    assert hidden.err == unknown.err.replace("ISS-000777", ref)

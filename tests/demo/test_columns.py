"""Text stands in columns, whatever the width of its characters."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duban.demo.columns import WIDTH, cut, fill, folded, table, width, wrapped

WORDS = st.text(st.sampled_from("ab 问题，。x-1"), max_size=300)


def test_a_chinese_character_is_two_columns_wide() -> None:
    assert width("问题 A") == 6
    assert fill("问题", 6) == "问题  "
    assert cut("整改提升阶段", 7) == "整改提…"


@given(WORDS, st.integers(2, 60))
def test_filled_words_have_the_width_that_was_asked_for(words: str, columns: int) -> None:
    assert width(fill(words, columns)) == columns


@given(WORDS)
def test_wrapping_keeps_every_sign_and_the_width_of_the_page(words: str) -> None:
    lines = wrapped(words)

    assert "".join(lines).replace(" ", "") == words.replace(" ", "")
    assert all(width(line) <= WIDTH for line in lines if " " in line or len(line) < 40)


def test_no_full_stop_begins_a_line() -> None:
    lines = wrapped("问题" * 19 + "，整改。" * 30)

    assert not [line for line in lines if line[:1] in "，。"]


def test_a_table_that_is_too_wide_gives_way_in_its_widest_columns() -> None:
    lines = table(["Issue", "Words", "N"], [["ISS-1", "x" * 200, "3"]], right=frozenset({2}))

    assert max(width(line) for line in lines) == WIDTH
    assert lines[1].endswith("…  3")


@pytest.mark.parametrize("program", ["duban", ".venv/bin/duban", "a-longer-folder/with-another/.venv/bin/duban"])
def test_a_command_is_folded_to_eighty_columns_whatever_the_program_is_called(program: str) -> None:
    command = f"{program} --db sqlite:///duban-demo/street.db --as office-coordination-1 --lang zh list issue --overdue"
    lines = folded(command)
    assert max(map(width, lines)) <= WIDTH
    assert all(line.endswith(" \\") for line in lines[:-1])
    assert " ".join(line.removesuffix("\\").strip() for line in lines) == command

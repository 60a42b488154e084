"""``duban survey …``: from the draw to the results, for people, pipes and programs; and hostile tables of sheets."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.cli.conftest import MORNING, Street
from tests.engine.definition.broken_packs import PACKS

from duban.cli.kit.help import width_of
from duban.testing import FrozenClock

HEADER = "community,knows,helped,gave,grade\n"
GOOD = "north,yes,no,time,5\n"


@pytest.fixture(scope="session")
def made_survey(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with a survey that runs, with eight interviews in one community, to be copied."""
    folder = tmp_path_factory.mktemp("polled")
    street = Street(folder, FrozenClock(MORNING))
    assert street.types("init", "--pack", str(PACKS / "surveyed")).code == 0
    assert street.types("poll", "prepare", "--title", "x", "--households", "30", "--as", "asker").code == 0
    assert street.types("poll", "sample", "POL-000001", "--seed", "2020", "--as", "asker").code == 0
    for number in range(1, 9):
        assert street.types("door", "ask", f"DOR-{number:06}", "--as", "asker").code == 0
    return folder / "street.db"


@pytest.fixture
def polled(tmp_path: Path, made_survey: Path, clock: FrozenClock) -> Street:
    shutil.copy(made_survey, tmp_path / "street.db")
    return Street(tmp_path, clock)


def answers(polled: Street, table: str | bytes, *more: str, code: int = 0) -> dict[str, object]:
    """Enter a table of sheets; what it came to."""
    file = polled.folder / "sheets.csv"
    file.write_bytes(table if isinstance(table, bytes) else table.encode())
    said = polled.types("poll", "answer", "POL-000001", "--csv", str(file), "--as", "asker", "--json", *more)
    assert said.code == code, said
    return dict(said.document)


def report(polled: Street) -> str:
    return (polled.folder / "sheets.csv.rejected.csv").read_text(encoding="utf-8-sig")


def test_a_sheet_is_entered_on_the_command_line(polled: Street) -> None:
    words = "-f knows=yes -f helped=no -f gave=time".split()
    said = polled.types("poll", "answer", "POL-000001", "--community", "north", *words, "--as", "asker", "--json")
    assert said.document == {"taken": 1, "rejected": 0, "already": 0, "report": None}
    wrong = polled.types(
        "poll", "answer", "POL-000001", "--community", "north", "-f", "knows=so", "--as", "asker", "--json"
    )
    assert wrong.code == 7
    assert set(wrong.document["error"]["fields"]) == {"knows", "helped", "gave"}
    none = polled.types("poll", "answer", "POL-000001", "--community", "south", *words, "--as", "asker")
    assert (none.code, "0 interviews in South" in none.err) == (3, True)
    for given in ([], ["--csv", "x.csv", "--community", "north"]):
        assert polled.types("poll", "answer", "POL-000001", *given, "--as", "asker").code == 2


def test_a_table_is_taken_once_in_whatever_order_its_rows_stand(polled: Street) -> None:
    rows = [GOOD, "north,no,no,nothing,\n", "north,yes,yes,money,1\n"]
    assert answers(polled, HEADER + "".join(rows))["taken"] == 3
    again = answers(polled, HEADER + "".join(reversed(rows)))
    assert (again["taken"], again["already"]) == (0, 3)
    assert answers(polled, HEADER + "".join(rows), "--key", "the other pile")["taken"] == 3


def test_names_and_labels_in_both_languages_are_understood(polled: Street) -> None:
    assert (
        answers(polled, "\ufeff社区,您知道吗？,helped,Gave,grade\r\n北社区,是,No,钱,5\r\nNorth,Yes,否,Time,\r\n")[
            "taken"
        ]
        == 2
    )


def test_rows_that_do_not_fit_are_told_with_line_and_column_and_nothing_is_lost(polled: Street) -> None:
    rows = [
        GOOD,
        "north,perhaps,no,time,9\n",
        "nowhere,yes,no,time,5\n",
        "\n",
        "north,yes\n",
        GOOD,
        "north,yes,no,time,5,6\n",
    ]
    said = answers(polled, HEADER + "".join(rows), code=7)
    assert (said["taken"], said["rejected"]) == (2, 4)
    lines = report(polled).splitlines()
    assert lines[0] == "community,knows,helped,gave,grade,line,reason"
    assert [line.split(",")[5] for line in lines[1:]][:3] == ["3", "4", "6"]
    assert "column knows: is perhaps" in lines[1]
    assert "column grade: is 9" in lines[1]
    assert "column community: is nowhere" in lines[2]
    assert "column helped: was not answered" in lines[3]
    assert "the row has 6 cells" in lines[4]
    mended = report(polled).replace("perhaps", "no").replace(",9,", ",3,")
    said = answers(polled, mended, code=7)
    assert (said["taken"], said["rejected"]) == (1, 3)


def test_more_sheets_than_interviews_stay_in_the_report_until_there_are_interviews(polled: Street) -> None:
    said = answers(polled, HEADER + GOOD * 10, code=7)
    assert (said["taken"], said["rejected"]) == (8, 2)
    assert "8 interviews" in report(polled)
    for number in (9, 10):
        assert polled.types("door", "ask", f"DOR-{number:06}", "--as", "asker").code == 0
    assert answers(polled, report(polled))["taken"] == 2
    assert polled.types("poll", "list", "--as", "asker", "--json").document[0]["sheets"] == 10


@pytest.mark.parametrize(
    ("table", "told"),
    [
        (b"", "it is empty"),
        (b"knows,helped,gave\nyes,no,time\n", "no column `community`"),
        (HEADER.encode() + b"north,\xff,no,time,5\n", "line 2"),
        (HEADER.encode() + b"north,y\0s,no,time,5\n", "line 2"),
        (HEADER.encode() + b'north,"yes,no,time,5\n', "line 2"),
        (HEADER.encode() + b"north,yes,no,time," + b"5" * 1_000_001 + b"\n", "line 2"),
        (b"community,knows,phone\nnorth,yes,13800000000\n", "`phone`"),
        ("community,knows,您知道吗？\nnorth,yes,no\n".encode(), "both mean knows"),
        (b"community,knows,knows\nnorth,yes,no\n", "knows"),
    ],
)
def test_a_broken_table_is_refused_whole(polled: Street, table: bytes, told: str) -> None:
    said = answers(polled, table, code=7)
    error = said["error"]
    assert isinstance(error, dict)
    assert told in error["message"]
    assert polled.types("poll", "list", "--as", "asker", "--json").document[0]["sheets"] == 0
    assert not (polled.folder / "sheets.csv.rejected.csv").exists()


HOSTILE = [
    "=1+1",
    "@SUM(A1)",
    "\x1b[31mred",
    "\u202eevil",
    "[bold]x",
    "{{ 7*7 }}",
    "<b>x</b>",
    "x" * 5_000,
    "'; DROP TABLE",
]


@pytest.mark.parametrize("cell", HOSTILE, ids=ascii)
def test_hostile_cells_are_rejected_and_come_out_inert(polled: Street, person: Callable[[], None], cell: str) -> None:
    quoted = '"' + cell.replace('"', '""') + '"'
    answers(polled, f"{HEADER}north,{quoted},no,time,5\n{quoted},yes,no,time,5\n", code=7)
    person()
    one = polled.types(
        "poll", "answer", "POL-000001", "--community", cell, "-f", f"knows={cell}", "-f", f"{cell}=1", "--as", "asker"
    )
    assert one.code in (2, 7)
    assert not any(sign in one.out + one.err for sign in "\x1b\u202e")
    assert polled.types("poll", "list", "--as", "asker", "--json").document[0]["sheets"] == 0


def closed(polled: Street) -> None:
    answers(polled, HEADER + GOOD * 6 + "north,no,no,nothing,\n" * 2)
    assert polled.types("poll", "count-up", "POL-000001", "--as", "asker").code == 0


def test_results_are_exact_for_programs(polled: Street) -> None:
    closed(polled)
    (found,) = polled.types("poll", "results", "POL-000001", "--per", "community", "--as", "asker", "--json").document
    assert (found["sheets"], found["interviews"], found["households"]) == (8, 8, 30)
    north = next(one for one in found["rates"] if (one["rate"], one["community"]) == ("awareness", "north"))
    assert north["share"] == {"numerator": 3, "denominator": 4}
    assert (north["n"], north["positive"], north["low"], north["high"]) == (8, 6, "0.4093", "0.9285")
    south = next(one for one in found["rates"] if (one["rate"], one["community"]) == ("awareness", "south"))
    assert (south["n"], south["share"], south["untold"]) == (None, None, "few")
    short = polled.types("poll", "results", "--as", "asker", "--json").document[0]["rates"]
    assert {one["community"] for one in short} == {None}


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize(
    "words",
    ["list", "questions", "questions POL-000001", "results", "results --per community", "sample POL-000001", "--help"],
)
def test_what_people_see_fits_eighty_columns_and_a_program_gets_one_document(
    polled: Street, person: Callable[[], None], lang: str, words: str
) -> None:
    if words.startswith("results"):
        closed(polled)
        assert polled.types("poll", "prepare", "--title", "y", "--as", "asker").code == 0
        assert polled.types("poll", "sample", "POL-000002", "--as", "asker").code == 0
        assert polled.types("poll", "count-up", "POL-000002", "--as", "asker").code == 0
    assert isinstance(polled.types("poll", *words.split(), "--as", "asker", "--json").document, list | dict)
    person()
    said = polled.types("poll", *words.split(), "--as", "asker", "--lang", lang)
    assert said.out.strip()
    assert [line for line in said.out.splitlines() if width_of(line) > 80] == []


def test_a_pipe_gets_the_same_in_every_language(polled: Street) -> None:
    closed(polled)
    english, chinese = (
        polled.types("poll", "results", "--per", "community", "--as", "asker", "--lang", lang).out
        for lang in ("en", "zh")
    )
    assert english == chinese
    assert "POL-000001\tawareness\tnorth\t8\t0.7500\t0.4093-0.9285" in english.splitlines()


def test_replacements_and_a_used_up_reserve_are_told(polled: Street, person: Callable[[], None]) -> None:
    south = [
        one["ref"] for one in polled.types("list", "door", "--limit", "100", "--as", "asker", "--json").document
        if one["data"]["community"] == "south"
    ]  # fmt: skip
    for ref in south[:2]:
        assert polled.types("door", "refuse", ref, "--as", "asker").code == 0
    person()
    said = polled.types("poll", "sample", "POL-000001", "--as", "asker")
    assert "1 households took the place" in said.out
    assert "reserve of South is used up; 1" in said.out


def test_what_can_be_typed_next_is_the_draw_and_the_closing_without_what_duban_fills_in(polled: Street) -> None:
    assert polled.types("poll", "prepare", "--title", "y", "--as", "asker").code == 0
    told = {
        one["event"]: one["command"]
        for ref in ("POL-000001", "POL-000002")
        for one in polled.types("why", ref, "--as", "asker", "--json").document
        if one["allowed"]
    }
    assert told["go"] == "duban poll sample POL-000002 --as asker"
    assert told["count_up"] == "duban poll count-up POL-000001 --as asker"
    assert "--seal" not in polled.types("poll", "count-up", "--help").out


def test_commands_of_surveys_belong_to_the_workflow_that_the_pack_names(street: Street, polled: Street) -> None:
    assert "sample" in polled.types("poll", "--help").out
    assert "sample" not in polled.types("door", "--help").out

"""What is written, for whom: documents, pipes, people."""

from collections.abc import Callable
from pathlib import Path

import pytest

from duban.cli.kit.help import width_of
from duban.cli.kit.inert import inert, inert_json, inert_lines

HOSTILE = "\u202e\u2066 [red]x[/red] :warning: \u200b"
READS = [
    ("show", "{ref}"), ("why", "{ref}"), ("why", "{ref}", "assign"), ("list",), ("history", "{ref}"), ("stats",),
    ("inbox",), ("refusals",), ("whoami",), ("sweep",), ("deliver",), ("verify",), ("doctor",), ("init",),
    ("metrics",), ("cadences",), ("retention",), ("archive", "list"), ("archive", "run"),
    ("archive", "run", "--dry-run"),
    ("channel", "list"), ("outbox", "list"), ("outbox", "list", "--channel", "all"),
    ("outbox", "discard", "{ref}:2:0"), ("outbox", "retry", "{ref}:2:0"),
    ("workflow", "list"),
    ("workflow", "show", "issue"), ("workflow", "diagram", "issue"), ("workflow", "check"),
    ("start", "issue", "-f", "title=x", "-f", "category=litter"), ("fire", "{ref}", "suspend", "-f", "reason=x"),
    ("completion", "bash"), ("issue", "suspend", "{ref}", "--reason", "x", "--dry-run"), ("follow", "X"),
    ("readings", "{ref}"), ("checkpoint", "--out", "{folder}/kept.checkpoint"),
    ("backup", "--out", "{folder}/kept.backup"), ("board",),
    ("document", "{ref}", "--out", "{folder}/papers"), ("evidence", "list", "{ref}"),
    ("stats", "closing_rate", "--per", "unit", "--cases"), ("stats", "reported", "--cases"),
    ("account", "list"), ("account", "list", "--suspended"), ("account", "log"), ("account", "log", "office"),
    ("account", "suspend", "grid-worker", "--reason", HOSTILE[3:9]),
    ("office", "list", "--offices", "{folder}/offices.yaml"),
    ("office", "show", "north", "--offices", "{folder}/offices.yaml"),
    ("stats", "open_age"), ("stats", "--list"), ("scores", "unit_score"), ("scores", "unit_score", "--unit", "office"),
]  # fmt: skip
REFUSED = [
    ("evidence", "get", "{ref}", "photo", "--out", "x"), ("evidence", "export", "{ref}", "--out", "x/y.zip"),
    ("account", "restore", "office", "--reason", "x"), ("archive", "return", "{ref}"),
    ("archive", "adopt", "x"),
    ("evidence", "verify", "x"), ("snapshot", "{ref}"), ("list", "-f", "title=x"),
]  # fmt: skip


def typed(words: tuple[str, ...], ref: str, folder: Path) -> list[str]:
    return [word.format(ref=ref, folder=folder) for word in words]


def actor_for(words: tuple[str, ...]) -> str:
    return "grid-worker" if words[0] == "start" else "leader" if "suspend" in words else "office"


@pytest.mark.parametrize("words", [*READS, *REFUSED], ids=" ".join)
@pytest.mark.asvs("5.3.6")
def test_with_json_every_command_writes_one_document_and_nothing_else(street, words: tuple[str, ...]) -> None:
    ref = street.reports(HOSTILE)
    street.assigns(ref)
    who = ("--as", actor_for(words))

    before = street.types("--json", *who, *typed(words, ref, street.folder))
    after = street.types(*typed(words, ref, street.folder), *who, "--json")

    assert isinstance(before.document, dict | list)
    assert isinstance(after.document, dict | list)
    assert (before.err, after.err) == ("", "")


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("words", [words for words in READS if words[0] not in ("follow", "completion")], ids=" ".join)
@pytest.mark.asvs("5.3.1")
def test_what_people_see_is_inert_and_fits_eighty_columns(
    street, person: Callable[[], None], words: tuple[str, ...], lang: str
) -> None:
    ref = street.reports(HOSTILE)
    street.assigns(ref)
    street.clock.advance("4 working days")
    street.types("fire", ref, "close", "--as", "grid-worker")
    if "retry" in words:
        street.types("outbox", "discard", f"{ref}:2:0", "--as", "office")
    person()

    said = street.types(*typed(words, ref, street.folder), "--as", actor_for(words), "--lang", lang)

    lines = [
        line for line in said.out.splitlines() if "duban " not in line and "sqlite" not in line and "/" not in line
    ]
    assert said.out.strip() != ""
    assert [line for line in lines if width_of(line) > 80] == []
    assert not any(sign in said.out for sign in "\x1b\u202e\u2066\u200b")


@pytest.mark.asvs("5.2.8")
def test_markup_of_others_is_shown_as_it_was_written(street, person: Callable[[], None]) -> None:
    ref = street.reports("[bold]not bold[/bold] [link=http://x]y[/link]")
    person()

    shown = street.types("show", ref, "--as", "office").out

    assert "[bold]not bold[/bold] [link=http://x]y[/link]" in shown


@pytest.mark.asvs("7.3.1")
def test_an_error_repeats_no_escape_codes(street) -> None:
    said = street.types("show", "\x1b]0;owned\x07\x1b[31mISS", "--as", "office")

    assert said.code == 4
    assert "\x1b" not in said.err
    assert "\x07" not in said.err


def test_a_pipe_gets_a_header_and_one_line_a_row_in_every_language_the_same(street) -> None:
    ref = street.reports("two\nlines\tand a tab")

    english = street.types("list", "--as", "office", "--lang", "en").out
    chinese = street.types("list", "--as", "office", "--lang", "zh").out

    head, row = english.splitlines()
    assert english == chinese
    assert head.split("\t") == ["ref", "workflow", "title", "state", "unit", "level", "due_at", "overdue"]
    assert row.split("\t")[:4] == [ref, "issue", "two lines and a tab", "reported"]


def test_people_read_labels_and_the_time_of_their_organisation(street, person: Callable[[], None]) -> None:
    ref = street.reports()
    street.assigns(ref)
    person()

    english = street.types("show", ref, "--as", "office").out
    chinese = street.types("show", ref, "--as", "office", "--lang", "zh").out
    street.clock.advance("4 working days")
    late = street.types("show", ref, "--as", "office").out

    assert "2020-11-26 09:30" in english
    assert "3 working days left" in english
    assert "Planning and construction office" in english
    assert "规建办" in chinese
    assert "剩余3个工作日" in chinese
    assert "overdue by 1 working day" in late


@pytest.mark.parametrize(
    ("hostile", "harmless"),
    [
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x1b]52;c;ZXZpbA==\x07after", "after"),
        ("\x9b2Jx", "x"),
        ("a\u202eb\u2069c", "a�b�c"),
        ("bell\x07", "bell�"),
        ("one\ntwo\tthree", "one two three"),
        ("e\u0301督办🏮", "e\u0301督办🏮"),
    ],
)
@pytest.mark.asvs("7.3.1")
def test_words_of_others_are_made_inert(hostile: str, harmless: str) -> None:
    assert inert(hostile) == harmless
    assert inert_lines("kept\n" + hostile.replace("\n", " ")).startswith("kept\n")


def test_a_document_loses_nothing_by_being_inert() -> None:
    import json

    value = "\u202e\x7f\x9b督办🏮\u2028\ud800"

    written = inert_json(json.dumps(value, ensure_ascii=False))

    assert json.loads(written) == value
    assert not any(sign in written for sign in "\u202e\x7f\x9b\u2028")
    assert "督办🏮" in written


@pytest.mark.parametrize("columns", [80, 60, 30])
def test_a_reference_or_a_name_is_never_broken(street, person: Callable[[], None], columns: int) -> None:
    long = "Boxes, bottles, a pram, three bicycles and a sofa without its cushions " * 2
    refs = [street.reports(long) for _ in range(2)]
    street.assigns(refs[0])
    street.clock.advance("5 working days")
    person()
    listed = street.types("list", "--as", "office", COLUMNS=str(columns)).out
    posts = street.types("workflow", "posts", COLUMNS=str(columns)).out

    assert [line.split()[0] for line in listed.splitlines() if line.startswith("ISS-")] == refs[::-1]
    assert {"city-handler", "grid-worker"} <= {line.split()[0] for line in posts.splitlines() if line.strip()}

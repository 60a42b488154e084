"""What a command does not need, it does not wait for."""

import json
import subprocess
import sys

import pytest

HEAVY = (
    "PIL", "alembic", "apprise", "apscheduler", "docx", "docxtpl", "holidays", "jinja2", "matplotlib", "openpyxl",
    "opentelemetry", "prometheus_client", "puremagic", "psycopg", "pydantic", "rich", "ruamel", "structlog", "tomllib",
    "transitions", "typst", "urllib3", "xlsxwriter", "sqlalchemy.orm", "sqlalchemy.dialects.postgresql",
    "duban.engine.definition.pack", "duban.engine.runtime.commands", "duban.engine.runtime.sweep",
)  # fmt: skip
ONLY_WITH_A_STORE = (
    "sqlalchemy",
    "cel_expr_python",
    "chinese_calendar",
    "zoneinfo",
    "difflib",
    "logging",
    "pathlib",
    "duban.app",
)
PROGRAM = """
import sys
from duban.cli import main
sys.argv = ["duban", *sys.argv[1:]]
try:
    main()
except SystemExit as left:
    assert not left.code, left.code
sys.stderr.write("\\n" + " ".join(sys.modules))
"""


def imported(street, *words: str, **env: str) -> set[str]:
    """The modules that a process has imported when it has carried out the command."""
    # A cache of its own: whatever else is tested beside this pushes packs out of the shared one.
    own = street.environment(**{"DUBAN_CACHE": str(street.folder / "cache"), **env})
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *words], env=own, cwd=street.folder, capture_output=True,
        text=True, encoding="utf-8", check=True,
    )  # fmt: skip
    return set(done.stderr.rpartition("\n")[2].split())


@pytest.fixture
def warm(street) -> str:
    """A case, in a street whose pack and texts are kept by now."""
    ref = street.reports()
    street.assigns(ref)
    imported(street, "why", ref, DUBAN_AS="office")
    imported(street, "--help")
    return ref


@pytest.mark.parametrize("words", [("--help",), ("--version",), ("--help", "--lang", "zh")], ids=" ".join)
def test_help_and_version_import_neither_a_store_nor_a_pack(street, warm: str, words: tuple[str, ...]) -> None:
    assert imported(street, *words).isdisjoint({*HEAVY, *ONLY_WITH_A_STORE})


@pytest.mark.parametrize(
    "words", [("show", "{ref}", "--json"), ("list", "--json"), ("why", "{ref}"), ("whoami",), ("issue", "--help")],
    ids=" ".join,
)  # fmt: skip
def test_a_pack_that_is_kept_is_neither_read_nor_checked_again(street, warm: str, words: tuple[str, ...]) -> None:
    found = imported(street, *(word.format(ref=warm) for word in words), DUBAN_AS="office")

    assert "duban.engine.definition.caching.packs" in found
    assert found.isdisjoint(HEAVY)


def test_a_list_compiles_no_condition(street, warm: str) -> None:
    assert "cel_expr_python" not in imported(street, "list", "--json", "--as", "office")


def test_without_a_cache_a_command_says_the_same(street, warm: str) -> None:
    words = ("show", warm, "--as", "office", "--json")

    kept, made = street.runs(*words), street.runs(*words, DUBAN_CACHE="off")

    assert json.loads(made.out) == json.loads(kept.out)
    assert "duban.engine.definition.pack" in imported(street, *words, DUBAN_CACHE="off")


def test_at_the_end_nothing_is_searched_for_garbage(street) -> None:
    program = PROGRAM.replace('" ".join(sys.modules)', "str(__import__('gc').get_freeze_count())")

    done = subprocess.run(
        [sys.executable, "-c", program, "--version"],
        env=street.environment(),
        capture_output=True,
        text=True,
        check=True,
    )

    assert int(done.stderr) > 1_000


def test_the_version_is_told_as_text_and_as_a_document(street) -> None:
    from duban import __version__

    assert street.types("--version").out == f"duban {__version__}\n"
    assert street.types("--json", "--version").document == {"duban": __version__}
    assert street.types("--version", "--json").document == {"duban": __version__}

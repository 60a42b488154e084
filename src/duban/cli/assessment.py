"""``duban assessment``: makes and loads a table of the assessment system, and tells how far it is."""

from pathlib import Path
from typing import Any

import click

from duban.assessment.coverage import SUMMED, Covered, Standing, Wanted, coverage, current_review, listed
from duban.assessment.example import FILE, example, written
from duban.assessment.loading import Difference, Loader, Loading
from duban.assessment.opening import opened
from duban.assessment.shape import checked
from duban.assessment.vocabulary import INDICATOR, LEVELS, POINT, Vocabulary
from duban.cli.assessment_materials import GATHER, MATERIALS
from duban.cli.kit import complete
from duban.cli.kit.answer import Answer, Cell, Facts, Part, Table, Words, cell
from duban.cli.kit.command import Command, Group
from duban.cli.kit.desk import Desk
from duban.cli.kit.documents import case_document
from duban.cli.kit.options import Argument, Option
from duban.cli.kit.progress import counting
from duban.engine.errors import UsageError
from duban.engine.messages import text
from duban.engine.model.case import Case
from duban.engine.model.hint import hint

DIFFERENT = 5
"""The exit code when the table differs from what was loaded: nothing was written."""

CASES = {"cases": INDICATOR, "points": POINT}
SHOWN = 40
"""Differences that a person is shown; a pipe and a program get them all."""


def make_example(desk: Desk, out: str) -> Answer:
    """Write a synthetic table of the shape that the pack tells."""
    path = Path(out)
    if path.is_dir():
        path /= FILE
    rows = example(desk.engine.pack, desk.lang)
    written(path, rows, desk.lang)
    numbers = Vocabulary.of(desk.engine.pack).numbers
    document = {
        "file": str(path),
        "rows": len(rows),
        "synthetic": True,
        **{f"{name}s": numbers[name] for name in LEVELS},
    }
    facts = Facts([(name, name, cell(value)) for name, value in document.items()])
    words = Words([desk.say("example-written", file=str(path), rows=len(rows)), desk.say("example-synthetic")])
    return Answer(document, [words if desk.is_person else facts])


def load(desk: Desk, file: str, sheet: str | None, encoding: str, due: str | None, dry_run: bool) -> Answer:
    """Check a table and load it; loaded before, tell how it differs."""
    engine, by = desk.engine, desk.by
    words = Vocabulary.of(engine.pack)
    path = Path(file)
    hierarchy = checked(opened(path, sheet, encoding), words)
    loader = Loader(engine, hierarchy, by)
    if dry_run:
        loading = loader.compared()
    else:
        with counting(desk, "loading-table", loader.steps) as progress:
            loading = loader.load(path, due, progress)
    document = {
        "table": hierarchy.code, "new": loading.new, "review": loading.review, "dry_run": dry_run,
        **{f"{name}s": count for name, count in hierarchy.counts.items()},
        "differences": [_difference_document(one) for one in loading.differences],
    }  # fmt: skip
    return Answer(document, _told(desk, loading, words, dry_run), DIFFERENT if loading.differences else 0)


def status(
    desk: Desk, level: str, of: str | None, unit: str | None, link: str | None, table: str | None
) -> Answer:  # fmt: skip
    """Tell coverage and pass rates, or the indicators or points themselves."""
    engine, by = desk.engine, desk.by
    words = Vocabulary.of(engine.pack)
    for name, names, key in ((unit, words.units, "unknown-unit"), (link, words.links, "unknown-link")):
        if name is not None and name not in names:
            raise UsageError(key, found=name, known=list(names), hint=hint(name, names))
    review = current_review(engine, by, table)
    wanted = Wanted(of, unit, link)
    whole = coverage(engine, by, review, "total", wanted)
    if level in CASES:
        return _cases(desk, listed(engine, by, review, CASES[level], wanted))
    rows = whole if level == "total" else coverage(engine, by, review, level, wanted)
    heads = desk.head(
        "item", "title", "indicators", "indicators_checked", "indicators_passed", "points", "points_checked",
        "points_passed",
    )  # fmt: skip
    heads["points"] = desk.head("inspection_points")["inspection_points"]
    shown = [_row(desk, one) for one in rows]
    if level not in ("total", "community"):
        shown += [_row(desk, one, last=True) for one in whole]
    document = [_covered_document(desk, one) for one in rows]
    return Answer(document, [Table(heads, shown, empty=desk.say("no-cases")), Words([desk.say("coverage-explained")])])


def _told(desk: Desk, loading: Loading, words: Vocabulary, dry_run: bool) -> list[Part]:
    counts = loading.hierarchy.counts
    numbers = [(name, words.levels[name].text(desk.lang), cell(counts[name])) for name in LEVELS]
    ref: Cell | str = loading.review or ""
    parts: list[Part] = [Facts([*numbers, ("review", text("head.review", desk.lang), ref)])]
    if loading.differences:
        rows = [_difference_row(desk, one, words) for one in loading.differences]
        shown = rows[:SHOWN] if desk.is_person else rows
        parts.append(Table(desk.head("line", "level_of", "item", "difference"), shown))
        parts.append(_lines(desk, "table-differs", count=len(rows), shown=len(shown), ref=loading.review))
    elif dry_run:
        parts.append(_lines(desk, "table-holds" if loading.new else "table-loaded-before", ref=loading.review))
    else:
        key = "table-loaded" if loading.new else "table-loaded-before"
        parts.append(_lines(desk, key, ref=loading.review, table=loading.hierarchy.code))
    return parts


def _lines(desk: Desk, key: str, **data: Any) -> Words:
    return Words(desk.say(key, **data).splitlines())


def _difference_row(desk: Desk, one: Difference, words: Vocabulary) -> list[Cell | str]:
    level = words.levels[one.level].text(desk.lang) if one.level in words.levels else one.level
    data = {"name": one.field, "table": one.table, "case": one.case, "ref": one.ref}
    return [
        cell(one.line), Cell(one.level, level), one.code,
        Cell(one.kind if one.field is None else f"{one.kind} {one.field}",
             text(f"assessment-difference.{one.kind}", desk.lang, **data)),
    ]  # fmt: skip


def _difference_document(one: Difference) -> dict[str, Any]:
    return {
        "kind": one.kind, "level": one.level, "code": one.code, "line": one.line, "ref": one.ref, "field": one.field,
        "table": one.table, "case": one.case,
    }  # fmt: skip


def _row(desk: Desk, one: Covered, *, last: bool = False) -> list[Cell | str]:
    name: Cell | str = Cell("total", desk.say("coverage-whole")) if last or one.name == "total" else one.name
    title = "" if last else one.label.text(desk.lang)
    return [name, title, *_cells(one.indicators), *_cells(one.points)]


def _cells(standing: Standing) -> list[Cell]:
    return [cell(standing.total), _share(standing.checked, standing.total), _share(standing.passed, standing.checked)]


def _share(part: int, whole: int) -> Cell:
    """A count and its share; of nothing there is no share."""
    return Cell(str(part), f"{part} ({100 * part // whole} %)" if whole else "—")


def _covered_document(desk: Desk, one: Covered) -> dict[str, Any]:
    return {
        "item": one.name, "title": one.label.text(desk.lang),
        **{
            name: {"total": standing.total, "checked": standing.checked, "passed": standing.passed}
            for name, standing in (("indicators", one.indicators), ("points", one.points))
        },
    }  # fmt: skip


def _cases(desk: Desk, cases: list[Case]) -> Answer:
    teller = desk.teller
    heads = desk.head("ref", "item", "title", "state", "unit")
    now = desk.engine.world.clock.now()
    # Hundreds of cases under few definitions: each is looked up once.
    first = {case.definition: case for case in cases}
    pinned = {digest: teller.definition(case) for digest, case in first.items()}
    rows: list[list[Cell | str]] = [
        [
            case.ref, str(case.data["code"]), str(case.data["title"]),
            teller.state(pinned[case.definition], case.state), teller.unit(case.unit),
        ]
        for case in cases
    ]  # fmt: skip
    document = [case_document(case, overdue=case.is_overdue(now)) for case in cases]
    return Answer(document, [Table(heads, rows, empty=desk.say("no-cases"))])


LEVEL = Option(
    ["--level"], says="option.assessment-level", type=click.Choice([*SUMMED, *CASES]), metavar="LEVEL", default="total"
)

command = Group(
    "assessment",
    "command.assessment",
    [
        Command(
            "example", "command.assessment-example", make_example,
            [Option(["--out"], says="option.example-out", metavar="FILE", default=FILE)],
        ),
        Command(
            "load", "command.assessment-load", load,
            [
                Argument("file", says="argument.assessment-file", metavar="FILE"),
                Option(["--sheet"], says="option.sheet", metavar="NAME"),
                Option(["--encoding"], says="option.import-encoding", metavar="NAME", default="utf-8"),
                Option(["--due"], says="option.assessment-due", metavar="YYYY-MM-DD"),
                Option(["--dry-run"], says="option.assessment-dry-run", is_flag=True),
            ],
        ),
        Command(
            "status", "command.assessment-status", status,
            [
                LEVEL,
                Option(["--of"], says="option.assessment-of", metavar="CODE"),
                Option(["--unit"], says="option.assessment-unit", metavar="UNIT", shell_complete=complete.units),
                Option(["--link"], says="option.assessment-link", metavar="LINK"),
                Option(["--table"], says="option.assessment-table", metavar="CODE"),
            ],
        ),
        GATHER,
        MATERIALS,
    ],
)  # fmt: skip

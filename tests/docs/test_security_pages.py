"""What the pages about security and watching name is there: files of tests, series, commands."""

import re
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from tests.docs.pages import ROOT, blocks_of
from tests.observing.office import a_morning, opened

from duban.observing.metrics import Metrics

MODEL = ROOT / "docs" / "explanation" / "threat-model.md"
WATCH = ROOT / "docs" / "how-to" / "watch-duban.md"
STRIDE = (
    "Spoofing", "Tampering", "Repudiation", "Information disclosure", "Denial of service", "Elevation of privilege",
)  # fmt: skip
_SERIES = re.compile(r"\bduban_[a-z_]+")


def test_every_test_that_answers_a_threat_is_there() -> None:
    named = re.findall(r"`([\w/]+/test_\w+\.py)`", MODEL.read_text(encoding="utf-8"))
    assert len(named) > 40
    assert [name for name in named if not (ROOT / "tests" / name).is_file()] == []


def test_each_kind_of_threat_has_its_table_and_each_row_says_what_is_left() -> None:
    page = MODEL.read_text(encoding="utf-8")
    for kind in STRIDE:
        part = page.partition(f"\n### {kind}: ")[2].partition("\n#")[0]
        rows = [line for line in part.splitlines() if line.startswith("| ")][1:]
        assert len(rows) >= 3, kind
        assert all(len(row.strip("|").split("|")) == 4 and row.strip("| ").rsplit("|", 1)[1].strip() for row in rows)


def series(folder: Path) -> str:
    """Everything that can be scraped after a morning with an error of the store at its end."""
    metrics = Metrics()
    with opened(folder, [metrics]) as engine:
        metrics.watch(engine.store, engine.world.clock)
        a_morning(engine, hidden=False)
        return metrics.text().decode()


def test_the_page_tells_every_series_and_no_other(tmp_path: Path) -> None:
    text = series(tmp_path)
    made = {re.sub(r"_created$", "", name) for name in re.findall(r"^# HELP (\S+)", text, re.MULTILINE)}
    made = {name for name in made if not name.endswith("_created")}
    told = set(_SERIES.findall(WATCH.read_text(encoding="utf-8")))
    assert {name for name in made if name not in told and f"{name}_total" not in told} == set()
    others = {name for name in told if name not in made and name.removesuffix("_total") not in made}
    # Made where one process serves several offices: tests/offices.
    assert others == {"duban_office_up"}


def test_the_rules_that_wake_somebody_are_rules_about_series_that_exist(tmp_path: Path) -> None:
    text = series(tmp_path)
    pages: list[Any] = [YAML(typ="safe").load(block.text) for block in blocks_of(WATCH) if block.language == "yaml"]
    (rules,) = (group["rules"] for page in pages if "groups" in page for group in page["groups"])
    assert len(rules) >= 6
    for rule in rules:
        assert rule["annotations"]["summary"]
        for name in _SERIES.findall(rule["expr"]):
            assert f"# TYPE {name} " in text, f"{rule['alert']} is about {name}, which is not there"
    alerts = {rule["alert"] for rule in rules}
    assert {"DubanNobodySweeps", "DubanDeadLetters", "DubanUndelivered"} <= alerts


def test_how_to_report_names_the_form_and_nobody() -> None:
    page = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
    assert "security advisory form" in page
    assert "@" not in page
    for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page):
        assert (ROOT / link).exists(), link

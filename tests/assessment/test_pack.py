"""What the pack `civility` declares of the assessment is what the notice says, and fits its machines."""

from pathlib import Path

import pytest
from tests.assessment.tables import civility, read

import duban
from duban.assessment.example import example, written
from duban.importing.sheets import Sheet


def test_the_assessment_system_has_the_levels_the_counts_and_the_links_of_the_notice() -> None:
    levels = {entry["label"]["zh"]: entry["number"] for entry in civility().catalogues["assessment-levels"].values()}
    links = [entry["label"]["zh"] for entry in civility().catalogues["assessment-links"].values()]

    assert levels == {"大项": 12, "子项": 40, "小项": 88, "指标": 237, "点位": 666, "入户": 300}
    assert links == ["网上申报", "实地考察", "问卷调查"]


def test_the_outcomes_of_the_assessment_are_states_of_their_workflows() -> None:
    for workflow, entry in civility().catalogues["assessment-outcomes"].items():
        states = set(civility().workflows[workflow].workflow.states)
        assert {*entry["checked"], *entry["left_out"]} <= states
        assert set(entry["passed"]) <= set(entry["checked"])


def test_the_example_has_exactly_the_shape_of_the_notice_and_says_everywhere_that_it_is_synthetic(
    tmp_path: Path,
) -> None:
    for lang in ("en", "zh"):
        rows = example(civility(), lang)
        for name in ("synthetic.xlsx", "合成.csv"):
            written(tmp_path / name, rows, lang)
            hierarchy = read(tmp_path / name)
            assert hierarchy.counts == {
                "major": 12, "sub": 40, "minor": 88, "indicator": 237, "point": 666, "household": 300,
            }  # fmt: skip
            assert "SYNTHETIC" in hierarchy.code
            assert all("合成" in one.title and "synthetic" in one.title for one in hierarchy.by_code.values())
        assert "synthetic" in Sheet(tmp_path / "synthetic.xlsx").name
    assert {item.link for item in hierarchy.items["indicator"]} == set(civility().catalogues["assessment-links"])
    assert len({item.unit for item in hierarchy.items["indicator"]}) == 13
    assert set(hierarchy.allotment) == set(civility().catalogues["communities"])


def test_the_example_is_the_same_every_time(tmp_path: Path) -> None:
    for name in ("a-synthetic.xlsx", "b-synthetic.xlsx"):
        written(tmp_path / name, example(civility(), "zh"), "zh")

    assert (tmp_path / "a-synthetic.xlsx").read_bytes() == (tmp_path / "b-synthetic.xlsx").read_bytes()


@pytest.mark.parametrize("name", ["table.xlsx", "synthetic.pdf", "nowhere/synthetic.csv"])
def test_an_example_is_not_written_under_a_name_that_hides_what_it_is_nor_where_it_cannot_be(
    name: str, tmp_path: Path
) -> None:
    with pytest.raises(duban.UsageError) as refused:
        written(tmp_path / name, example(civility(), "en"), "en")

    assert refused.value.message("en") != refused.value.message("zh")
    assert list(tmp_path.iterdir()) == []

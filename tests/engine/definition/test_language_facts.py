"""The language as the design shows it: the sample loads as written, and words stay words."""

from pathlib import Path

import pytest
from tests.engine.definition.broken_packs import PACKS, load, pack_with, sound_text

from duban.engine.model.definition import Workflow
from duban.engine.model.label import Label

ISSUE = "sample/issue.yaml"


@pytest.fixture(scope="module")
def issue() -> Workflow:
    return load(PACKS / "sample").workflows["issue"].workflow


def loaded(tmp_path: Path, *changes: tuple[str, str], file: str = ISSUE, name: str = "issue") -> Workflow:
    text = sound_text(file)
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    return load(pack_with(tmp_path, file, text)).workflows[name].workflow


def test_the_sample_of_the_design_loads_as_written(issue: Workflow) -> None:
    assert (issue.name, issue.version, issue.reference) == ("issue", 1, "ISS")
    assert issue.label == Label("Issue", "问题")
    assert list(issue.states) == ["reported", "assigned", "suspended", "rectified", "verified", "closed"]
    assert [name for name, state in issue.states.items() if state.final] == ["closed"]
    assert [event.name for event in issue.opening_events] == ["report"]
    assert issue.fields["severity"].default == "prominent"
    assert issue.events["verify"].guards[0].reason == Label("whoever rectified it cannot verify it", "整改人不得自核")
    steps = issue.deadlines["rectification"].steps
    assert [(step.point, step.level) for step in steps] == [
        ("75%", None),
        ("due", 1),
        ("due + 1 working day", 2),
        ("due + 5 working days", 3),
    ]
    assert [dict(call.params) for call in steps[0].calls] == [{"to": "handler"}]


def test_the_organisation_of_the_design_loads_as_written() -> None:
    organization = load(PACKS / "sample").organization
    assert organization.posts["city-handler"].label == Label("Handler", "经办人")
    assert organization.accounts["account-17"].posts == ("office", "city-handler")
    assert organization.posts["city-head"].roles == {"unit-head"}
    assert str(organization.zone) == "Asia/Shanghai"


def test_words_that_other_readers_take_for_values_stay_text(tmp_path: Path) -> None:
    issue = loaded(
        tmp_path,
        ("[litter, parking, hanging]", "[on, no, yes, off, y]"),
        ("label: {en: Title, zh: 标题}", "default: 010, label: 12:30"),
        ("{type: text}", "{type: text, default: 2020-11-20}"),
    )
    assert list(issue.fields["category"].choices or {}) == ["on", "no", "yes", "off", "y"]
    assert issue.fields["title"].default == "010"
    assert issue.fields["title"].label == Label("12:30", "12:30")
    assert issue.fields["measures"].default == "2020-11-20"


def test_without_a_label_a_name_is_told_in_plain_words(issue: Workflow) -> None:
    assert issue.fields["photo_after"].label.en == "Photo after"
    assert issue.deadlines["rectification"].label.zh == "rectification"


def test_one_name_or_a_list_of_them_mean_the_same(tmp_path: Path, issue: Workflow) -> None:
    old, new = "{from: verified, to: closed, by: [office]}", "{from: [verified], to: closed, by: office}"
    other = loaded(tmp_path, (old, new))
    assert other.events["close"] == issue.events["close"]


def test_any_is_every_state_that_is_not_final(tmp_path: Path) -> None:
    plan = loaded(tmp_path, file="plan.yaml", name="plan")
    assert plan.events["end"].sources == ("made", "running")


def test_a_field_called_items_is_not_taken_for_an_item(tmp_path: Path) -> None:
    plan = loaded(
        tmp_path,
        ("  urgent: {type: boolean}", "  urgent: {type: boolean}\n  items_left: {type: text}"),
        ("{title: {value: one more}}", "{title: items_left}"),
        file="plan.yaml",
        name="plan",
    )
    (source,) = (plan.events["go"].starts[2].data or {}).values()
    assert (source.kind, source.name) == ("field", "items_left")


@pytest.mark.parametrize("check", ["data.share > 3", "data.share >= 3 && data.share != 4", "data.share in [1, 2, 3]"])
def test_a_number_is_compared_with_whole_numbers(tmp_path: Path, check: str) -> None:
    plan = loaded(tmp_path, ("data.share > 3", check), file="plan.yaml", name="plan")
    assert plan.events["go"].guards[0].check.startswith(check)


def test_a_remark_in_a_file_is_not_kept() -> None:
    assert "a workflow that uses" in sound_text("plan.yaml")
    assert not hasattr(load(PACKS / "rich").workflows["plan"].workflow, "note")

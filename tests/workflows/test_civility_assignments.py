"""Who answers for what in the pack `civility`: groups, measures, special actions, categories, phases, and the words."""

import re
from collections.abc import Iterator
from datetime import date, time, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from duban.engine.definition.nodes import to_plain
from duban.engine.definition.reader import read_document

PACK = Path(__file__).resolve().parents[2] / "workflows" / "civility"
FILES = ("organization.yaml", "catalogue.yaml", "calendar.yaml")

Entries = dict[str, dict[str, Any]]

TITLES = (
    "总指挥 执行组长 副组长 组长 区委常委 宣传部长 街道党工委副书记 街道党工委书记 街道办事处主任 街道人大工委主任 "
    "办事处副主任 党工委组织委员 党工委宣统委员 纪工委书记 党委书记 领导小组办公室主任 督查组组长 督查组成员 工作人员 "
    "主任 负责人 职员 副大队长 上清寺交巡警大队长 所长 市场监督管理所 派出所 经办人 志愿者 网格员 巡防队员 劝导员 热线"
)
HAN = re.compile("[一-鿿]")
PERSONAL = re.compile(r"同志|先生|女士|小姐|师傅|\d{11}|\d{17}[\dX]")


def read(name: str) -> dict[str, Any]:
    plain = to_plain(read_document(PACK / name))
    assert isinstance(plain, dict)
    return plain


@pytest.fixture(scope="module")
def organization() -> dict[str, Any]:
    return read("organization.yaml")


@pytest.fixture(scope="module")
def catalogue() -> dict[str, Entries]:
    return read("catalogue.yaml")


@pytest.fixture(scope="module")
def communities(organization: dict[str, Any]) -> list[str]:
    return list(organization["communities"])


@pytest.fixture(scope="module")
def departments(organization: dict[str, Any]) -> list[str]:
    """各科室: the member units that are no dispatched agencies."""
    return [name for name, unit in organization["units"].items() if unit["kind"] == "department"]


@pytest.fixture(scope="module")
def named(organization: dict[str, Any], communities: list[str], departments: list[str]) -> dict[str, list[str]]:
    """What the notice calls units in brackets, and the units that it means."""
    names = {unit["label"]["zh"]: [name] for name, unit in organization["units"].items()}
    names |= {organization["communities"][name]["label"]["zh"]: [name] for name in communities}
    return names | {"各社区": communities, "各科室": departments, "纪工委": ["discipline-committee"]}


def labels(node: Any) -> Iterator[Any]:
    for name, value in node.items() if isinstance(node, dict) else ():
        if name == "label":
            yield value
        else:
            yield from labels(value)


def numbered(entries: Entries, parent: str) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for entry in entries.values():
        found.setdefault(entry[parent], []).append(entry["number"])
    return found


# --- task groups and special actions ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("parents", "children", "by"),
    [("task-groups", "measures", "group"), ("special-actions", "action-measures", "action")],
)
def test_measures_are_numbered_without_gaps_below_numbered_parents(
    catalogue: dict[str, Entries], parents: str, children: str, by: str
) -> None:
    numbers = numbered(catalogue[children], by)

    assert [entry["number"] for entry in catalogue[parents].values()] == list(range(1, len(catalogue[parents]) + 1))
    assert list(numbers) == list(catalogue[parents])
    assert numbers == {key: list(range(1, len(found) + 1)) for key, found in numbers.items()}
    assert list(catalogue[children]) == [f"{key}-{number}" for key, found in numbers.items() for number in found]


def test_the_groups_and_actions_have_as_many_measures_as_the_notice(catalogue: dict[str, Entries]) -> None:
    groups = numbered(catalogue["measures"], "group").values()
    actions = numbered(catalogue["action-measures"], "action").values()

    assert [len(numbers) for numbers in groups] == [3, 1, 1, 1, 4, 4, 4, 3, 2, 1, 3, 3, 3, 4]
    assert [len(numbers) for numbers in actions] == [4, 3, 3, 4, 2, 4, 3]


def test_the_areas_hold_the_groups_in_the_order_of_the_plan(catalogue: dict[str, Entries]) -> None:
    areas = [entry["area"] for entry in catalogue["task-groups"].values()]

    assert [areas.count(area) for area in catalogue["areas"]] == [4, 3, 5, 1, 1]
    assert list(dict.fromkeys(areas)) == list(catalogue["areas"])


@pytest.mark.parametrize("name", ["task-groups", "special-actions"])
def test_one_unit_answers_and_all_others_are_joint(catalogue: dict[str, Entries], name: str) -> None:
    entries = catalogue[name].values()

    assert [[entry["unit"], *entry["joint"]] for entry in entries] == [e["lead"] + e["cooperating"] for e in entries]


def test_a_measure_keeps_its_groups_leaders_and_lead_units(catalogue: dict[str, Entries]) -> None:
    called_in: dict[str, set[str]] = {key: set() for key in catalogue["task-groups"]}
    for measure in catalogue["measures"].values():
        group = catalogue["task-groups"][measure["group"]]
        assert [measure[name] for name in ("area", "leader", "leaders")] == [
            group[name] for name in ("area", "leader", "leaders")
        ]
        assert measure["leader"] == measure["leaders"][0]
        assert measure["unit"] in group["lead"]
        assert set(group["lead"]) <= {measure["unit"], *measure["joint"]}
        assert measure["unit"] not in measure["joint"]
        called_in[measure["group"]] |= set(measure["joint"]) - set(group["lead"])

    assert called_in == {key: set(group["cooperating"]) for key, group in catalogue["task-groups"].items()}


def test_a_measure_of_an_action_goes_to_the_units_in_its_brackets_else_to_the_actions(
    catalogue: dict[str, Entries], named: dict[str, list[str]], communities: list[str]
) -> None:
    bracketed = 0
    for measure in catalogue["action-measures"].values():
        action = catalogue["special-actions"][measure["action"]]
        words = re.search("（([^（）]*)）。$", measure["label"]["zh"])
        bracketed += words is not None
        expected = [unit for word in words[1].split("、") for unit in named[word]] if words else None
        assert measure["units"] == (expected or action["lead"] + action["cooperating"])
        nobody_leads = measure["units"] == communities
        assert [measure["unit"], *measure["joint"]] == action["lead"][:1] * nobody_leads + measure["units"]

    assert bracketed == 14


def test_the_police_chief_answers_for_street_gambling_and_elsewhere_heads_and_community_secretaries(
    catalogue: dict[str, Entries], communities: list[str]
) -> None:
    actions = dict(catalogue["special-actions"])
    gambling = actions.pop("street-gambling")

    assert (gambling["head"], gambling["responsible"]) == ("police-station-head", ["police-station-head"])
    for action in actions.values():
        assert action["head"] == f"{action['lead'][0]}-head" == action["responsible"][0]
        assert action["responsible"][-9:] == [f"{community}-secretary" for community in communities]


def test_an_action_and_its_sites_and_categories_name_each_other(catalogue: dict[str, Entries]) -> None:
    sites, categories = catalogue["sites"], catalogue["categories"]

    for key, action in catalogue["special-actions"].items():
        assert action["sites"] == [name for name, site in sites.items() if key in site["for"]]
        assert action["targets"] == [name for name, category in categories.items() if category.get("action") == key]
        assert action["targets"]


def test_no_category_shares_its_name_with_a_special_action(catalogue: dict[str, Entries]) -> None:
    assert set(catalogue["categories"]) & set(catalogue["special-actions"]) == set()


def test_the_peaks_are_spans_in_order_and_littering_has_them(catalogue: dict[str, Entries]) -> None:
    with_peaks = [key for key, action in catalogue["special-actions"].items() if action["peak_hours"]]

    assert with_peaks == ["uncivil-travel", "spitting-and-littering"]
    for key in with_peaks:
        spans = [span.split("-") for span in catalogue["special-actions"][key]["peak_hours"]]
        moments = [time.fromisoformat(moment) for span in spans for moment in span]
        assert all(earlier < later for earlier, later in pairwise(moments))


# --- categories ------------------------------------------------------------------------------------------------------


def test_a_category_goes_to_one_unit_that_its_action_or_group_names(catalogue: dict[str, Entries]) -> None:
    for key, category in catalogue["categories"].items():
        action = catalogue["special-actions"].get(category.get("action", ""))
        group = catalogue["task-groups"][category["group"]]
        known = action["lead"] + action["cooperating"] if action else group["lead"]
        assert category["lead"] in known, key
        assert category["lead"] not in category["cooperating"], key


def test_what_a_special_action_is_about_reaches_all_its_units(catalogue: dict[str, Entries]) -> None:
    for key, category in catalogue["categories"].items():
        action = catalogue["special-actions"].get(category.get("action", ""))
        if action and action["cooperating"]:
            reached = {category["lead"], *category["cooperating"]}
            assert reached == {*action["lead"], *action["cooperating"]}, key


def test_the_cooperating_offices_are_the_cooperating_units_without_the_communities(
    catalogue: dict[str, Entries], communities: list[str]
) -> None:
    for category in catalogue["categories"].values():
        without = [unit for unit in category["cooperating"] if unit not in communities]
        assert category["cooperating_offices"] == without
        assert len(category["cooperating"]) - len(without) in {0, 9}


def test_vagrancy_is_assistance_and_nobody_enforces_it(catalogue: dict[str, Entries]) -> None:
    categories = catalogue["categories"]
    assistance = [key for key, category in categories.items() if category["kind"] == "assistance"]

    assert assistance == catalogue["special-actions"]["vagrancy"]["targets"]
    assert ["enforcer" in categories[key] for key in assistance] == [False]
    assert {category["kind"] for category in categories.values()} == {
        *("conduct", "site", "service", "assistance", "other")
    }


# --- time ------------------------------------------------------------------------------------------------------------


def test_the_phases_follow_each_other_without_gap_and_the_review_has_no_date(catalogue: dict[str, Entries]) -> None:
    phases = catalogue["phases"]
    windows = [(phase.get("from"), phase.get("until")) for phase in phases.values()]

    assert list(phases) == ["mobilization", "rectification", "inspection", "long_term"]
    assert [phase["number"] for phase in phases.values()] == [1, 2, 3, 4]
    assert windows == [("2020-11-19", "2020-11-21"), ("2020-11-21", "2021-02-10"), ("2021-02-10", None), (None, None)]
    assert all(date.fromisoformat(day) for window in windows for day in window if day)


def test_a_working_day_of_the_pack_has_seven_hours_of_the_official_calendar() -> None:
    calendar = read("calendar.yaml")
    ends = [[time.fromisoformat(moment) for moment in span.split("-")] for span in calendar["hours"]]
    minutes = [(end.hour - start.hour) * 60 + end.minute - start.minute for start, end in ends]

    assert calendar["calendar"] == "china"
    assert timedelta(minutes=sum(minutes)) == timedelta(hours=7)


# --- words -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("file", FILES[:2])
def test_every_label_is_in_both_languages(file: str) -> None:
    found = list(labels(read(file)))

    assert len(found) > 100
    assert [label for label in found if HAN.search(label["en"]) or not HAN.search(label["zh"])] == []


def test_a_post_is_named_by_units_and_titles_and_never_after_a_person(
    organization: dict[str, Any], named: dict[str, list[str]]
) -> None:
    grids = [grid["label"]["zh"] for c in organization["communities"].values() for grid in c["grids"].values()]
    words = sorted([*named, *grids, *TITLES.split()], key=len, reverse=True)
    known = re.compile("|".join([*map(re.escape, words), "[一二三四]", "[（）、]"]))

    left = {key: known.sub("", post["label"]["zh"]) for key, post in organization["posts"].items()}

    assert {key: rest for key, rest in left.items() if rest} == {}
    assert [name for name in organization["accounts"] if not re.fullmatch(r"account-\d+", name)] == []


@pytest.mark.parametrize("file", FILES)
def test_no_file_of_the_pack_addresses_a_person(file: str) -> None:
    assert PERSONAL.findall((PACK / file).read_text(encoding="utf-8")) == []

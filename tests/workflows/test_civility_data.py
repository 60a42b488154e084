"""The declared data of the pack `civility`: the notice's counts hold, and every name that is used is declared."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from duban.engine.definition.nodes import to_plain
from duban.engine.definition.reader import read_document

PACK = Path(__file__).resolve().parents[2] / "workflows" / "civility"

Entries = dict[str, dict[str, Any]]

UNIT_ATTRIBUTES = {"unit", "joint", "lead", "cooperating", "cooperating_offices", "units", "enforcer", "community"}
POST_ATTRIBUTES = {"leader", "leaders", "head", "responsible", "post", "secretary", "worker"}
KEYS_OF = {
    "group": ["task-groups"],
    "area": ["areas"],
    "action": ["special-actions"],
    "targets": ["categories"],
    "sites": ["sites"],
    "grids": ["grids"],
    "for": ["special-actions", "categories"],
}
PLAIN_ATTRIBUTES = {"label", "number", "text", "kind", "position", "from", "until", "peak_hours", "opens", "households"}
PLAIN_ATTRIBUTES |= {"most", "minimum_sheets", "red_from", "black_below"}
PLAIN_ATTRIBUTES |= {f"weight_{name}" for name in ("cleanliness", "repairs", "order", "response")}
PLAIN_ATTRIBUTES |= {"checked", "passed", "left_out"}

DEPARTMENTS = "党政办 人大办 经发办 民社办 平安办 财政办 规建办 应急办 执法大队 社保所"
AGENCIES = "大溪沟派出所 上清寺交巡警大队 市场监管所"
COMMUNITIES = "人和街 华福巷 双钢路 张家花园 胜利路 建设路 罗家院 人民村 红球坝"


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
def posts(organization: dict[str, Any]) -> Entries:
    found: Entries = organization["posts"]
    return found


@pytest.fixture(scope="module")
def unit_labels(organization: dict[str, Any]) -> dict[str, str]:
    """Every unit, community and grid with its Chinese label."""
    labels = {name: unit["label"]["zh"] for name, unit in organization["units"].items()}
    for name, community in organization["communities"].items():
        labels[name] = community["label"]["zh"]
        labels |= {grid: entry["label"]["zh"] for grid, entry in community["grids"].items()}
    return labels


def many(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def used(catalogue: dict[str, Entries], attributes: set[str]) -> Iterator[tuple[str, str]]:
    for name, entries in catalogue.items():
        for key, entry in entries.items():
            for attribute in attributes & set(entry):
                for value in many(entry[attribute]):
                    yield f"{name}.{key}.{attribute}", value


# --- organisation ----------------------------------------------------------------------------------------------------


def test_the_thirteen_member_units_are_those_of_the_notice_in_its_order(organization: dict[str, Any]) -> None:
    members = [unit for unit in organization["units"].values() if unit["kind"] in {"department", "agency"}]

    assert [unit["label"]["zh"] for unit in members] == [*DEPARTMENTS.split(), *AGENCIES.split()]
    assert [unit["kind"] for unit in members] == ["department"] * 10 + ["agency"] * 3


def test_the_nine_communities_are_those_of_the_notice_and_each_has_grids(organization: dict[str, Any]) -> None:
    communities = organization["communities"].values()

    assert [community["label"]["zh"] for community in communities] == [f"{name}社区" for name in COMMUNITIES.split()]
    assert [len(community["grids"]) for community in communities] == [3] * 9


def test_no_two_units_communities_or_grids_share_a_name(
    organization: dict[str, Any], unit_labels: dict[str, str]
) -> None:
    grids = sum(len(community["grids"]) for community in organization["communities"].values())

    assert len(unit_labels) == len(organization["units"]) + len(organization["communities"]) + grids


def test_parents_of_units_exist(organization: dict[str, Any]) -> None:
    units = [*organization["units"].values(), *organization["communities"].values()]

    assert {unit["parent"] for unit in units if "parent" in unit} <= set(organization["units"])


def test_every_post_belongs_to_a_unit_and_carries_declared_roles(
    organization: dict[str, Any], posts: Entries, unit_labels: dict[str, str]
) -> None:
    assert {post["unit"] for post in posts.values()} <= set(unit_labels)
    assert {role for post in posts.values() for role in post["roles"]} == set(organization["roles"])


def test_every_post_but_the_hotline_answers_to_the_commander_in_the_end(posts: Entries) -> None:
    ends = {}
    for name in posts:
        way = [name]
        while (above := posts[way[-1]].get("reports_to")) is not None:
            assert above not in way, f"{name} reports to itself"
            way.append(above)
        ends[name] = way[-1]

    assert {name for name, end in ends.items() if end != "commander"} == {"resident"}


def test_who_may_see_only_their_own_cases_carries_no_role_that_sees_all(
    organization: dict[str, Any], posts: Entries
) -> None:
    own = {name for name, role in organization["roles"].items() if role["sees"] == "own"}

    assert own == {"volunteer", "resident"}
    assert [name for name, post in posts.items() if own & set(post["roles"]) and not set(post["roles"]) <= own] == []


def test_one_post_supervises_and_heads_the_discipline_committee(posts: Entries) -> None:
    holders = {
        role: [name for name, post in posts.items() if role in post["roles"]]
        for role in ("supervision-lead", "discipline-lead")
    }

    assert holders == {"supervision-lead": ["discipline-secretary"], "discipline-lead": ["discipline-secretary"]}


def test_the_office_has_six_staff_and_the_supervision_team_four_members(
    organization: dict[str, Any], posts: Entries
) -> None:
    lines = {name for name, unit in organization["units"].items() if unit.get("parent") == "campaign-office"}
    staff = [post["unit"] for post in posts.values() if "office" in post["roles"] and post["unit"] in lines]

    assert len(lines) == 5
    assert (len(staff), set(staff)) == (6, lines)
    assert sum("supervisor" in post["roles"] for post in posts.values()) == 4


def test_every_grid_has_its_worker(organization: dict[str, Any], posts: Entries) -> None:
    grids = [grid for community in organization["communities"].values() for grid in community["grids"]]

    assert [post["unit"] for post in posts.values() if "grid-worker" in post["roles"]] == grids


def test_a_post_can_be_held_by_several_accounts_and_an_account_can_hold_several_posts(
    organization: dict[str, Any], posts: Entries
) -> None:
    held = [post for account in organization["accounts"].values() for post in account["posts"]]

    assert set(held) <= set(posts)
    assert len(held) > len(set(held))
    assert max(len(account["posts"]) for account in organization["accounts"].values()) > 1


# --- catalogue -------------------------------------------------------------------------------------------------------


def test_the_catalogues_hold_what_the_notice_counts(catalogue: dict[str, Entries]) -> None:
    assert {name: len(entries) for name, entries in catalogue.items()} == {
        "leading-group": 33,
        "reporting-units": 22,
        "communities": 9,
        "grids": 27,
        "lines": 5,
        "phases": 4,
        "areas": 5,
        "task-groups": 14,
        "measures": 37,
        "special-actions": 7,
        "action-measures": 23,
        "sites": 25,
        "circuits": 8,
        "property-companies": 3,
        "appraisal-schemes": 1,
        "assessment-levels": 6,
        "assessment-links": 3,
        "assessment-outcomes": 2,
        "categories": 40,
    }


def test_every_attribute_is_one_that_workflows_know(catalogue: dict[str, Entries]) -> None:
    attributes = {attribute for entries in catalogue.values() for entry in entries.values() for attribute in entry}

    assert attributes == UNIT_ATTRIBUTES | POST_ATTRIBUTES | set(KEYS_OF) | PLAIN_ATTRIBUTES


def test_every_unit_post_and_key_that_is_named_exists(
    catalogue: dict[str, Entries], posts: Entries, unit_labels: dict[str, str]
) -> None:
    unknown = [place for place, name in used(catalogue, UNIT_ATTRIBUTES) if name not in unit_labels]
    unknown += [place for place, name in used(catalogue, POST_ATTRIBUTES) if name not in posts]
    for attribute, names in KEYS_OF.items():
        known = {key for name in names for key in catalogue[name]}
        unknown += [place for place, key in used(catalogue, {attribute}) if key not in known]

    assert unknown == []


def test_no_list_names_anything_twice(catalogue: dict[str, Entries]) -> None:
    lists = [value for entries in catalogue.values() for entry in entries.values() for value in entry.values()]

    assert [value for value in lists if isinstance(value, list) and len(value) > len(set(value))] == []


def test_every_unit_that_is_given_work_has_a_head_and_a_handler(catalogue: dict[str, Entries], posts: Entries) -> None:
    work = {name: catalogue[name] for name in ("task-groups", "measures", "special-actions", "categories")}
    given = {unit for _, unit in used(work, {"unit", "joint", "lead", "cooperating", "enforcer"})}
    held = {(post["unit"], role) for post in posts.values() for role in post["roles"]}

    assert {(unit, role) for unit in given for role in ("unit-head", "handler")} - held == set()


def test_the_leading_group_is_composed_as_the_notice_says(catalogue: dict[str, Entries], posts: Entries) -> None:
    group = catalogue["leading-group"]
    positions = [entry["position"] for entry in group.values()]

    assert [(name, positions.count(name)) for name in dict.fromkeys(positions)] == [
        ("commander", 1),
        ("leader", 3),
        ("executive", 1),
        ("deputy", 6),
        ("member", 22),
    ]
    assert {key: (entry["post"], entry["unit"]) for key, entry in group.items()} == {
        key: (key, posts[key]["unit"]) for key in group
    }


def test_every_member_owes_the_weekly_report(organization: dict[str, Any], catalogue: dict[str, Entries]) -> None:
    kinds = {name: unit["kind"] for name, unit in organization["units"].items()}
    kinds |= dict.fromkeys(organization["communities"], "community")
    members = [entry["unit"] for entry in catalogue["leading-group"].values() if entry["position"] == "member"]
    reports = catalogue["reporting-units"]

    assert [entry["unit"] for entry in reports.values()] == members == list(reports)
    assert {name: entry["kind"] for name, entry in reports.items()} == {name: kinds[name] for name in reports}


def test_the_catalogues_of_communities_grids_and_lines_repeat_the_organisation(
    organization: dict[str, Any], catalogue: dict[str, Entries], posts: Entries
) -> None:
    declared = {name: list(community["grids"]) for name, community in organization["communities"].items()}
    grids = catalogue["grids"]

    assert {name: entry["grids"] for name, entry in catalogue["communities"].items()} == declared
    assert {key: entry["community"] for key, entry in grids.items()} == {g: c for c in declared for g in declared[c]}
    assert {entry["unit"]: posts[entry["worker"]]["unit"] for entry in grids.values()} == {key: key for key in grids}
    assert all(posts[line["post"]]["unit"] == line["unit"] for line in catalogue["lines"].values())


def test_every_key_site_is_walked_in_the_circuit_of_its_unit(catalogue: dict[str, Entries]) -> None:
    walked = {site: circuit["unit"] for circuit in catalogue["circuits"].values() for site in circuit["sites"]}

    assert walked == {name: site["unit"] for name, site in catalogue["sites"].items()}
    assert sum(len(circuit["sites"]) for circuit in catalogue["circuits"].values()) == 25

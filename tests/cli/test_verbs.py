"""The verbs, typed by those who use them."""

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from duban.testing import photograph

Typed = tuple[str, ...]


def test_a_case_goes_from_report_to_closed(street, tmp_path: Path) -> None:
    photo = tmp_path / "after.jpg"
    photo.write_bytes(photograph())
    ref = street.reports()
    street.assigns(ref)

    done = street.types(
        "issue", "rectify", ref, "--measures", "cleared", "--photo-after", str(photo), "--as", "city-handler"
    )
    street.types("issue", "verify", ref, "--as", "supervisor")
    closed = street.types("fire", ref, "close", "--as", "office", "--json").document

    assert done.code == 0
    assert (closed["state"], closed["version"], closed["open"], closed["event"]) == ("closed", 5, False, "close")
    assert closed["data"]["photo_after"][0]["name"] == "after.jpg"


def test_start_and_fire_take_fields_by_name(street) -> None:
    started = street.types(
        "start", "issue", "-f", "title=Smoke", "-f", "category=litter", "--as", "grid-worker", "--json"
    )
    ref = started.document["ref"]
    fired = street.types("fire", ref, "assign", "-f", "unit=city-management", "--as", "office", "--json").document

    assert started.document["data"] == {"title": "Smoke", "category": "litter", "severity": "prominent"}
    assert (fired["unit"], fired["from_state"], fired["due_at"]) == (
        "city-management",
        "reported",
        "2020-11-26T01:30:00Z",
    )


def test_evidence_is_given_by_field_and_file(street, tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(photograph("a"))
    (tmp_path / "b.jpg").write_bytes(photograph("b"))
    ref = street.reports()
    street.assigns(ref)
    files = [word for name in "ab" for word in ("--evidence", f"photo-after={tmp_path / f'{name}.jpg'}")]

    said = street.types("fire", ref, "rectify", "-f", "measures=done", *files, "--as", "city-handler", "--json")

    assert [file["name"] for file in said.document["data"]["photo_after"]] == ["a.jpg", "b.jpg"]


def test_a_dry_run_keeps_nothing(street) -> None:
    ref = street.reports()

    said = street.types("issue", "assign", ref, "--unit", "office", "--as", "office", "--dry-run", "--json").document
    after = street.types("show", ref, "--as", "office", "--json").document

    assert (said["state"], said["dry_run"]) == ("assigned", True)
    assert (after["state"], after["version"]) == ("reported", 1)


def test_why_tells_each_reason_and_what_to_type(street) -> None:
    ref = street.reports()

    choices = {one["event"]: one for one in street.types("why", ref, "--as", "office", "--json").document}

    assert choices["assign"]["command"] == f"duban issue assign {ref} --unit UNIT --as office"
    assert choices["close"]["allowed"] is False
    assert choices["close"]["reasons"] != []
    assert choices["close"]["command"] is None


def test_why_takes_one_event_and_also_a_role(street) -> None:
    ref = street.reports()

    one = street.types("why", ref, "assign", "--as", "office", "--json").document
    role = street.types("why", ref, "assign", "--as", "handler", "--json").document

    assert (one["event"], one["allowed"], role["allowed"]) == ("assign", True, False)


def test_a_list_is_narrowed_by_state_unit_overdue_and_openness(street) -> None:
    first, second = street.reports("one"), street.reports("two")
    street.assigns(first)
    street.clock.advance("4 working days")

    def refs(*words: str) -> list[str]:
        return [case["ref"] for case in street.types("list", *words, "--as", "office", "--json").document]

    assert refs() == [second, first]
    assert refs("issue", "--state", "assigned") == [first]
    assert refs("--unit", "city-management") == [first]
    assert refs("--overdue") == [first]
    assert refs("--open") == [second, first]
    assert refs("--closed") == []


def test_a_long_list_is_read_page_by_page(street) -> None:
    refs = [street.reports(str(number)) for number in range(3)]

    first = street.types("list", "--limit", "2", "--as", "office", "--json").document
    second = street.types("list", "--after", first[-1]["ref"], "--as", "office", "--json").document

    assert [case["ref"] for case in first + second] == refs[::-1]


def test_an_overdue_case_climbs_and_its_head_is_told(street) -> None:
    ref = street.reports()
    street.assigns(ref)
    street.clock.advance("4 working days")

    swept = street.types("sweep", "--json").document
    sent = street.types("deliver", "--json").document
    notices = street.types("inbox", "--as", "city-head", "--json").document

    assert swept == {"climbed": 3, "failed": [], "cadences": [], "failed_cadences": [], "erased": 0, "archived": 0}
    assert sent["delivered"] == 3
    assert {notice["ref"] for notice in notices} == {ref}
    assert street.types("show", ref, "--as", "office", "--json").document["level"] == 2


def test_messages_are_discarded_and_retried(street) -> None:
    ref = street.reports()
    street.assigns(ref)
    key = street.types("outbox", "list", "--as", "office", "--json").document[0]["key"]

    gone = street.types("outbox", "discard", key, "--as", "office", "--json").document
    state = street.types("outbox", "list", "--state", "discarded", "--as", "office", "--json").document[0]["state"]
    back = street.types("outbox", "retry", key, "--as", "office", "--json").document

    assert (gone, state, back) == ({"discarded": [f"{ref}:2:0"]}, "discarded", {"retried": [f"{ref}:2:0"]})


def test_history_tells_every_row_with_its_hash(street) -> None:
    ref = street.reports()
    street.assigns(ref)

    rows = street.types("history", ref, "--as", "office", "--json").document

    assert [(row["seq"], row["event"], row["actor"]) for row in rows] == [
        (1, "report", "grid-worker"),
        (2, "assign", "office"),
    ]
    assert all(len(row["hash"]) == 64 for row in rows)


def test_refusals_are_listed(street) -> None:
    ref = street.reports()
    street.types("fire", ref, "close", "--as", "grid-worker")

    (refusal,) = street.types("refusals", "--as", "office", "--json").document

    assert (refusal["ref"], refusal["event"], refusal["code"]) == (ref, "close", "not-permitted")


def test_stats_count_by_workflow_state_and_unit(street) -> None:
    street.assigns(street.reports())
    street.reports()

    tallies = street.types("stats", "--as", "office", "--json").document

    assert {(one["state"], one["unit"], one["count"]) for one in tallies} == {
        ("assigned", "city-management", 1),
        ("reported", None, 1),
    }


def test_whoami_tells_posts_and_roles(street) -> None:
    told = street.types("whoami", "--as", "account-17", "--json").document

    assert (told["kind"], told["posts"], told["roles"]) == (
        "account",
        ["office", "city-handler"],
        ["handler", "office"],
    )


def test_names_may_be_typed_with_dashes_or_underscores(street, tmp_path: Path) -> None:
    photo = tmp_path / "after.jpg"
    photo.write_bytes(photograph())
    ref = street.reports()
    street.assigns(ref)

    said = street.types("issue", "rectify", ref, "--measures", "x", "--photo_after", str(photo), "--as", "city-handler")

    assert said.code == 0


def test_init_says_that_the_store_was_ready_and_keeps_its_cases(street) -> None:
    ref = street.reports()

    said = street.types("init", "--json").document

    assert (said["done"], said["pack"]) == ("ready", said["pack_before"])
    assert street.types("show", ref, "--as", "office").code == 0


def test_init_changes_a_pack_only_when_one_is_named(street, tmp_path: Path) -> None:
    import shutil

    other = shutil.copytree(Path(__file__).parent / "pack", tmp_path / "other")

    kept = street.types("init", "--json").document
    changed = street.types("init", "--pack", str(other), "--json").document

    assert kept["done"] == "ready"
    assert (changed["done"], changed["pack"], changed["pack_before"]) == ("repacked", str(other), kept["pack"])


def test_doctor_warns_when_nobody_sweeps(street) -> None:
    street.assigns(street.reports())
    street.types("deliver")
    healthy = street.types("doctor", "--json")
    street.clock.advance("4 working days")
    ill = street.types("doctor", "--json")
    street.types("sweep")
    street.types("deliver")
    again = street.types("doctor", "--json")

    assert (healthy.code, healthy.document["healthy"], healthy.document["cases"]["open"]) == (0, True, 1)
    assert (ill.code, ill.document["healthy"], len(ill.document["warnings"])) == (1, False, 1)
    assert again.code == 0


def test_doctor_tells_what_to_do_without_a_store(bare) -> None:
    said = bare.types("doctor", "--json")

    assert said.code == 1
    assert "duban init" in said.document["warnings"][0]
    assert said.document["versions"]["duban"]


def test_verify_tells_what_was_changed_behind_its_back(street) -> None:
    import sqlite3

    street.reports()
    sound = street.types("verify", "--json")
    with closing(sqlite3.connect(street.folder / "street.db")) as connection, connection:
        table = next(
            name
            for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            if "history" in name
        )
        connection.execute(f"UPDATE {table} SET actor = 'somebody-else'")
    connection.close()
    broken = street.types("verify", "--json")

    assert (sound.code, sound.document) == (0, {"holds": True, "cases": 1, "unchecked": 0, "broken": []})
    assert (broken.code, broken.document["holds"]) == (1, False)


def test_a_workflow_is_shown_checked_and_drawn(street) -> None:
    shown = street.types("workflow", "show", "issue", "--json").document
    drawn = street.types("workflow", "diagram", "issue", "--lang", "zh").out
    checked = street.types("workflow", "check", str(Path(__file__).parent / "pack"), "--json").document

    assert [event["name"] for event in shown["events"]] == [
        "report", "assign", "suspend", "resume", "rectify", "verify", "rework", "close",
    ]  # fmt: skip
    assert "stateDiagram-v2" in drawn
    assert 'state "已派遣" as assigned' in drawn
    assert "[*] --> reported: " in drawn
    assert checked["problems"] == []


@pytest.mark.parametrize("words", [("list",), ("stats",), ("inbox",), ("refusals",), ("outbox", "list")])
def test_an_empty_list_is_told_in_words(street, person: Callable[[], None], words: Typed) -> None:
    person()

    assert street.types(*words, "--as", "office").out.strip() != ""
    assert street.types(*words, "--as", "office", "--json").document == []


def test_who_can_act_is_listed_by_role_and_unit(street) -> None:
    posts = street.runs("workflow", "posts", "--role", "handler", "--json").document
    assert [post["post"] for post in posts] == ["city-handler"]
    assert street.runs("workflow", "posts", "--unit", "office", "--role", "handler", "--json").document == []
    assert "did you mean `handler`" in street.runs("workflow", "posts", "--role", "handlr").err

"""duban account: who is suspended on the command line is refused there and in every other process."""

import re
from collections.abc import Callable

import pytest


def suspend(street, *words: str):
    return street.types("account", "suspend", *words, "--reason", "岗位交接", "--as", "leader", "--json")


def test_a_suspended_account_is_refused_with_exit_code_3_whatever_it_types(street) -> None:
    ref = street.reports()
    done = suspend(street, "office")

    assert (done.code, done.document["kind"], done.document["who"], done.document["role"]) == (
        0, "suspended", "office", None,
    )  # fmt: skip
    for words in (("fire", ref, "assign", "-f", "unit=office"), ("show", ref), ("list",), ("whoami",), ("verify",)):
        said = street.types(*words, "--as", "office", "--json")
        assert (said.code, said.document["error"]["code"]) == (3, "actor-suspended")
        assert (said.document["error"]["actor"], said.document["error"]["roles"]) == ("office", ["leader"])


def test_what_is_suspended_is_listed_and_logged_and_can_be_restored(street) -> None:
    suspend(street, "account-17", "--role", "office")

    (one,) = street.types("account", "list", "--suspended", "--as", "grid-worker", "--json").document
    assert (one["name"], one["kind"], one["posts"], one["roles"]) == (
        "account-17", "account", ["office", "city-handler"], ["handler"],
    )  # fmt: skip
    assert [(row["role"], row["by"], row["reason"]) for row in one["withheld"]] == [("office", "leader", None)]
    (row,) = street.types("account", "list", "--suspended", "--as", "leader").out.splitlines()[1:]
    assert row.split("\t") == [
        "account-17", "Campaign office, Office, Planning and construction office, Handler", "office,city-handler",
        "handler", "office",
    ]  # fmt: skip
    back = street.types("account", "restore", "account-17", "--reason", "回岗", "--as", "leader", "--json")
    assert (back.code, back.document["kind"], back.document["duplicate"]) == (0, "restored", False)
    log = street.types("account", "log", "account-17", "--as", "leader", "--json").document
    assert [(row["number"], row["kind"], row["reason"]) for row in log] == [
        (1, "suspended", "岗位交接"), (2, "restored", "回岗"),
    ]  # fmt: skip
    assert street.types("account", "log", "office", "--as", "leader", "--json").document == []


@pytest.mark.parametrize(
    ("lang", "listed", "logged"),
    [
        ("en", ["Who", "Called", "Roles", "Suspended"], ["When", "Who", "Kind", "Rights", "Decided by", "Reason"]),
        ("zh", ["对象", "名称", "角色", "已停用"], ["时间", "对象", "类型", "权限", "决定人", "原因"]),
    ],
)
def test_a_person_reads_the_names_to_type_under_headings_that_say_what_stands_there(
    street, person: Callable[[], None], lang: str, listed: list[str], logged: list[str]
) -> None:
    suspend(street, "city-handler")
    person()
    every = street.types("account", "list", "--as", "leader", "--lang", lang).out.splitlines()
    log = street.types("account", "log", "--as", "leader", "--lang", lang).out.splitlines()

    assert re.split(r" {2,}", every[0].strip()) == listed
    assert re.split(r" {2,}", log[0].strip()) == logged
    named = {line.split()[0] for line in every}
    assert {"account-17", "office", "grid-worker", "supervisor", "leader", "city-head", "city-handler"} <= named


def test_who_was_suspended_already_is_told_and_nothing_is_written(street, person: Callable[[], None]) -> None:
    suspend(street, "office")
    assert suspend(street, "office").document["duplicate"] is True
    person()
    said = street.types("account", "suspend", "office", "--reason", "x", "--as", "leader", "--lang", "zh")
    assert "未作更改" in said.out


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("suspend", "grid-worker", "--as", "office", "--reason", "x"), 3, "may-not-suspend"),
        (("suspend", "leader", "--as", "leader", "--reason", "x"), 3, "may-not-suspend"),
        (("suspend", "nobody", "--as", "leader", "--reason", "x"), 4, "unknown-actor"),
        (("log", "nobody", "--as", "leader"), 4, "unknown-actor"),
        (("restore", "office", "--as", "leader", "--reason", "x"), 2, "usage"),
        (("suspend", "office", "--as", "leader"), 2, "usage"),
        (("suspend", "office", "--as", "leader", "--reason", " "), 2, "usage"),
    ],
)
def test_what_cannot_be_done_is_told_with_its_code(street, words: tuple[str, ...], code: int, told: str) -> None:
    said = street.types("account", *words, "--json")
    assert (said.code, said.document["error"]["code"]) == (code, told)

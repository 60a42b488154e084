"""``duban fire --where``: what an event would come to on many cases is shown, asked for, and done."""

import os
import re
import signal
from collections.abc import Callable

import click
import pytest

import duban
from duban.engine.runtime.bulk import sources

ASSIGN = ("fire", "issue", "assign", "--where", "state=reported", "-f", "unit=city-management", "--as", "office")


def reported(street, count: int = 3) -> list[str]:
    return [street.reports() for _ in range(count)]


def states(street, refs: list[str]) -> list[str]:
    return [street.types("show", ref, "--as", "office", "--json").document["state"] for ref in refs]


def test_all_that_fit_are_moved_and_what_came_of_it_is_one_document(street) -> None:
    refs = reported(street)
    said = street.types(*ASSIGN, "--yes", "--json")
    assert (said.code, states(street, refs)) == (0, ["assigned"] * 3)
    key = said.document.pop("key")
    assert said.document["event"] == "assign"
    assert {name: said.document[name] for name in ("workflow", "dry_run", "done", "duplicates", "refused")} == {
        "workflow": "issue", "dry_run": False, "done": 3, "duplicates": 0, "refused": 0,
    }  # fmt: skip
    assert (said.document["reasons"], said.document["stopped"]) == ([], False)
    history = street.types("history", refs[0], "--as", "office", "--json").document
    assert history[-1]["key"] == f"{key}:{refs[0]}"


def test_where_some_refuse_it_says_why_and_exits_with_3(street) -> None:
    refs = reported(street)
    street.assigns(refs[1])
    said = street.types(
        "fire", "issue", "assign", "--where", "open=yes", "-f", "unit=office", "--as", "office", "--yes"
    )
    assert said.code == 3
    assert "done\t2" in said.out
    assert "refused\t1" in said.out
    assert f"transition-not-allowed\t1\tpossible only from Reported\t{refs[1]}" in said.out


def test_a_dry_run_tells_what_would_be_and_changes_nothing(street) -> None:
    refs = reported(street)
    said = street.types(*ASSIGN, "--dry-run", "--json")
    assert (said.code, said.document["done"], said.document["dry_run"], said.document["key"]) == (0, 3, True, None)
    assert states(street, refs) == ["reported"] * 3


def test_without_anybody_to_ask_nothing_is_done(street) -> None:
    refs = reported(street)
    for words in (ASSIGN, (*ASSIGN, "--json")):
        said = street.types(*words)
        assert said.code == 2
        assert "--yes" in said.out + said.err
    assert states(street, refs) == ["reported"] * 3


@pytest.fixture
def asked(person: Callable[[], None], monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    """From here on a person sits there and answers this, one answer after the other; what was asked."""

    def answering(*answers: str | type[Exception]) -> list[str]:
        questions: list[str] = []
        left = iter(answers)

        def prompt(question: str, **_given: object) -> str:
            questions.append(question)
            answer = next(left)
            if isinstance(answer, str):
                return answer
            raise answer

        person()
        monkeypatch.setattr("duban.cli.kit.bulk.is_asked", lambda: True)
        monkeypatch.setattr(click, "prompt", prompt)
        return questions

    return answering


def test_a_person_sees_what_it_would_come_to_and_says_no(street, asked: Callable[..., list[str]]) -> None:
    refs, questions = reported(street), asked("no")
    said = street.types(*ASSIGN)
    assert questions == ["Do “Assign” on 3 cases? [y/N]"]
    assert re.search(r"Would be done +3\nDone before +0\nWould be refused +0", said.out)
    assert "Nothing was changed." in said.out
    assert (said.code, states(street, refs)) == (0, ["reported"] * 3)


def test_a_person_says_yes_and_it_is_done(street, asked: Callable[..., list[str]]) -> None:
    refs, questions = reported(street), asked("yes")
    said = street.types(*ASSIGN, DUBAN_LANG="zh")
    assert len(questions) == 1
    assert "已对 3 件事项执行" in said.out
    assert states(street, refs) == ["assigned"] * 3


@pytest.mark.parametrize(
    ("answers", "is_done"),
    [
        (["是"], True), (["y"], True), (["YES"], True), ([" 好 "], True), (["否"], False), (["n"], False),
        ([""], False),
        (["perhaps", "也许", "是"], True), (["ja", "no"], False),
    ],
)  # fmt: skip
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_yes_and_no_are_understood_in_both_languages(
    street, asked: Callable[..., list[str]], answers: list[str], is_done: bool, lang: str
) -> None:
    refs, questions = reported(street, 1), asked(*answers)
    said = street.types(*ASSIGN, "--lang", lang)
    assert (said.code, len(questions)) == (0, len(answers))
    assert states(street, refs) == ["assigned" if is_done else "reported"]
    assert said.err.count("Answer y or n." if lang == "en" else "请回答“是”或“否”") == len(answers) - 1


def test_ctrl_c_and_ctrl_d_at_the_question_change_nothing_and_end_with_130(
    street, asked: Callable[..., list[str]]
) -> None:
    refs = reported(street, 1)
    asked(click.Abort)
    said = street.types(*ASSIGN)
    assert (said.code, said.err, states(street, refs)) == (130, "\nNothing was changed.\n", ["reported"])


def test_where_nothing_would_be_done_nobody_is_asked(street, asked: Callable[..., list[str]]) -> None:
    reported(street)
    questions = asked("yes")
    said = street.types("fire", "issue", "close", "--where", "open=yes", "--as", "office")
    assert (said.code, questions) == (3, [])


def pressed_in_batch(number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C is pressed in the transaction of this batch, counted from 1."""
    note, batches = sources.Found.went, []

    def pressed(found: sources.Found, count: int) -> None:
        note(found, count)
        batches.append(count)
        if len(batches) == number:
            os.kill(os.getpid(), signal.SIGINT)

    monkeypatch.setattr(sources.Found, "went", pressed)


def test_ctrl_c_in_the_last_transaction_has_stopped_nothing(street, monkeypatch: pytest.MonkeyPatch) -> None:
    refs = reported(street, 5)
    monkeypatch.setattr(sources, "BATCH", 2)
    pressed_in_batch(3, monkeypatch)
    said = street.types(*ASSIGN, "--yes", "--json")
    assert (said.code, said.document["done"], said.document["stopped"]) == (0, 5, False)
    assert states(street, refs) == ["assigned"] * 5


def test_ctrl_c_ends_it_between_two_transactions_and_the_key_goes_on(street, monkeypatch: pytest.MonkeyPatch) -> None:
    refs = reported(street, 5)
    monkeypatch.setattr(sources, "BATCH", 2)
    pressed_in_batch(1, monkeypatch)
    first = street.types(*ASSIGN, "--yes", "--json")
    assert (first.code, first.document["done"], first.document["stopped"]) == (130, 2, True)
    assert sorted(states(street, refs)) == ["assigned"] * 2 + ["reported"] * 3
    second = street.types(*ASSIGN, "--yes", "--json", "--key", first.document["key"])
    assert (second.code, second.document["done"]) == (0, 3)


def test_where_the_store_fails_it_is_told_how_to_go_on(street, monkeypatch: pytest.MonkeyPatch) -> None:
    from duban.engine.errors import StoreBusy
    from duban.engine.runtime.bulk.gathering import Gathering

    reported(street, 3)
    settle, settled = Gathering.settle, []

    def busy(gathering: Gathering) -> None:
        settled.append(gathering)
        if len(settled) == 2:
            raise StoreBusy(url="sqlite:///street.db", seconds="5")
        settle(gathering)

    monkeypatch.setattr(sources, "BATCH", 2)
    monkeypatch.setattr(Gathering, "settle", busy)
    said = street.types(*ASSIGN, "--yes", "--key", "k-1", "--json")
    error = said.document["error"]
    assert (said.code, "after 2 cases" in said.err, "--key k-1" in said.err) == (1, True, True)
    assert (error["code"], error["handled"], error["key"]) == ("store-busy", 2, "k-1")
    # What was committed before it is there.
    assert "What was being written is not kept" in error["message"]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("fire", "issue", "assign", "--where", "sate=reported"), 2),
        (("fire", "issue", "assign", "--where", "state=reproted"), 2),
        (("fire", "issue", "assign", "--where", "unit=nowhere"), 2),
        (("fire", "issue", "assign", "--where", "open=perhaps"), 2),
        (("fire", "issue", "assign", "--where", "state=reported", "--where", "state=closed"), 2),
        (("fire", "issue", "assign", "--where", "open=yes", "--evidence", "photo_after=x.jpg"), 2),
        (("fire", "issue", "assign", "--where", "open=yes", "--expect-version", "1"), 2),
        (("fire", "isue", "assign", "--where", "open=yes"), 4),
    ],
)
def test_what_is_misspelt_or_does_not_fit_is_told_and_nothing_is_done(
    street, words: tuple[str, ...], code: int
) -> None:
    refs = reported(street, 1)
    assert street.types(*words, "--yes", "--as", "office").code == code
    assert states(street, refs) == ["reported"]


def test_yes_alone_is_a_wrong_use(street) -> None:
    ref = street.reports()
    assert street.types("fire", ref, "assign", "-f", "unit=office", "--yes", "--as", "office").code == 2


def test_a_field_chooses_too(street) -> None:
    boxes, smoke = street.reports("Boxes"), street.reports("Smoke")
    street.types("fire", "issue", "assign", "--where", "title=Smoke", "-f", "unit=office", "--as", "office", "--yes")
    assert states(street, [boxes, smoke]) == ["reported", "assigned"]


def test_an_event_that_there_is_not_is_told_where_no_case_fits_as_well(street) -> None:
    said = street.types("fire", "issue", "asign", "--where", "state=reported", "--yes", "--as", "office")
    assert (said.code, "assign" in said.err) == (4, True)


def test_a_suspension_in_the_middle_tells_how_much_was_done(street, monkeypatch: pytest.MonkeyPatch) -> None:
    refs = reported(street)
    monkeypatch.setattr(sources, "BATCH", 1)
    whole, began = sources.Found.next, []

    def suspended(self, writer, scope):
        began.append(scope)
        if len(began) == 2:
            raise duban.ActorSuspended(actor="office", roles=["leader"])
        return whole(self, writer, scope)

    monkeypatch.setattr(sources.Found, "next", suspended)
    said = street.types(*ASSIGN, "--yes")
    assert said.code == 3
    assert "ended after 1" in said.err
    assert sorted(states(street, refs)) == ["assigned", "reported", "reported"]

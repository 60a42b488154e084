"""The interpreter decides purely: same question, same answer, and nothing is kept between questions."""

import threading

from duban.engine.interpreter import Interpreter
from duban.engine.model.definition import Event, State, Workflow
from duban.engine.model.label import Label

WORDS = Label("x", "x")


def _workflow() -> Workflow:
    events = {
        "open": Event("open", WORDS, (), "new", ("clerk",)),
        "work": Event("work", WORDS, ("new",), "busy", ("clerk",)),
        "note": Event("note", WORDS, ("new", "busy"), None, ("clerk",)),
        "end": Event("end", WORDS, ("busy",), "done", ("clerk",)),
    }
    states = {name: State(name, WORDS, name == "done") for name in ("new", "busy", "done")}
    return Workflow("job", 1, WORDS, "JOB", {}, states, events, {}, "hash")


def _yes() -> bool:
    return True


def test_it_leads_from_state_to_state_as_declared() -> None:
    interpreter = Interpreter(_workflow())
    assert interpreter.decide("open", None, _yes) == "new"
    assert interpreter.decide("work", "new", _yes) == "busy"
    assert interpreter.decide("end", "busy", _yes) == "done"


def test_an_event_without_a_target_stays_where_it_is() -> None:
    interpreter = Interpreter(_workflow())
    assert interpreter.decide("note", "new", _yes) == "new"
    assert interpreter.decide("note", "busy", _yes) == "busy"


def test_what_is_not_declared_leads_nowhere() -> None:
    interpreter = Interpreter(_workflow())
    declared = {("open", None), ("work", "new"), ("note", "new"), ("note", "busy"), ("end", "busy")}
    for event in ("open", "work", "note", "end"):
        for state in (None, "new", "busy", "done"):
            assert (interpreter.decide(event, state, _yes) is not None) == ((event, state) in declared)


def test_the_condition_is_asked_only_when_the_event_leaves_the_state() -> None:
    interpreter = Interpreter(_workflow())
    asked: list[str] = []

    def no() -> bool:
        asked.append("asked")
        return False

    assert interpreter.decide("end", "new", no) is None
    assert asked == []
    assert interpreter.decide("end", "busy", no) is None
    assert asked == ["asked"]


def test_an_error_in_the_condition_reaches_the_caller_and_spoils_nothing() -> None:
    interpreter = Interpreter(_workflow())

    def fails() -> bool:
        raise LookupError("no such thing")

    for _ in range(3):
        try:
            interpreter.decide("work", "new", fails)
        except LookupError as fault:
            assert str(fault) == "no such thing"
        else:
            raise AssertionError("the error was swallowed")
    assert interpreter.decide("work", "new", _yes) == "busy"


def test_threads_may_share_it() -> None:
    interpreter = Interpreter(_workflow())
    wrong: list[str | None] = []

    def work() -> None:
        for _ in range(500):
            answer = interpreter.decide("work", "new", _yes)
            if answer != "busy":
                wrong.append(answer)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []

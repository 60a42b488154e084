"""The garbage collector rests during a batch, and works again afterwards, whatever happens."""

import gc
import os
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from duban.engine.runtime.bulk.resting import collector_at_rest


def test_it_rests_within_and_works_again_behind_even_when_something_is_raised() -> None:
    @collector_at_rest()
    def failing() -> None:
        assert not gc.isenabled()
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        failing()
    assert gc.isenabled()


def test_a_host_that_has_switched_it_off_finds_it_off() -> None:
    gc.disable()
    try:
        with collector_at_rest():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_of_two_at_once_the_second_to_end_does_not_leave_it_at_rest() -> None:
    for first_to_end in (0, 1):
        rests, entered = [Event(), Event()], [Event(), Event()]

        def batch(number: int, rests: list[Event] = rests, entered: list[Event] = entered) -> None:
            with collector_at_rest():
                entered[number].set()
                rests[number].wait(10)

        with ThreadPoolExecutor(2) as pool:
            works = []
            for number in (0, 1):
                works.append(pool.submit(batch, number))
                assert entered[number].wait(10)
            for number in (first_to_end, 1 - first_to_end):
                rests[number].set()
                works[number].result()
        assert gc.isenabled()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
def test_a_child_that_is_forked_meanwhile_collects() -> None:
    with collector_at_rest():
        child = os.fork()
        if child == 0:
            os._exit(0 if gc.isenabled() else 1)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0

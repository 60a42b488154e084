"""Machines made at random do what a model in plain Python says; a short run, ``make fuzz`` has the long one."""

from hypothesis import HealthCheck, settings
from tests.fuzz.machine import Things

Things.TestCase.settings = settings(
    max_examples=8, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
)
TestThings = Things.TestCase

"""Engines for tests of actions: the fixtures of the runtime's tests."""

from tests.engine.runtime.conftest import clock, kind, make, migrated_file, runtime_postgres, url

__all__ = ["clock", "kind", "make", "migrated_file", "runtime_postgres", "url"]

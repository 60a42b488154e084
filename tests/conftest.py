"""Settings that hold for every test."""

import os
import shutil
import tempfile

import pytest
from hypothesis import settings
from tests.litter import Litter

# A slow machine is no failure: properties are judged by their result, never by the clock. The same commit is judged the
# same way each time; what was not tried yet is looked for where there is time for it, by the soak.
settings.register_profile("house", deadline=None, print_blob=True, derandomize="DUBAN_SOAK" not in os.environ)
settings.load_profile("house")

_OWN = pytest.StashKey[str]()


def pytest_configure(config: pytest.Config) -> None:
    """One cache for all processes of the run, those that tests start among them; never that of whoever runs it."""
    if hasattr(config, "workerinput"):
        return  # a worker of xdist has the environment of the process that started it
    config.pluginmanager.register(Litter(config.rootpath), "litter")
    folder = config.stash[_OWN] = tempfile.mkdtemp(prefix="duban-tests-")
    os.environ["DUBAN_CACHE"] = folder
    # Where Python may not write bytecode beside the code, each of hundreds of commands would compile all of it anew.
    if os.environ.pop("PYTHONDONTWRITEBYTECODE", ""):
        os.environ["PYTHONPYCACHEPREFIX"] = os.path.join(folder, "bytecode")


def pytest_unconfigure(config: pytest.Config) -> None:
    """Remove the cache."""
    if _OWN in config.stash:
        shutil.rmtree(config.stash[_OWN], ignore_errors=True)

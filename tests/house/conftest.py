"""What the tests about the house itself look at: the files that belong to the project."""

import os
import subprocess
from pathlib import Path

import pytest

NOT_OURS = {".git", ".venv", ".hypothesis", "build", "dist", "__pycache__"}


def listed_by_git(root: Path) -> list[Path]:
    """The files that git tracks or would track; a link is one file. Empty where git knows no repository or no trust."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listing = subprocess.run(command, cwd=root, capture_output=True, check=False).stdout.decode()
    return [root / name for name in set(listing.split("\0")) if name]


def listed_by_walking(root: Path) -> list[Path]:
    """The same where git cannot tell: every file outside of environments and caches."""
    found: list[Path] = []
    for folder, folders, names in os.walk(root):
        here = Path(folder)
        links = [name for name in folders if (here / name).is_symlink()]
        folders[:] = [n for n in folders if n not in links and n not in NOT_OURS and not n.endswith("_cache")]
        found += [here / name for name in [*names, *links] if not name.endswith(".pyc")]
    return found


@pytest.fixture(scope="session")
def root() -> Path:
    """The top of the checkout."""
    return Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def project_files(root: Path) -> list[Path]:
    """Every file of the project, in order. A file that was deleted but not yet committed is none."""
    files = (listed_by_git(root) if (root / ".git").exists() else []) or listed_by_walking(root)
    return sorted(file for file in files if os.path.lexists(file))


@pytest.fixture(scope="session")
def python_files(project_files: list[Path]) -> list[Path]:
    """Every Python file of the project, each once: the links into the rooms are not followed."""
    return [file for file in project_files if file.suffix == ".py" and file.is_file()]

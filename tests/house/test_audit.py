"""``make audit`` finds what is known to be vulnerable, and can fail."""

import subprocess
import sys
from pathlib import Path

import pytest
from packaging.version import Version
from tests.house import audit

KNOWN = audit.advisories()


def planted(folder: Path, name: str, version: str) -> Path:
    """A folder that makes a package look installed."""
    told = folder / f"{name}-{version}.dist-info"
    told.mkdir()
    (told / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n", encoding="utf-8")
    return folder


def audited(path: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run the audit as make does, with ``path`` before everything else."""
    command = [sys.executable, str(Path(audit.__file__)), *words]
    return subprocess.run(command, env={"PYTHONPATH": str(path)}, capture_output=True, text=True, check=False)


@pytest.mark.asvs("14.2.1")
def test_what_is_installed_and_what_is_allowed_has_nothing_known(tmp_path: Path) -> None:
    done = audited(tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "none affected" in done.stdout


@pytest.mark.parametrize(("package", "version", "advisory"), [
    ("oauthlib", "3.2.1", "CVE-2022-36087"), ("Jinja2", "3.1.5", "CVE-2025-27516"),
    ("urllib3", "2.0.6", "CVE-2023-45803"),
])  # fmt: skip
@pytest.mark.asvs("1.14.3")
def test_a_planted_version_with_a_known_vulnerability_fails(
    tmp_path: Path, package: str, version: str, advisory: str
) -> None:
    done = audited(planted(tmp_path, package, version))
    assert done.returncode == 1
    assert f"{package.lower()} {version} is installed and has {advisory}" in done.stderr


@pytest.mark.asvs("14.2.1")
def test_a_floor_that_allows_a_vulnerable_version_fails_although_a_later_one_is_installed() -> None:
    lowest = audit.allowed(
        {"dependencies": ["pillow>=11", "click"], "optional-dependencies": {"a": ["urllib3>=2.6.3,<3"]}}
    )
    found = list(audit.wrong(KNOWN, {"pillow": Version("13.0")}, lowest))
    assert found
    assert all(line.startswith("pillow 11 is allowed") and "raise its floor" in line for line in found)


def test_each_advisory_names_a_package_that_is_used_its_versions_and_its_source() -> None:
    here = audit.installed()
    for one in KNOWN:
        assert one.package in here, f"{one.id}: {one.package} is not used any more"
        assert one.affected
        assert one.id in one.source
        assert not any(text.contains("9999") for text in one.affected), f"{one.id} has no end"


def test_without_a_way_out_it_says_so_and_goes_on_with_the_list(tmp_path: Path) -> None:
    package = tmp_path / "pip_audit"
    package.mkdir()
    (package / "__main__.py").write_text("raise SystemExit('no route')", encoding="utf-8")
    (package / "__init__.py").write_text("", encoding="utf-8")
    done = audited(planted(tmp_path, "oauthlib", "3.2.1"), "--online")
    assert done.stdout.startswith("audit: the database of advisories gave no answer")
    assert done.returncode == 1


def test_what_the_database_answers_counts(tmp_path: Path) -> None:
    package = tmp_path / "pip_audit"
    package.mkdir()
    answer = '{"dependencies": [{"name": "click", "version": "8", "vulns": [{"id": "PYSEC-1"}]}]}'
    (package / "__main__.py").write_text(f"print({answer!r})", encoding="utf-8")
    (package / "__init__.py").write_text("", encoding="utf-8")
    done = audited(tmp_path, "--online")
    assert (done.returncode, "click 8 has PYSEC-1" in done.stderr) == (1, True)

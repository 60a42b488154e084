"""Every exit code, and the form of errors."""

import shutil

import pytest

from duban.cli import pack as pack_commands
from duban.testing import photograph


def test_0_done(street) -> None:
    assert street.runs("whoami", "--as", "office").code == 0


@pytest.mark.asvs("7.4.1")
def test_1_a_fault_of_duban_is_one_calm_sentence_and_a_log(street, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("a secret detail")

    monkeypatch.setattr(pack_commands, "workflow_group", broken)

    said = street.types("issue", "report")
    documented = street.types("issue", "report", "--json").document
    log = street.folder / "state" / "duban" / "faults.log"

    assert said.code == 1
    assert said.err.count("\n") == 1
    assert "Traceback" not in said.err + said.out
    assert "a secret detail" not in said.err
    assert "a secret detail" in log.read_text(encoding="utf-8")
    assert log.stat().st_mode & 0o077 == 0
    assert documented["error"]["log"] == str(log)


@pytest.mark.parametrize(
    "words",
    [
        ("nonsense",),
        ("show",),
        ("show", "ISS-000001", "more"),
        ("list", "--limit", "none"),
        ("list", "--lang", "fr"),
        ("list", "--nonsense"),
        ("list", "--open", "--closed", "--as", "office"),
        ("fire", "ISS-000001", "assign", "-f", "unit", "--as", "office"),
        ("list",),
        ("outbox",),
        (),
    ],
    ids=" ".join,
)
def test_2_what_was_typed_makes_no_sense(street, words: tuple[str, ...]) -> None:
    said, documented = street.types(*words), street.types(*words, "--json")

    assert (said.code, said.out) == (2, "")
    assert said.err != ""
    assert documented.code == 2
    assert documented.document["error"]["code"] == "usage"


def test_2_a_store_that_is_not_ready_tells_the_remedy(bare) -> None:
    said = bare.runs("list", "--as", "office")

    assert said.code == 2
    assert "duban init" in said.err
    assert not list(bare.folder.glob("street.db*"))


def test_2_without_an_actor_it_is_told_how_to_name_one(street) -> None:
    said = street.types("list")

    assert "--as" in said.err
    assert "DUBAN_AS" in said.err


@pytest.mark.parametrize("name", ["system", "scheduler"])
@pytest.mark.asvs("4.1.2")
def test_2_nobody_acts_as_the_engine_itself(street, name: str) -> None:
    said = street.runs("list", "--as", name)
    assert said.code == 2
    assert name in said.err


@pytest.mark.asvs("4.1.1")
def test_3_refused(street) -> None:
    ref = street.reports()

    role = street.types("issue", "assign", ref, "--unit", "office", "--as", "leader", "--json")
    state = street.types("issue", "close", ref, "--as", "office", "--json")

    assert (role.code, role.document["error"]["code"]) == (3, "not-permitted")
    assert (state.code, state.document["error"]["code"]) == (3, "transition-not-allowed")


def test_3_a_guard_tells_its_reasons(street, tmp_path) -> None:
    text = shutil.copytree(pack_folder(), street.folder / "pack")
    file = text / "organization.yaml"
    source = file.read_text(encoding="utf-8").replace("roles: [handler]", "roles: [handler, supervisor]")
    file.write_text(source, encoding="utf-8")
    street.types("init", "--pack", str(text))
    photo = tmp_path / "a.jpg"
    photo.write_bytes(photograph())
    ref = street.reports()
    street.assigns(ref)
    street.types("issue", "rectify", ref, "--measures", "x", "--photo-after", str(photo), "--as", "city-handler")

    said = street.types("issue", "verify", ref, "--as", "city-handler", "--json", "--lang", "zh")

    assert said.code == 3
    assert said.document["error"]["code"] == "guard-refused"
    assert said.document["error"]["reasons"] == ["整改人不得自核"]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("show", "ISS-999999", "--as", "office"), "unknown-case"),
        (("fire", "ISS-999999", "assign", "--as", "office"), "unknown-case"),
        (("start", "nothing", "--as", "office"), "unknown-workflow"),
        (("list", "nothing", "--as", "office"), "unknown-workflow"),
        (("workflow", "show", "nothing"), "unknown-workflow"),
        (("whoami", "--as", "nobody"), "unknown-actor"),
        (("follow", "NOTHING"), "unknown-case"),
        (("outbox", "retry", "ISS-000099:1:0", "--as", "office"), "unknown-message"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else value,
)
def test_4_unknown(street, words: tuple[str, ...], code: str) -> None:
    said = street.types(*words, "--json")

    assert (said.code, said.document["error"]["code"]) == (4, code)


def test_4_an_unknown_event_offers_the_nearest(street) -> None:
    ref = street.reports()

    fired = street.types("fire", ref, "asign", "--as", "office", "--json")
    asked = street.types("why", ref, "asign", "--as", "office", "--json")

    assert (fired.code, asked.code) == (4, 4)
    assert "assign" in asked.document["error"]["message"]


def test_5_somebody_was_faster(street) -> None:
    ref = street.reports()

    said = street.types("issue", "assign", ref, "--unit", "office", "--expect-version", "7", "--as", "office", "--json")

    assert (said.code, said.document["error"]["code"]) == (5, "version-conflict")
    assert said.document["error"]["found"] == 1


def test_6_every_mistake_of_a_pack_has_its_line(street) -> None:
    folder = street.folder / "wrong"
    folder.mkdir()
    for file in pack_folder().glob("*.yaml"):
        source = file.read_text(encoding="utf-8").replace("to: assigned,", "to: asigned,")
        (folder / file.name).write_text(source, encoding="utf-8")

    said = street.types("workflow", "check", str(folder))
    problems = street.types("workflow", "check", str(folder), "--json")

    assert (said.code, problems.code) == (6, 6)
    found = problems.document["error"]["problems"]
    assert all(one["line"] > 1 and one["path"].endswith("issue.yaml") for one in found)
    assert len(said.err.splitlines()) == len(found) >= 3


def test_7_each_wrong_field_is_named(street) -> None:
    said = street.types("issue", "report", "--category", "liter", "--as", "grid-worker", "--json")

    assert (said.code, said.document["error"]["code"]) == (7, "invalid-data")
    assert set(said.document["error"]["fields"]) == {"category", "title"}


def test_7_a_file_that_cannot_be_read_is_no_evidence(street) -> None:
    ref = street.reports()
    street.assigns(ref)

    words = ("--measures", "x", "--photo-after", "nothing-here.jpg")
    said = street.types("issue", "rectify", ref, *words, "--as", "city-handler", "--json")

    assert (said.code, said.document["error"]["code"]) == (7, "invalid-evidence")


def test_whoever_may_not_fire_is_told_that_and_not_what_is_wrong_with_the_data(street) -> None:
    ref = street.reports()

    said = street.types("fire", ref, "assign", "-f", "unit=nowhere", "--as", "leader", "--json")

    assert said.document["error"]["code"] == "not-permitted"


def test_a_case_of_another_workflow_is_not_fired_on(street) -> None:
    said = street.types("issue", "assign", "TSK-000001", "--unit", "office", "--as", "office")

    assert said.code == 4


def pack_folder():
    from pathlib import Path

    return Path(__file__).parent / "pack"

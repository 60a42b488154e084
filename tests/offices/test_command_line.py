"""The command line at an office: which one, by which words, and what is said where that is not clear."""

import json
import shutil

import pytest
from tests.offices.district import MARK, NORTH, SOUTH, District, declared

BOTH = f"{NORTH}, {SOUTH}"


def test_the_office_comes_from_the_option_and_else_from_the_environment(district: District) -> None:
    words = ("show", "TIP-000001", "--as", "judge-1", "--json")
    for said in (
        district.types(*words, "--office", SOUTH),
        district.types("--office", SOUTH, *words),
        district.types(*words, office=SOUTH),
        district.types(*words, "--office", SOUTH, "--offices", "offices.yaml", DUBAN_OFFICES="nowhere.yaml"),
        district.types(*words, "--office", SOUTH, office=None, DUBAN_OFFICES=""),  # of the folder that one stands in
        district.types(*words, "--office", SOUTH, DUBAN_DB="sqlite:///nowhere.db"),
    ):
        assert json.loads(said.out)["data"]["title"] == MARK
    assert json.loads(district.types(*words).out)["data"]["title"] == "plain"


@pytest.mark.parametrize(
    ("words", "env", "says"),
    [
        (("list",), {"office": None}, f"the offices are: {BOTH}"),
        (("list",), {"office": None, "DUBAN_OFFICES": ""}, f"the offices are: {BOTH}"),  # of the folder one stands in
        (("deal", "offer", "--title", "x"), {"office": None}, f"the offices are: {BOTH}"),
        (("list", "--office", NORTH, "--office", SOUTH), {}, f"{BOTH} were named"),
        (("--office", NORTH, "list", "--office", SOUTH), {}, f"{BOTH} were named"),
        (("list", "--db", "sqlite:///a.db", "--office", NORTH), {}, "give either"),
        (("list", "--db", "sqlite:///a.db", "--offices", "offices.yaml"), {}, "give either"),
        (("list",), {"DUBAN_DB": "sqlite:///a.db"}, "DUBAN_DB is set, and DUBAN_OFFICE"),
        (("list", "--office", NORTH), {"DUBAN_OFFICES": "", "folder": "pack"}, "there is no offices.yaml here"),
        (("init", "--pack", "civility"), {}, "leave out --pack"),
        (("office", "show"), {"office": None}, f"the offices are: {BOTH}"),
        (("office", "migrate", "--take-over"), {"office": None}, "not for all offices at once"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_where_it_is_not_clear_which_store_is_meant_nothing_is_done_and_the_way_out_is_told(
    bare: District, words: tuple[str, ...], env: dict[str, str], says: str
) -> None:
    given = {name: value for name, value in env.items() if name != "folder"}
    if "folder" in env:
        words = ("--lang", "en", *words)
        (bare.folder / "offices.yaml").rename(bare.folder / "moved.yaml")
    said = bare.types(*words, "--as", "clerk", **given)
    assert said.code == 2
    assert says in said.err
    chinese = bare.types(*words, "--as", "clerk", "--lang", "zh", **given)
    assert chinese.code == 2
    assert not chinese.err.isascii()
    assert not (bare.folder / "a.db").exists()


def test_an_office_that_is_not_declared_is_unknown_and_a_file_that_does_not_hold_is_told_with_its_place(
    bare: District,
) -> None:
    assert bare.types("list", "--office", "nowhere", "--as", "clerk").code == 4
    assert bare.types("list", "--office", "", "--as", "clerk").code == 4
    bare.file.write_text(bare.file.read_text("utf-8").replace("pack:", "pak:"), encoding="utf-8")
    for words in (("list",), ("office", "list"), ("doctor",), ("deal", "offer")):
        said = bare.types(*words, "--as", "clerk", "--json")
        assert said.code == 6
        assert json.loads(said.out)["error"]["problems"][0]["line"] == 2


def test_the_store_that_is_typed_holds_against_offices_of_the_environment(bare: District) -> None:
    said = bare.types("init", "--db", "sqlite:///alone.db", "--pack", "pack", "--json")
    assert json.loads(said.out)["store"] == "sqlite:///alone.db"


def test_what_is_to_be_typed_next_names_the_office_as_it_was_named(district: District) -> None:
    named = district.types("why", "DEA-000002", "hear", "--as", "clerk", "--office", SOUTH, "--json", office=None)
    assert f"--office {SOUTH}" in named.out
    assert "--office" not in district.types("why", "DEA-000002", "hear", "--as", "clerk", "--json").out


def test_offices_are_listed_shown_and_checked_by_name_in_both_languages(bare: District) -> None:
    listed = json.loads(bare.types("office", "list", "--json", office=None).out)
    assert [(one["office"], one["pack"]) for one in listed] == [(NORTH, "./pack"), (SOUTH, "./pack")]
    assert bare.types("office", "list", office=None).out.splitlines()[0] == "office\tlabel\tpack\tstore"
    shown = json.loads(bare.types("office", "show", SOUTH, "--lang", "zh", "--json").out)
    assert (shown["label"], shown["status"], shown["why"]) == (f"{SOUTH}街", "ready", None)
    assert json.loads(bare.types("office", "show", "--json").out)["office"] == NORTH
    (bare.folder / f"{SOUTH}.db").unlink()
    checked = bare.types("office", "check", "--json", office=None)
    assert checked.code == 1
    assert [(one["office"], one["status"]) for one in json.loads(checked.out)] == [
        (NORTH, "ready"), (SOUTH, "store-not-ready"),
    ]  # fmt: skip
    assert bare.types("office", "check", NORTH, office=None).code == 0
    assert bare.types("office", "check", "nowhere", office=None).code == 4


def test_migrating_makes_each_store_ready_and_what_fails_in_one_holds_up_no_other(bare: District) -> None:
    for name in (NORTH, SOUTH):
        (bare.folder / f"{name}.db").unlink()
    (bare.folder / f"{NORTH}.db").write_bytes(b"no database at all" * 99)
    said = bare.types("office", "migrate", "--json", office=None)
    assert said.code == 1
    assert [(one["office"], one["status"]) for one in json.loads(said.out)] == [
        (NORTH, "store-error"), (SOUTH, "created"),
    ]  # fmt: skip
    assert json.loads(bare.types("office", "migrate", SOUTH, "--json").out)[0]["status"] == "ready"


def test_a_store_changes_hands_only_where_that_is_asked_for(district: District) -> None:
    declared(district.folder, {"new-street": f"sqlite:///{SOUTH}.db"})
    refused = district.types("office", "migrate", "--json", office=None)
    assert refused.code == 1
    assert "--take-over" in json.loads(refused.out)[0]["why"]
    taken = district.types("office", "migrate", "new-street", "--take-over", "--json", office=None)
    assert (taken.code, json.loads(taken.out)[0]["why"]) == (0, None)
    shown = district.types("show", "TIP-000001", "--as", "judge-1", "--json", office="new-street")
    assert json.loads(shown.out)["data"]["title"] == MARK


def test_the_doctor_and_the_metrics_tell_of_all_offices_by_name(district: District) -> None:
    shutil.move(district.folder / f"{SOUTH}.db", district.folder / "away.db")
    for office in (NORTH, SOUTH):
        district.types("sweep", office=office)
    doctor = district.types("doctor", "--json", office=None)
    found = json.loads(doctor.out)
    assert (doctor.code, found["healthy"], list(found["offices"])) == (1, False, [NORTH, SOUTH])
    assert found["offices"][NORTH]["store"]["office"] == NORTH
    assert "no file in this place yet" in found["offices"][SOUTH]["warnings"][0]
    assert f"{SOUTH}\tunwell\t" in district.types("doctor", office=None).out
    metrics = district.types("metrics", office=None).out
    assert 'duban_store_up{office="north-street"} 1.0' in metrics
    assert 'duban_store_up{office="south-street"} 0.0' in metrics
    one = district.types("metrics").out
    assert "south-street" not in one


def test_the_secrets_that_the_doctor_names_are_those_of_the_office(bare: District) -> None:
    words = bare.file.read_text("utf-8").replace(
        f"evidence: ./{NORTH},", f"evidence: ./{NORTH}, variables: {{DUBAN_REGISTER_SECRET: DUBAN_NORTH_HOOK}},"
    )
    bare.file.write_text(words, encoding="utf-8")
    env = {"DUBAN_NORTH_HOOK": "x" * 40, "DUBAN_REGISTER_SECRET": "y" * 40}
    north, south = (json.loads(bare.types("doctor", "--json", office=name, **env).out) for name in (NORTH, SOUTH))
    assert "DUBAN_NORTH_HOOK" in north["secrets"]["set"]
    assert "DUBAN_REGISTER_SECRET" in south["secrets"]["not_set"]


@pytest.mark.parametrize("way", [(), ("--json",), ("--lang", "zh"), ("--verbose",)], ids=" ".join)
def test_no_command_tells_the_secrets_of_an_office(bare: District, way: tuple[str, ...]) -> None:
    store = "postgresql://north@127.0.0.1:9/district?schema=north_street"
    bare.file.write_text(
        "offices:\n"
        f'  apart: {{pack: ./pack, store: "{store}", password: {{env: DUBAN_APART}}, evidence: ./a}}\n'
        "  whole: {pack: ./pack, store: {env: DUBAN_WHOLE}, evidence: ./b}\n",
        encoding="utf-8",
    )
    secret, lines = "plant-office-5e", [("list",), ("doctor",), ("metrics",), ("init",), ("office", "show"), ("sweep",)]
    other = f"{store.replace('north@', f'south:{secret}@').replace('north_', 'south_')}&sslpassword={secret}"
    env = {"DUBAN_APART": secret, "DUBAN_WHOLE": other}
    for words in [("office", "list"), ("office", "check"), ("office", "migrate"), ("doctor",)]:
        said = bare.types(*words, *way, office=None, **env)
        assert (secret in said.out + said.err, "north@127.0.0.1" in said.out or words[0] == "doctor") == (False, True)
    for name in ("apart", "whole"):
        for words in lines:
            said = bare.types(*words, *way, "--as", "clerk", office=name, **env)
            assert said.code != 0 or words[0] == "metrics"
            assert secret not in said.out + said.err


def test_a_backup_takes_the_evidence_of_the_office_along_and_goes_back_there(district: District) -> None:
    place = str(district.folder / "south.backup")
    assert district.types("backup", "--out", place, office=SOUTH).code == 0
    refused = district.types("restore", place)
    assert (refused.code, "is a backup of the office south-street" in refused.err) == (2, True)
    (district.folder / f"{SOUTH}.db").unlink()
    shutil.rmtree(district.folder / SOUTH)
    assert district.types("restore", place, office=SOUTH).code == 0
    assert district.types("verify", "--as", "judge-1", office=SOUTH).code == 0
    said = district.types("evidence", "list", "TIP-000001", "--as", "judge-1", office=SOUTH)
    assert f"{MARK}.txt" in said.out


def test_a_shell_completes_the_names_of_offices(bare: District) -> None:
    said = bare.types(
        office=None, _DUBAN_COMPLETE="bash_complete", COMP_WORDS="duban list --office n", COMP_CWORD="3"
    )  # fmt: skip
    assert said.out.split() == [f"plain,{NORTH}"]

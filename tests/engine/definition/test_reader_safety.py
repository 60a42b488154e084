"""The strict reader against hostile files, absent files, large files, and any bytes at all."""

import json
import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from duban.engine.definition.nodes import Mapping, to_plain
from duban.engine.definition.reader import MAX_BYTES, read_document
from duban.engine.definition.tree import CONTROL, MAX_DEPTH
from duban.engine.errors import DefinitionError
from duban.engine.messages import LANGUAGES


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Time of the processor, so that a busy machine is no failure."""
    began = time.process_time()
    try:
        yield
    finally:
        assert time.process_time() - began < seconds


def outcome(data: bytes) -> Mapping | DefinitionError:
    try:
        return read_document("f.yaml", data)
    except DefinitionError as error:
        return error


def refusal(source: str) -> DefinitionError:
    found = outcome(source.encode())
    assert isinstance(found, DefinitionError)
    return found


@pytest.mark.parametrize("pair", ["[]", "{}"])
def test_twenty_collections_in_each_other_are_read_and_one_more_is_refused(pair: str) -> None:
    def nested(count: int) -> str:
        inner = pair[0] + "a: " * (pair == "{}")
        return f"a: {inner * (count - 1)}1{pair[1] * (count - 1)}"

    assert isinstance(outcome(nested(MAX_DEPTH).encode()), Mapping)
    assert refusal(nested(MAX_DEPTH + 1)).problems[0].key == "yaml.too-deep"


BOMB = "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [{f'*a{n - 1}, ' * 9}]\n" for n in range(1, 99))
ATTACKS = [
    ("a: " + "[" * 3000, "too-deep"), ("[" * 3000, "no-mapping"), ("a: " + "{a: " * 3000, "too-deep"),
    ("a: [" + "? " * 3000, "no-value"), ("a:\n " + "- " * 3000, "too-deep"), ("? " * 3000, "key-not-text"),
    ("".join(" " * n + "a:\n" for n in range(600)), "too-deep"), (BOMB, "anchor"),
    ("a: " + "x" * 400_000, "too-large"), ("a: " + "x" * 200_000 + ": y", "colon-here"), ("x" * 200_000, "no-mapping"),
    ("a: '" + "x " * 100_000, "quote-open"), ("\n" * 200_000 + "%", "directive"), ("#" * 200_000, "empty"),
    ("a: 1\n" * 40_000, "key-twice"), (" " * 200_000 + "\ta", "tab"), ("a: " + "9" * 200_000 + "\nb", "no-colon"),
]  # fmt: skip


@pytest.mark.parametrize(("source", "key"), ATTACKS, ids=[f"{key}-{n}" for n, (_, key) in enumerate(ATTACKS)])
@pytest.mark.asvs("5.5.3")
def test_an_attack_is_refused_in_under_a_second(source: str, key: str) -> None:
    with within(1.0):
        error = refusal(source)
    assert error.problems[0].key == f"yaml.{key}"
    assert len(error.message()) < 300


def test_a_long_line_that_is_well_formed_is_read() -> None:
    with within(1.0):
        tree = read_document("f.yaml", f"a: {'x' * 200_000}\nb: {'9' * 50_000}\n".encode())
    assert to_plain(tree) == {"a": "x" * 200_000, "b": "9" * 50_000}


def test_the_size_found_and_the_size_allowed_are_told(tmp_path: Path) -> None:
    path = tmp_path / "large.yaml"
    path.write_bytes(b"a: " + b"x" * (MAX_BYTES - 3))
    assert isinstance(read_document(path), Mapping)
    path.write_bytes(b"a: " + b"x" * MAX_BYTES)
    with pytest.raises(DefinitionError) as caught:
        read_document(path)
    assert (caught.value.line, caught.value.column) == (1, 1)
    assert caught.value.problems[0].data == {"found": MAX_BYTES + 3, "expected": MAX_BYTES}
    assert "262147" in caught.value.message("zh")
    assert "262144" in caught.value.message("zh")


def test_a_file_that_cannot_be_read_is_told_with_its_name_and_a_remedy(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    paths: list[tuple[Path | str, str]] = [
        (tmp_path / "absent.yaml", "missing"),
        (tmp_path, "directory"),
        (tmp_path / "pipe", "unreadable"),
        (tmp_path / ("x" * 5000), "unreadable"),
        ("a\0b", "unreadable"),
    ]
    for path, key in paths:
        with pytest.raises(DefinitionError) as caught:
            read_document(path)
        problem = caught.value.problems[0]
        assert (problem.path, problem.line, problem.column, problem.key) == (str(path), 1, 1, f"yaml.{key}")
        assert all(caught.value.message(lang) for lang in LANGUAGES)


def test_a_file_is_read_as_its_bytes_are(tmp_path: Path) -> None:
    path = tmp_path / "issue.yaml"
    path.write_bytes("workflow: issue\nlabel: {zh: 问题}\n".encode())
    assert to_plain(read_document(str(path))) == {"workflow": "issue", "label": {"zh": "问题"}}


SIGNS = st.sampled_from(
    [*" \n\t:-?[]{},#&*!|>'\"%@`~.<=\\\r0129axu\x07\x85\u2028问😀", "\n  ", ": ", "- ", "---\n", "\\u"]
)
DOCUMENT = "a: {b: [1, 'x'], c: \"\\u95ee\"}\nd:\n  - e: |\n      f\n  - 问题 # g\n"


@settings(max_examples=400)
@given(
    st.one_of(
        st.binary(max_size=200),
        st.lists(SIGNS, max_size=60).map(lambda s: "".join(s).encode()),
        st.tuples(st.integers(0, len(DOCUMENT)), st.lists(SIGNS, max_size=4)).map(
            lambda cut: (DOCUMENT[: cut[0]] + "".join(cut[1]) + DOCUMENT[cut[0] :]).encode()
        ),
    )
)
@example(b'a: "\\UFFFFFFFF"')
@example(b"\xef\xbb\xbf")
@pytest.mark.asvs("5.1.4")
def test_any_bytes_are_a_tree_or_an_error_with_a_place_in_the_file(data: bytes) -> None:
    with within(1.0):
        found = outcome(data)
    if isinstance(found, Mapping):
        json.dumps(to_plain(found), ensure_ascii=False).encode()
        return
    assert 1 <= found.line <= len(re.findall(rb"\r\n|\r|\n", data)) + 1
    assert 1 <= found.column <= len(data) + 1
    assert all(found.message(lang) for lang in LANGUAGES)
    assert found.problems[0].key != "yaml.syntax"


TEXT = st.text(max_size=30).filter(lambda text: not CONTROL.search(text))
NUMBER = st.integers(-(10**15) + 1, 10**15 - 1) | st.integers(-(10**6), 10**6).map(lambda n: n / 1000)
TREE = st.dictionaries(
    TEXT,
    st.recursive(
        st.none() | st.booleans() | NUMBER | TEXT,
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
        max_leaves=12,
    ),
    min_size=1,
    max_size=4,
)


@settings(max_examples=150)
@given(TREE, st.booleans(), st.sampled_from([None, 2]), st.booleans())
def test_what_is_written_as_json_is_read_as_it_was(
    tree: Any, ascii_only: bool, indent: int | None, tight: bool
) -> None:
    separators = (",", ":") if tight else None
    written = json.dumps(tree, ensure_ascii=ascii_only, indent=indent, separators=separators)
    assert to_plain(read_document("f.yaml", written.encode())) == tree

"""What the strict reader takes, what each value means, and where it says that something is wrong."""

import re
from typing import Any

import pytest

from duban.engine.definition.nodes import Mapping, Scalar, to_plain
from duban.engine.definition.reader import read_document
from duban.engine.errors import DefinitionError
from duban.engine.messages import has_text


def read(source: str) -> Any:
    return to_plain(read_document("f.yaml", source.encode()))


def refuse(source: bytes) -> DefinitionError:
    with pytest.raises(DefinitionError) as caught:
        read_document("f.yaml", source)
    assert len(caught.value.problems) == 1
    return caught.value


VALUES = [
    ("true", True), ("false", False), ("null", None), ("~", None), ("", None),
    ("0", 0), ("-3", -3), ("42", 42), ("999999999999999", 999_999_999_999_999), ("1.5", 1.5), ("-0.25", -0.25),
    *((text, text) for text in (
        "on", "off", "yes", "no", "y", "n", "True", "FALSE", "Null", "NULL", "12:30", "1:2:3", "010", "0x1F", "0o17",
        "1e3", "1.5e3", "+1", ".5", "5.", ".inf", ".nan", "2020-11-20", "2020-11-20T12:00:00Z", "1_000", "--", "-x",
        "110101199003071234", "1000000000000000", "0.3000000000000000", "75%", "3 working days", "<<", "=", "问题",
        "due + 1 working day", "http://example.org/a#b", "actor != last.rectify.actor", "a,b", "1]", "a's",
    )),
]  # fmt: skip


@pytest.mark.parametrize(("written", "meant"), VALUES)
def test_an_unquoted_value_is_what_it_looks_like_and_text_where_that_could_be_doubted(written: str, meant: Any) -> None:
    value = read(f"key: {written}\n")["key"]
    assert value == meant
    assert type(value) is type(meant)


@pytest.mark.parametrize(
    "written", ["true", "null", "42", "1.5", "", "on", "~", "a: b", "# no", "&a", "*a", "!t", "<<"]
)
def test_quotes_make_everything_text(written: str) -> None:
    assert read(f"double: \"{written}\"\nsingle: '{written}'\n") == {"double": written, "single": written}


@pytest.mark.parametrize(
    "key", ["on", "yes", "true", "null", "~", "1", "010", "1.5", "2020-11-20", "12:30", "标题", "a b"]
)
def test_a_key_is_always_text(key: str) -> None:
    assert read(f"{key}: x\nflow: {{{key}: y}}\n") == {key: "x", "flow": {key: "y"}}


@pytest.mark.parametrize(
    ("source", "tree"),
    [
        ("a: 1\nb:\n- x\n- y: 2\n  z: 3\n", {"a": 1, "b": ["x", {"y": 2, "z": 3}]}),
        ("# first\n---\na: {b: [1, 2], c: {}}  # last\n...\n", {"a": {"b": [1, 2], "c": {}}}),
        ("a:\nb: []\n", {"a": None, "b": []}),
        ('{"a":1,"b":[true,null]}', {"a": 1, "b": [True, None]}),
        ("a: |\n  one\n  two\nb: >-\n  one\n  two\n", {"a": "one\ntwo\n", "b": "one two"}),
        ("a: one\n  two\n", {"a": "one two"}),
        ("? a\n: b\n", {"a": "b"}),
        ('"<<": 1\n', {"<<": 1}),
        ("\ufeffa: 1\r\nb: 2\r\n", {"a": 1, "b": 2}),
        ('a: "\\ud83d\\ude00 \\u95ee\\n\\t"\n', {"a": "😀 问\n\t"}),
        ("标签: {en: Issue, zh: 问题}\n", {"标签": {"en": "Issue", "zh": "问题"}}),
    ],
)
def test_the_ordinary_forms_of_yaml_are_read(source: str, tree: Any) -> None:
    assert read(source) == tree


def test_every_node_knows_its_place_in_characters() -> None:
    tree = read_document("f.yaml", '标题: 甲\n列:\n  - {乙: "丙"}\n'.encode())
    assert tree.get("标题") == Scalar("甲", 1, 5, plain=True)
    assert tree.key_node("列") == Scalar("列", 2, 1, plain=True)
    inner = tree.get("列").items[0]  # type: ignore[union-attr]
    assert (inner.line, inner.column) == (3, 5)
    assert isinstance(inner, Mapping)
    assert inner.get("乙") == Scalar("丙", 3, 9, plain=False)


REFUSED = [
    ("", 1, 1, "empty"), ("# only a comment\n", 1, 1, "empty"), ("---\n", 2, 1, "empty"),
    ("- a\n", 1, 1, "no-mapping"), ("# c\nfoo\n", 2, 1, "no-mapping"), ("'foo'", 1, 1, "no-mapping"),
    ("a: 1\n---\nb: 2\n", 2, 1, "second-document"), ("a: 1\n...\nb: 2\n", 3, 1, "second-document"),
    ("{a: 1}\nfoo\n", 2, 1, "second-document"),
    ("%YAML 1.2\n---\na: 1\n", 1, 1, "directive"), ("# c\n\n%FOO bar\n---\na: 1\n", 3, 1, "directive"),
    ("a: 1\n%FOO\n", 2, 1, "directive"), ("a: 1\n...\n%TAG ! x\n---\nb: 1", 3, 1, "directive"),
    ("a: &x 1\n", 1, 4, "anchor"), ("&x a: 1\n", 1, 1, "anchor"), ("a: &\n", 1, 4, "anchor"),
    ("a: 1\nb: *a\n", 2, 4, "alias"), ("a: [*]\n", 1, 5, "alias"), ("*a : 1\n", 1, 1, "alias"),
    ("a: !!str 1\n", 1, 4, "tag"), ("!!map\na: 1\n", 1, 1, "tag"), ("a: [!x {}]\n", 1, 5, "tag"),
    ("a: !directive!x 1\n", 1, 4, "tag"), ("a: ! x\n", 1, 4, "tag"), ("a: !<x 1\n", 1, 4, "tag"),
    ("a: 1\n<<: {b: 2}\n", 2, 1, "merge-key"), ("a: {<<: x}\n", 1, 5, "merge-key"),
    ("a: 1\nb: 2\na: 3\n", 3, 1, "key-twice"), ("a: {b: 1, b: 2}\n", 1, 11, "key-twice"),
    ("1: x\n'1': y\n", 2, 1, "key-twice"), ("标: 1\n标: 2\n", 2, 1, "key-twice"),
    (": x\n", 1, 1, "key-empty"), ("a: {: x}\n", 1, 6, "key-empty"),
    ("[a]: b\n", 1, 1, "key-not-text"), ("a:\n  ? {b: 1}\n  : c\n", 2, 5, "key-not-text"),
    ("a: \x07\n", 1, 4, "control"), ("a: 1\nb\x00\n", 2, 2, "control"), ("甲: 乙\x85\n", 1, 5, "control"),
    ("a: x\u2028\n", 1, 5, "control"), ("a: \ufeff\n", 1, 4, "control"),
    ('a: "\\x00"\n', 1, 4, "control"), ('a: "x\\ud83d"\n', 1, 4, "control"), ('"\\0": 1\n', 1, 1, "control"),
    ("a:\n\tb: 1\n", 2, 1, "tab"), ("a:\n  b: 1\n\tc: 2\n", 3, 1, "tab"), ("a:\tb\n", 1, 3, "tab"),
    ("a:\n  b: 1\n c: 2\n", 3, 2, "indent"), ("  a: 1\nb: 2\n", 2, 1, "second-document"),
    ('a: "x" y\n', 1, 8, "trailing"), ("a: 'it's'\n", 1, 8, "trailing"), ("a: [b]c\n", 1, 7, "trailing"),
    ("a: 1\nb\nc: 2\n", 2, 1, "no-colon"), ("a:\n- b\nc\n", 3, 1, "no-colon"),
    ("a: b: c\n", 1, 5, "colon-here"), ("a: 1\n  b: 2\n", 2, 4, "colon-here"),
    ("a: - b\n", 1, 4, "dash-here"), ("a: ? b\n", 1, 4, "question-here"),
    ("a: `x`\n", 1, 4, "bad-start"), ("a: @x\n", 1, 4, "bad-start"), ("a: 75\nb: %x\n", 2, 4, "bad-start"),
    ("a: ]\n", 1, 4, "no-value"), ("a: [1,,2]\n", 1, 7, "no-value"), ("...\na: 1\n", 1, 1, "no-value"),
    ("a: [1, 2\nb: 3\n", 2, 2, "no-comma"), ("a: {b: [1}\n", 1, 10, "no-comma"), ('a: {b: "x" c}\n', 1, 12, "no-comma"),
    ("a: [1, 2\n", 1, 4, "bracket-open"), ("a:\n  b: {c: [1],\n", 2, 6, "bracket-open"),
    ('a: "x\nb: 1\n', 1, 4, "quote-open"), ("a: [1, 'x]\n", 1, 8, "quote-open"), ('a: "x\n---\n', 1, 4, "quote-open"),
    ('a: "\\q"\n', 1, 6, "escape"), ('a: "\\u12"\n', 1, 7, "escape"), ('a: "\\UFFFFFFFF"\n', 1, 7, "escape"),
    ("a: |x\n  y\n", 1, 5, "block-header"), ("a: > y\n", 1, 6, "block-header"), ("a: |0\n  y\n", 1, 5, "block-header"),
    ("a: |\n  \n     \n  x\n", 4, 3, "block-indent"),
]  # fmt: skip


@pytest.mark.parametrize(("source", "line", "column", "key"), REFUSED)
def test_what_is_refused_is_told_at_its_line_and_column(source: str, line: int, column: int, key: str) -> None:
    error = refuse(source.encode())
    assert (error.problems[0].key, error.line, error.column) == (f"yaml.{key}", line, column)
    assert error.message("en").startswith(f"f.yaml:{line}:{column}: ")
    assert re.search(r"[\u4e00-\u9fff].*。$", error.message("zh"))
    assert not re.search(r"ruamel|Error|<[a-z ]+>|token|stream", error.message("en"))


def test_a_doubled_key_names_the_line_of_the_first() -> None:
    assert refuse(b"a: 1\nb: 2\na: 3\n").problems[0].data["first"] == 1


@pytest.mark.parametrize(("data", "line", "column"), [(b"a: \xff", 1, 4), ("a: 1\n题: ".encode() + b"\xca\xd3", 2, 4)])
def test_a_byte_that_is_not_utf8_is_told_at_its_place(data: bytes, line: int, column: int) -> None:
    error = refuse(data)
    assert (error.problems[0].key, error.line, error.column) == ("yaml.not-utf8", line, column)


def test_utf16_is_refused() -> None:
    assert refuse("a: 1".encode("utf-16")).problems[0].key == "yaml.not-utf8"


def test_every_refusal_has_its_words_in_both_languages() -> None:
    assert all(has_text(f"yaml.{key}") for *_, key in REFUSED)

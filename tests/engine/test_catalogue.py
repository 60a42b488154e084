"""The one catalogue of texts: complete in both languages, and in step with the errors."""

import string
from collections.abc import Iterator
from pathlib import Path

import pytest

from duban.engine import errors
from duban.engine.keeping import keep
from duban.engine.messages import _as_kept, _catalogue, _subject, has_text, text
from duban.engine.model.label import Label


def _texts() -> Iterator[tuple[str, dict[str, str]]]:
    def walk(node: dict[str, object], path: str) -> Iterator[tuple[str, dict[str, str]]]:
        for name, value in node.items():
            assert isinstance(value, dict), f"{path}{name} is neither a subject nor a text"
            if isinstance(value.get("en"), str):
                yield f"{path}{name}", value
            else:
                yield from walk(value, f"{path}{name}.")

    yield from walk({name: _subject(name) for name in _catalogue()}, "")


TEXTS = dict(_texts())


def _placeholders(template: str) -> set[str]:
    return {name.split(".")[0].split("[")[0] for _, name, _, _ in string.Formatter().parse(template) if name}


@pytest.mark.parametrize("key", TEXTS)
def test_every_text_stands_in_both_languages_with_the_same_placeholders(key: str) -> None:
    words = TEXTS[key]
    assert words["en"].strip()
    assert words["zh"].strip()
    assert _placeholders(words["en"]) == _placeholders(words["zh"])


def _classes(base: type[errors.DubanError]) -> Iterator[type[errors.DubanError]]:
    yield base
    for child in base.__subclasses__():
        yield from _classes(child)


ABSTRACT = {"error", "unknown", "refused", "conflict", "definition-error", "usage", "channel-error"}


@pytest.mark.parametrize("code", sorted({kind.code for kind in _classes(errors.DubanError)} - ABSTRACT))
@pytest.mark.asvs("7.4.2")
def test_every_error_that_is_raised_has_its_words(code: str) -> None:
    assert has_text(f"error.{code}")


def test_labels_and_lists_are_told_in_the_language_of_the_reader() -> None:
    roles = [Label("office", "办公室"), Label("leader", "领导")]
    english = text("error.not-permitted", "en", actor="clerk", event="close", roles=roles, carried=None)
    chinese = text("error.not-permitted", "zh", actor="clerk", event="close", roles=roles, carried=None)
    assert "office, leader" in english
    assert "nothing" in english
    assert "办公室、领导" in chinese
    assert "无" in chinese


def test_a_language_that_is_not_known_is_told_in_english() -> None:
    assert text("error.key-reused", "fr", key="k") == text("error.key-reused", "en", key="k")


@pytest.mark.parametrize(
    "content",
    [b"", b"{}", b"[]\n{}", b"[[], {}]\n{}", b'[[], {"say": 1}]\n{}', b"[[], [1]]\n{}", b'[[], {"say": "2"}]\n{}'],
)
def test_what_is_kept_of_another_form_is_no_catalogue(
    content: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DUBAN_CACHE", str(tmp_path))
    keep("texts-0", content)
    keep("texts-1", b'[[["a.toml", 1, 2]], {"say": 2}]\n{}')

    assert _as_kept("texts-0", []) is None
    assert _as_kept("texts-1", []) is None
    assert _as_kept("texts-1", [["a.toml", 1, 2]]) == {"say": b"{}"}

"""The one catalogue of everything duban says, in English and Chinese.

Texts lie in ``catalogue/*.toml``, a file a subject; a key is a dotted path such as ``error.unknown-case``. Placeholders
are ``str.format`` fields. A value with a ``text(lang)`` method, such as a label, is told in the reader's language.

The files are read again when one of them has changed; else the catalogue is taken as it was kept.
"""

import json
import os
import zlib
from collections.abc import Iterable
from functools import cache
from typing import Any, Final

from duban.engine.keeping import keep, kept

LANGUAGES: Final = ("en", "zh")
_FOLDER: Final = os.path.join(os.path.dirname(__file__), "catalogue")


@cache
def _catalogue() -> dict[str, bytes]:
    """Every subject with its texts as JSON, which is read when one of them is said: a command says little."""
    with os.scandir(_FOLDER) as entries:
        files = sorted((one.path, one.stat().st_size, one.stat().st_mtime_ns) for one in entries)
    stamp = [list(file) for file in files if file[0].endswith(".toml")]
    name = f"texts-{zlib.crc32(_FOLDER.encode()):08x}"
    found = _as_kept(name, stamp)
    if found is None:
        merged = _merged(path for path, _, _ in files if path.endswith(".toml"))
        found = {subject: json.dumps(texts, ensure_ascii=False).encode() for subject, texts in merged.items()}
        head = [stamp, {subject: len(texts) for subject, texts in found.items()}]
        keep(name, b"\n".join([json.dumps(head).encode(), b"".join(found.values())]))
    return found


def _as_kept(name: str, stamp: list[Any]) -> dict[str, bytes] | None:
    head, _, body = (kept(name) or b"").partition(b"\n")
    try:
        of, sizes = json.loads(head)
        begin, found = 0, {}
        for subject, size in sizes.items():
            found[subject] = body[begin : begin + size]
            begin += size
    except (ValueError, TypeError, AttributeError):
        return None
    return found if of == stamp and begin == len(body) else None


@cache
def _subject(name: str) -> Any:
    texts = _catalogue().get(name)
    return None if texts is None else json.loads(texts)


def _node(key: str) -> Any:
    subject, *parts = key.split(".")
    node = _subject(subject)
    for part in parts:
        node = node.get(part) if isinstance(node, dict) else None
    return node


def _merged(paths: Iterable[str]) -> dict[str, Any]:
    import tomllib

    merged: dict[str, Any] = {}
    for path in paths:
        with open(path, "rb") as file:
            for subject, texts in tomllib.load(file).items():
                merged.setdefault(subject, {}).update(texts)
    return merged


def has_text(key: str) -> bool:
    """Tell whether the catalogue holds a text under this key."""
    node = _node(key)
    return isinstance(node, dict) and isinstance(node.get("en"), str)


def text(key: str, lang: str = "en", /, **data: Any) -> str:
    """Say the text of ``key`` in ``lang`` (``en`` or ``zh``; any other language is told in English).

    Raises:
        KeyError: the catalogue has no such key, which is a fault of duban.
    """
    node = _node(key)
    if node is None:
        raise KeyError(key)
    template: str = node.get(lang) or node["en"]
    return template.format(**{name: _told(value, lang) for name, value in data.items()})


def _told(value: Any, lang: str) -> Any:
    if hasattr(value, "text"):
        return value.text(lang)
    if isinstance(value, list | tuple | set | frozenset):
        return ("、" if lang == "zh" else ", ").join(str(_told(item, lang)) for item in value)
    if value is None:
        return "无" if lang == "zh" else "nothing"
    return value

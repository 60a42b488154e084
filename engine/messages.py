"""The one catalogue of everything duban says, in English and Chinese.

Texts lie in ``catalogue/*.toml``, a file a subject; a key is a dotted path such as ``error.unknown-case``. Placeholders
are ``str.format`` fields. A value with a ``text(lang)`` method, such as a label, is told in the reader's language.
"""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any, Final

LANGUAGES: Final = ("en", "zh")


@cache
def _catalogue() -> dict[str, Any]:
    merged: dict[str, Any] = {}
    for path in sorted((Path(__file__).parent / "catalogue").glob("*.toml")):
        for subject, texts in tomllib.loads(path.read_text(encoding="utf-8")).items():
            merged.setdefault(subject, {}).update(texts)
    return merged


def has_text(key: str) -> bool:
    """Tell whether the catalogue holds a text under this key."""
    node: Any = _catalogue()
    for part in key.split("."):
        node = node.get(part) if isinstance(node, dict) else None
    return isinstance(node, dict) and isinstance(node.get("en"), str)


def text(key: str, lang: str = "en", /, **data: Any) -> str:
    """Say the text of ``key`` in ``lang`` (``en`` or ``zh``; any other language is told in English).

    Raises:
        KeyError: the catalogue has no such key, which is a fault of duban.
    """
    node: Any = _catalogue()
    for part in key.split("."):
        node = node[part]
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

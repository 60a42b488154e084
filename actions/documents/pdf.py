"""Prints a paper as PDF with Typst: in a folder that holds the template, the data, the charts and nothing else.

PDF/A, which archives ask for, and which refuses a character that no font has.
"""

import json
import re
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from duban.actions.documents.fonts import Fonts, fonts
from duban.actions.documents.inert import breakable, printable
from duban.actions.documents.needs import printing, why
from duban.actions.documents.paper import Paper, changed
from duban.engine.model.label import Label

STANDARD: Final = "a-2b"
PRELUDE: Final = "official.typ"
_COMMENT: Final = re.compile(r"//[^\n]*|/\*.*?\*/", re.DOTALL)
_READS: Final = re.compile(r"\b(?:(import|include)\b|(eval|plugin)\s*\()")
_ALLOWED: Final = 'import "official.typ"'


class TypstFault(Exception):
    """A template does not compile; ``reason`` tells why in both languages, ``line`` and ``column`` where, from 1."""

    def __init__(self, reason: Label, line: int = 1, column: int = 1) -> None:
        super().__init__(reason.en)
        self.reason, self.line, self.column = reason, line, column


def printed(paper: Paper, template: Path, charts: Mapping[str, bytes]) -> bytes:
    """The paper as PDF/A-2b.

    Raises:
        TypstFault: the template does not work.
        DocumentError: there is no Chinese font, or the package is missing.
    """
    found = fonts()
    told = changed(paper.told, lambda words: breakable(printable(words, found.glyphs)))
    told["title"] = printable(paper.title, found.glyphs)
    for index, chart in enumerate(told["charts"]):
        chart["file"] = f"chart-{index + 1}.png"
    source = template.read_text(encoding="utf-8")
    for fault in forbidden(source):
        raise fault
    return compiled(source, told, list(charts.values()), found, paper)


def compiled(source: str, told: Mapping[str, Any], charts: list[bytes], found: Fonts, paper: Paper | None) -> bytes:
    """Compile a template over what it is told."""
    with printing():
        import typst
    with tempfile.TemporaryDirectory(prefix="duban-paper-") as folder:
        root = Path(folder)
        (root / "main.typ").write_text(source, encoding="utf-8")
        (root / PRELUDE).write_bytes(Path(__file__).with_name(PRELUDE).read_bytes())
        data = {**told, "fonts": found.families}
        (root / "paper.json").write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8", errors="replace")
        for index, chart in enumerate(charts):
            (root / f"chart-{index + 1}.png").write_bytes(chart)
        # Packages would be fetched from elsewhere. `forbidden` refuses them; these folders hold none either.
        compiler = typst.Compiler(
            root / "main.typ", root=root, font_paths=found.collection, ignore_system_fonts=True,
            package_path=root / "none", package_cache_path=root / "none",
        )  # fmt: skip
        try:
            stamp = int(paper.at.timestamp()) if paper is not None else 0
            content = compiler.compile(format="pdf", pdf_standards=STANDARD, timestamp=stamp)
        except typst.TypstError as fault:
            raise _told(fault) from None
    assert isinstance(content, bytes)
    return content


def forbidden(source: str) -> Iterator[TypstFault]:
    """Every place at which a template would take in another file, or run words as a program.

    What it reads by other ways lies in its own folder, or is refused by Typst.
    """
    plain = _COMMENT.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), source)
    for found in _READS.finditer(plain):
        if not source.startswith(_ALLOWED, found.start()):
            before = source[: found.start()]
            yield TypstFault(
                why("why-import", found[1] or found[2]), before.count("\n") + 1, len(before) - before.rfind("\n")
            )  # fmt: skip


def _told(fault: Any) -> TypstFault:
    """The fault in our own words, with its place in the template."""
    missing = re.search(r"the text `(.+?)` could not be displayed", str(fault.message))
    if missing is not None:
        return TypstFault(why("why-glyph", missing[1]))
    place = re.search(r"─ .*?main\.typ:(\d+):(\d+)", str(fault.diagnostic))
    line, column = (int(place[1]), int(place[2])) if place else (1, 1)
    said = "; ".join([str(fault.message), *fault.hints[:1]])
    return TypstFault(why("why", said), line, column)

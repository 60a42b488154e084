"""What the loader promises of any bytes, for the fuzzer that is guided by coverage and for its regression tests.

The first byte of an input says what the rest is: one of the files of a pack, a condition, a duration, a name. Whatever
it is, nothing but an error of duban comes of it, and what is taken is taken again, the same.
"""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

from duban.actions.registry import Registry
from duban.engine.deadlines.durations import parse_duration, parse_point
from duban.engine.deadlines.spans import parse_span
from duban.engine.definition.addresses import is_mail_address, web_address
from duban.engine.definition.pack import load_pack
from duban.engine.errors import DefinitionError, DubanError
from duban.engine.guards.cel import CelGuards
from duban.engine.guards.patterns import check_pattern, fits
from duban.engine.ports.guards import GuardFault, VariableType
from duban.engine.runtime.archiving.names import Unique, is_harmless
from duban.engine.runtime.exhibits import pictured

ROOT: Final = Path(__file__).parents[2]
PACKS: Final = ROOT / "tests" / "packs"
FILES: Final = (
    "rich/plan.yaml", "rich/organization.yaml", "rich/calendar.yaml", "rich/catalogue.yaml", "rich/cadences.yaml",
    "rich/figures.yaml", "rich/compilations.yaml", "rich/documents.yaml", "rich/channels.yaml", "surveyed/surveys.yaml",
    "sample/issue.yaml", "sample/organization.yaml",
)  # fmt: skip
VARIABLES: Final[dict[str, VariableType]] = {
    "data.title": "text", "data.units": "texts", "data.photo": "any", "data.share": "number", "level": "integer",
    "now": "time", "given.title": "boolean", "actor": "text", "posts": "texts",
}  # fmt: skip
VALUES: Final[dict[str, Any]] = {
    "data.title": "x" * 300, "data.units": [f"u{n}" for n in range(60)], "data.share": 4.5, "level": 2, "actor": "a",
    "data.photo": [{"name": "a.jpg", "size": 1}] * 30, "given.title": True, "posts": ["a", "b"],
}  # fmt: skip


class Loading:
    """Packs in a folder of its own, in which one file at a time is exchanged."""

    def __init__(self, folder: Path) -> None:
        for pack in ("rich", "surveyed", "sample"):
            shutil.copytree(PACKS / pack, folder / pack)
        self._folder = folder
        self._kinds: list[Callable[[bytes], None]] = [
            *(lambda data, name=name: self._load(name, data) for name in FILES), condition, words, name_of_file,
        ]  # fmt: skip

    def __call__(self, data: bytes) -> None:
        """Try one input."""
        if data:
            self._kinds[data[0] % len(self._kinds)](data[1:])

    def _load(self, name: str, data: bytes) -> None:
        file, pack = self._folder / name, self._folder / Path(name).parent
        sound = file.read_bytes()
        file.write_bytes(data)
        try:
            first = load_pack(pack, CelGuards(), Registry())
            again = load_pack(pack, CelGuards(), Registry())
            hashes = [
                {one: taken.workflow.hash for one, taken in loaded.workflows.items()} for loaded in (first, again)
            ]
            assert hashes[0] == hashes[1]
        except DefinitionError as fault:
            assert fault.line >= 1
            assert fault.column >= 1
            assert all(0 < len(problem.message(lang)) < 2_000 for problem in fault.problems for lang in ("en", "zh"))
        finally:
            file.write_bytes(sound)


def condition(data: bytes) -> None:
    """A condition is taken or refused with a column, and when it runs it is a value or a reason."""
    text = data.decode("utf-8", "surrogateescape")
    try:
        CelGuards().compile(text, VARIABLES, boolean=False).value(VALUES)
    except GuardFault as fault:
        assert fault.what.en
        assert fault.what.zh
        assert 1 <= fault.column <= len(text) + 1


def words(data: bytes) -> None:
    """Durations, points, hours, patterns and addresses are read or refused."""
    text = data.decode("utf-8", "replace")
    for read in (parse_duration, parse_point, parse_span):
        try:
            said = read(text)
        except DubanError as fault:
            assert len(fault.message("zh")) < 2_000
        else:
            if read is not parse_span:
                assert read(str(said)) == said
    try:
        check_pattern(text[:500])
        fits(text[:500], text)
    except GuardFault as fault:
        assert fault.what.en
    address = web_address(text)
    assert address is None or (address.host == address.host.strip() and text.isascii())
    assert not (is_mail_address(text) and ("\n" in text or "\r" in text or not text.isascii()))


def name_of_file(data: bytes) -> None:
    """A name of a file, as it is kept and as it is exported, leads nowhere."""
    text = data.decode("utf-8", "surrogateescape")
    kept = pictured({"photo": [(text, b"x")]})["photo"][0]["name"]
    assert kept not in ("", ".", "..")
    assert not set(kept) & set("/\\\0\n\r\x1b")
    assert len(kept) <= 120
    assert is_harmless(Unique().path("photo", kept))


def corpus() -> Iterator[bytes]:
    """What a fuzzer begins with: the files of the packs, and words of each other kind."""
    for kind, name in enumerate(FILES):
        yield bytes([kind]) + (PACKS / name).read_bytes()
    more = (
        ("data.title.matches('[0-9]{11}') || data.units.exists(u, u in posts)", "now - now > duration('1h')",
         "data.units.map(u, u + data.title).join(',').split(',').size() > level"),
        ("3 working days", "1 working day 4 working hours", "due + 1 working day", "75%", "09:00-12:00", "3个工作日",
         "[A-Z]{2}(?:[0-9]+|x)*", "https://hooks.street.example/duban?x=1", "office@street.example"),
        ("after.jpg", "../../etc/passwd", "CON.jpg", "整改后.jpg", "a\u202egpj.exe", " .. "),
    )  # fmt: skip
    for offset, texts in enumerate(more):
        yield from (bytes([len(FILES) + offset]) + text.encode() for text in texts)

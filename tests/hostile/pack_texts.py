"""Hostile texts in the place of a workflow file: what YAML can do, and what bytes can."""

import base64
from typing import Any, Final

from tests.hostile.confined import ROOT

SAMPLE: Final = ROOT / "tests" / "packs" / "sample"
ISSUE: Final = (SAMPLE / "issue.yaml").read_text(encoding="utf-8")
ORGANIZATION: Final = (SAMPLE / "organization.yaml").read_text(encoding="utf-8")
KIB: Final = 1024


def issue(old: str, new: str) -> str:
    """The sound workflow with one thing changed."""
    assert old in ISSUE
    return ISSUE.replace(old, new, 1)


def case(name: str, put: str | bytes, says: str | None = "", file: str = "issue.yaml", **more: Any) -> dict[str, Any]:
    """A sample pack in which ``file`` holds ``put``. ``says`` stands in the refusal; empty where it is harmless."""
    files = {file: put, **more.pop("also", {})}
    return {"name": name, "says": says, "put": {place: coded(text) for place, text in files.items()}, **more}


def coded(text: str | bytes) -> str:
    """As it is handed to a child."""
    data = text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")
    return base64.b64encode(data).decode()


LAUGHS: Final = "lol0: &lol0 [x]\n" + "".join(f"lol{n}: &lol{n} [{f'*lol{n - 1},' * 9}]\n" for n in range(1, 60))
TITLE: Final = "title:    {type: text, max: 200, label: {en: Title, zh: 标题}}"

SYNTAX: Final = [
    case("a billion laughs", LAUGHS + ISSUE, "anchor"),
    case("laughs in a flow", issue("[litter, parking, hanging]", "&a [&b [x], *b, *b]"), "anchor"),
    case("an anchor that holds itself", "a: &a {b: *a}\n", "anchor"),
    case("an alias of nothing", issue("version: 1", "version: *v"), "alias"),
    case("a merge key", issue("fields:", "fields:\n  <<: {title: {type: text}}"), "merge"),
    case("a merge of many", "<<: [{a: 1}, {b: 2}]\n" + ISSUE, "merge"),
    case("an object of Python", issue("version: 1", "version: !!python/object/apply:os.system ['id']"), "tag"),
    case("a name of Python", issue("version: 1", "version: !!python/name:os.system"), "tag"),
    case("a module of Python", "!!python/module:os {}\n", "tag"),
    case("a new object of Python", issue("version: 1", "version: !!python/object/new:os.popen [[id]]"), "tag"),
    case("a tag of its own", issue("version: 1", "version: !duban 1"), "tag"),
    case("a tag written out", issue("version: 1", "version: !<tag:yaml.org,2002:int> 1"), "tag"),
    case("a tag for bytes", issue("version: 1", "version: !!binary Zm9v"), "tag"),
    case("a tag for times", issue("version: 1", "version: !!timestamp 2020-01-01"), "tag"),
    case("a set", issue("version: 1", "version: !!set {a, b}"), "tag"),
    case("an ordered map", issue("version: 1", "version: !!omap [a: 1]"), "tag"),
    case("another YAML", "%YAML 1.1\n---\n" + ISSUE, "%YAML"),
    case("a handle for tags", "%TAG ! tag:example.org,2000:\n---\n" + ISSUE, "%TAG"),
    case("a directive of its own", "%DUBAN on\n---\n" + ISSUE, "%DUBAN"),
    case("two documents", ISSUE + "---\n" + ISSUE, "one document was expected"),
    case("a document that ends early", issue("fields:", "...\nfields:"), "document"),
    case("a key twice", issue("version: 1", "version: 1\nversion: 2"), "second time"),
    case("a key twice in quotes", issue("version: 1", 'version: 1\n"version": 2'), "second time"),
    case("a key twice by an escape", issue("version: 1", 'version: 1\n"\\x76ersion": 2'), "second time"),
    case("a key twice in a flow", issue("{type: unit}", "{type: unit, 'type': text}"), "second time"),
    case("a key twice with a question mark", issue("version: 1", "version: 1\n? version\n: 2"), "second time"),
    case("a key that is a list", issue("version: 1", "[version]: 1"), "key"),
    case("a key that is a mapping", issue("version: 1", "{version: 1}: 1"), "key"),
    case("a key that is nothing", issue("version: 1", ": 1"), "key"),
    case("a key of many letters", issue("version: 1", f"{'v' * 2000}: 1"), "colon"),
    case("a key in quotes of many letters", issue("version: 1", f'"{"v" * 900}": 1'), "not known there"),
    case("brackets a thousand deep", issue("version: 1", "version: " + "[" * 1000 + "]" * 1000), "deep"),
    case("braces a thousand deep", issue("version: 1", "version: " + "{a: " * 1000 + "}" * 1000), "deep"),
    case("lists a thousand deep", issue("version: 1", "version:\n  " + "- " * 1000 + "1"), "deep"),
    case("questions a thousand deep", issue("version: 1", "version:\n  " + "? " * 1000 + "1"), "key"),
    case("an indent each, five hundred deep", "".join(" " * n + f"k{n}:\n" for n in range(500)), "deep"),
    case("only brackets", "[" * 200 * KIB, "mapping"),
    case("only braces", "{" * 200 * KIB, "key"),
    case("only questions", "? " * 100 * KIB, "key"),
    case("only dashes", "- " * 100 * KIB, "mapping"),
    case("only signs", "&*!|>'\"%@`" * 20 * KIB, ""),
    case("only comments", "# a comment\n" * 20 * KIB, "Found nothing"),
    case("a comment of 250 KiB before it all", "#" + "x" * 200 * KIB + "\n" + ISSUE, None),
    case("comments between it all", ISSUE.replace("\n", "\n" + "# a comment\n" * 200), None),
    case("only line ends", "\n" * 250 * KIB, "Found nothing"),
    case("only spaces", " " * 250 * KIB, "Found nothing"),
    case("only tabs", "\t" * 250 * KIB, "tab"),
    case("nothing", "", "Found nothing"),
    case("one line of 250 KiB", f"workflow: {'x' * 250 * KIB}\n", "`version` is missing"),
    case("one line past the limit", f"workflow: {'x' * 257 * KIB}\n", "262144"),
    case("sixteen megabytes", "x" * (16 * KIB * KIB), "262144"),
    case("quotes that are never closed", issue("{en: Issue, zh: 问题}", "'" + "x " * 90 * KIB), "never"),
    case("escapes for ever", issue("{en: Issue, zh: 问题}", '"' + "\\x41" * 40 * KIB + '"'), ""),
    case("an escape past all letters", issue("{en: Issue, zh: 问题}", '"\\UFFFFFFFF"'), "backslash"),
    case("half of a pair by an escape", issue("{en: Issue, zh: 问题}", '"\\ud800"'), "U+D800"),
    case("a NUL by an escape", issue("{en: Issue, zh: 问题}", '"a\\0b"'), "U+0000"),
    case("folded lines without end", issue("{en: Issue, zh: 问题}", ">\n" + "  x\n\n" * 30 * KIB), ""),
    case("literal lines without end", issue("{en: Issue, zh: 问题}", "|+9\n" + "         x\n" * 10 * KIB), ""),
    case("a block with an indent of its own", issue("{en: Issue, zh: 问题}", "|99\n  x"), "line end was expected"),
    case("a thousand commas", issue("[litter, parking, hanging]", "[" + "," * 1000 + "]"), ""),
    case("a thousand colons", issue("[litter, parking, hanging]", ": " * 1000), ""),
    case("twenty-five thousand keys", "".join(f"k{n}: 1\n" for n in range(25_000)), "no `workflow:`"),
    case(
        "thirty-eight thousand unknown keys",
        ISSUE + "".join(f"{n}:\n" for n in range(38_000)),
        "more than 100 problems",
    ),
    case("tabs for indents", issue("  title:", "\ttitle:"), "tab"),
    case("carriage returns between", ISSUE.replace("\n", "\r"), None),
    case(
        "line ends of three kinds",
        issue("\nversion: 1\n", "\r\nversion: 1\r").replace("states:\n", "states:\r\n"),
        None,
    ),
]

BYTES: Final = [
    case("bytes at random", bytes(range(256)) * 8, "0x80"),
    case("a NUL in a name", issue("reference: ISS", "reference: I\0S"), "U+0000"),
    case("a NUL at the end", ISSUE + "\0", "U+0000"),
    case("a bell", issue("Issue", "Iss\x07ue"), "U+0007"),
    case("an escape to the terminal", issue("Issue", "\x1b[2J\x1b]0;owned\x07"), "U+001B"),
    case("a line end that few see", issue("Issue", "Is\u2028sue"), "U+2028"),
    case("a line end of old machines", issue("Issue", "Is\x85sue"), "U+0085"),
    case("a mark of byte order", "\ufeff" + ISSUE, None),
    case("two marks of byte order", "\ufeff\ufeff" + ISSUE, "U+FEFF"),
    case("a mark of byte order inside", issue("reference: ISS", "reference: \ufeffISS"), "U+FEFF"),
    case("UTF-16", ISSUE.encode("utf-16"), "UTF-8"),
    case("UTF-16 the other way round", b"\xfe\xff" + ISSUE.encode("utf-16-be"), "UTF-8"),
    case("UTF-16 without its mark", "workflow: a\n".encode("utf-16-le"), "U+0000"),
    case("UTF-32", ISSUE.encode("utf-32"), "UTF-8"),
    case("Latin letters of one byte", issue("Issue", "Ärger").encode("latin-1", "replace"), "UTF-8"),
    case("Chinese of two bytes", ISSUE.encode("gb18030"), "UTF-8"),
    case("an overlong slash", issue("Issue", "@@").encode().replace(b"@@", b"\xc0\xaf"), "UTF-8"),
    case("an overlong NUL", issue("Issue", "@@").encode().replace(b"@@", b"\xc0\x80"), "UTF-8"),
    case("half of a pair as bytes", issue("Issue", "\ud800"), "UTF-8"),
    case("a letter cut in two", ISSUE.encode()[:-1] + b"\xe9\x97", "UTF-8"),
    case("five bytes for a letter", issue("Issue", "@@").encode().replace(b"@@", b"\xf8\x88\x80\x80\x80"), "UTF-8"),
    case("no letter at all", issue("Issue", "\uffff"), "U+FFFF"),
    case("compressed", base64.b64decode("H4sIAAAAAAAAA0vOyy9KSeUCAF8v0rwGAAAA"), "UTF-8"),
    case("a program", b"\x7fELF\x02\x01\x01" + b"\0" * 900, "U+007F"),
]

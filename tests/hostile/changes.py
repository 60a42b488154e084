"""Changes to sound packs, for packs that mean harm."""

from typing import Any, Final

from tests.hostile.confined import ROOT
from tests.hostile.pack_texts import ORGANIZATION, issue

RICH: Final = ROOT / "tests" / "packs" / "rich"
OFFICE: Final = "organization.yaml"
CALENDAR: Final = "calendar.yaml"
CADENCES: Final = "cadences.yaml"
WHOLE: Final[dict[str, Any]] = {"pack": "rich"}
"""In the pack that uses the whole language."""
PRINTED: Final[dict[str, Any]] = {"pack": "rich", "papers": True}
"""There, with its templates looked at."""
ORDINARY: Final = "within: {by: severity, minor: 1 working day, prominent: 3 working days, serious: 8 working hours}"
TITLE: Final = "title:    {type: text, max: 200,"
CHECK: Final = "check: actor != last.rectify.actor"


def rich(file: str, old: str, new: str) -> str:
    """A file of the pack that uses the whole language, with one thing changed."""
    text = (RICH / file).read_text(encoding="utf-8")
    assert old in text
    return text.replace(old, new, 1)


def titled(words: str) -> str:
    """The sound workflow with this declared of its title."""
    return issue(TITLE, f"title: {{type: text, {words}, ")


def within(words: str) -> str:
    """The sound workflow with this limit."""
    return issue(ORDINARY, f"within: {words}")


def zoned(words: str) -> str:
    """The sound organisation in this time zone."""
    return ORGANIZATION.replace("Asia/Shanghai", words)


def office(group: str, words: str) -> str:
    """The sound organisation with something more in one of its groups."""
    return ORGANIZATION.replace(f"{group}:\n", f"{group}:\n{words}")


def post(name: str, unit: str = "office") -> str:
    """The sound organisation with one more post."""
    return office("posts", f"  {name}: {{unit: {unit}, roles: [office]}}\n")

"""Every page that tells a reader to do something is done here, from an empty folder."""

from pathlib import Path

import pytest
from tests.docs.pages import ROOT, blocks_of, follow

PAGES = sorted(
    page
    for page in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]
    if any(block.file or block.language == "console" for block in blocks_of(page))
)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_the_page_works_as_it_says(page: Path, tmp_path: Path) -> None:
    assert follow(page, tmp_path) > 0


def test_the_tutorial_is_among_the_pages() -> None:
    assert ROOT / "docs/tutorial/first-machine.md" in PAGES


def test_every_link_between_pages_leads_somewhere() -> None:
    import re

    for page in [*(ROOT / "docs").rglob("*.md"), ROOT / "README.md"]:
        for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
            assert (page.parent / link).exists(), f"{page.relative_to(ROOT)} links to {link}, which is not there"

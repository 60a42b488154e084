"""The papers of the last week, in a folder: the bulletin, an order, a reply to a resident, a letter of transfer."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from duban.demo.acts import Acts
from duban.demo.stage import OFFICE, SECRETARY, Stage
from duban.engine.errors import DocumentError
from duban.engine.model.case import Case
from duban.engine.runtime.reads import MAX_PAGE

INTERNAL: Final = "internal"
"""The subfolder of what only those may see who may see the case."""

_OUT: Final = ("issued", "responded", "archived")
_LETTER: Final = ("docx", "pdf")


def papers_page(stage: Stage, acts: Acts, folder: Path) -> list[str]:
    """Print them and say where they lie; the names of the files, below ``folder``.

    Each is printed for a post that may see its case. Where the packages for papers are not installed, that is said.
    """
    stage.title("papers-head")
    printed: list[str] = []
    try:
        for case, by, formats, place in _chosen(stage, acts):
            names = _print(stage, case, by, formats, folder / place)
            printed += [f"{place}/{name}" if place else name for name in names]
            label = stage.workflow(case.workflow).label
            stage.tell("paper", paper=label, ref=case.ref, files=[name.rpartition(".")[2] for name in names])
    except DocumentError as fault:
        stage.tell("papers-missing", why=fault.message(stage.lang))
    if printed:
        stage.tell("papers-lie", folder=str(folder))
    return printed


def _chosen(stage: Stage, acts: Acts) -> list[tuple[Case, str, Sequence[str], str]]:
    """Which cases' papers, for whom, in which formats (none: all that there are), and in which subfolder."""
    found: list[tuple[Case, str, Sequence[str], str]] = []
    bulletins = [case for case in _cases(stage, "bulletin") if case.state in _OUT]
    orders = [case for case in _cases(stage, "supervision_order") if case.state == "accepted"]
    replies = [case for case in _cases(stage, "issue") if case.state == "closed" and case.data.get("answer")]
    found += [(case, OFFICE, (), "") for case in bulletins[:1]]
    found += [(case, OFFICE, _LETTER, "") for case in (*orders[:1], *replies[:1])]
    if acts.referrals.ref:
        found.append((stage.engine.get(acts.referrals.ref, by=SECRETARY), SECRETARY, _LETTER, INTERNAL))
    return found


def _print(stage: Stage, case: Case, by: str, formats: Sequence[str], folder: Path) -> list[str]:
    files = stage.engine.document(case.ref, by=by, formats=formats, lang=stage.lang)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700 if folder.name == INTERNAL else 0o755)
    for name, content in files:
        (folder / name).write_bytes(content)
    return [name for name, _content in files]


def _cases(stage: Stage, workflow: str) -> list[Case]:
    """The latest first."""
    return list(stage.engine.find(workflow, by=OFFICE, limit=MAX_PAGE))

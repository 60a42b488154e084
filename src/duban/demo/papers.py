"""The papers of the last week, printed from the played cases into a folder beside the store."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from duban.demo.stage import OFFICE, SECRETARY, Stage
from duban.engine.errors import DocumentError
from duban.engine.model.case import Case

INTERNAL: Final = "internal"
"""The subfolder of what only those may see who may see the case."""

_ISSUED: Final = ("issued", "responded", "archived")
_MANY: Final = 1_000


def papers_page(stage: Stage, folder: Path) -> list[str]:
    """Print the last bulletin, an order, the letter of transfer and a reply, and say where they lie; their files."""
    stage.title("papers-head")
    printed: list[str] = []
    try:
        with stage.step("papers") as found:
            for case, by in _cases(stage):
                place = folder / INTERNAL if case.audience else folder
                place.mkdir(parents=True, exist_ok=True, mode=0o700 if case.audience else 0o755)
                for lang in dict.fromkeys(("zh", stage.lang)):
                    for name, content in stage.engine.document(case.ref, by=by, lang=lang):
                        (place / name).write_bytes(content)
                        if case.audience:
                            (place / name).chmod(0o600)
                        printed.append(str(place / name))
            found.update(count=len(printed), folder=str(folder))
    except DocumentError as fault:
        # No fonts, or the extra is not installed: the rest of the page is right all the same.
        stage.tell("papers-none", why=fault.message(stage.lang))
    return printed


def _cases(stage: Stage) -> Iterator[tuple[Case, str]]:
    """The newest case of each kind that has its paper, and who may print it."""
    engine = stage.engine
    bulletins = engine.find("bulletin", by=OFFICE, limit=_MANY)
    referrals = engine.find("referral", by=SECRETARY, limit=_MANY)
    issues = engine.find("issue", by=OFFICE, open=False, limit=_MANY)
    kinds = (
        ((case for case in bulletins if case.state in _ISSUED and case.data.get("snapshot")), OFFICE),
        (engine.find("supervision_order", by=OFFICE, limit=1), OFFICE),
        ((case for case in referrals if case.data.get("material")), SECRETARY),
        ((case for case in issues if case.data.get("answer")), OFFICE),
    )
    for cases, by in kinds:
        case = next(iter(cases), None)
        if case is not None:
            yield case, by

"""A bulletin and letters as material, without a store."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from tests.actions.documents.samples import civility, content, snapshot

from duban.engine.model.case import Case
from duban.engine.model.document import Happening, Material
from duban.engine.model.pack import Pack

AT = datetime.fromisoformat("2020-12-14T01:00:00+00:00")


@pytest.fixture(scope="session")
def pack() -> Pack:
    return civility()


@pytest.fixture(scope="session")
def material(pack: Pack) -> Callable[..., Material]:
    """Makes the material of a paper: ``material("order", data={…}, happened={…})``."""

    def made(name: str, told: dict[str, Any] | None = None, **changed: Any) -> Material:
        document = pack.documents[name]
        workflow = pack.workflows[document.workflow].workflow
        number = changed.pop("number", 3)
        case = Case(
            id=0, ref=f"{workflow.reference}-{number:06d}", workflow=workflow.name, definition=workflow.hash, version=3,
            state=changed.pop("state", next(iter(workflow.states))), data=changed.pop("data", {}),
            unit=changed.pop("unit", None), level=0, opened_by="scheduler", opened_at=AT, updated_at=AT,
            parent=changed.pop("parent", None), follow=changed.pop("follow", None),
        )  # fmt: skip
        happened = {event: Happening(AT, post, post) for event, post in changed.pop("happened", {}).items()}
        words = content(told or snapshot()) if document.source is not None else None
        return Material(
            document, pack.folder, case, workflow, pack.organization, happened, changed.pop("dues", {}), words
        )

    return made

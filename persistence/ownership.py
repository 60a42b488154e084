"""To which office a store belongs: noted in it, so that no other name for it leads another office in."""

from typing import Final

from sqlalchemy import Connection, select

from duban.engine.errors import StoreNotReady
from duban.engine.model.saying import Saying
from duban.persistence.faults import Faults
from duban.persistence.statements import inserting
from duban.persistence.tables import settings

OFFICE: Final = "office"
"""The setting that holds the name."""

_NOTED: Final = select(settings.c.value).where(settings.c.name == OFFICE)


def note_owner(connection: Connection, owner: str, faults: Faults, *, instead: bool = False) -> None:
    """Write the owner down where there is none yet; with ``instead`` also where there is one.

    Raises:
        StoreError: it belongs to another office.
    """
    note = inserting(connection.dialect.name, settings).values(name=OFFICE, value=owner)
    with faults.translated():
        # Who comes second waits for the first, and then finds what that one wrote.
        if instead:
            connection.execute(note.on_conflict_do_update(index_elements=["name"], set_={"value": owner}))
        else:
            connection.execute(note.on_conflict_do_nothing())
    require_owner(connection, owner, faults)


def require_owner(connection: Connection, owner: str, faults: Faults) -> None:
    """Go on only where the store belongs to this office.

    Raises:
        StoreNotReady: it belongs to none yet.
        StoreError: it belongs to another.
    """
    with faults.translated():
        found = connection.execute(_NOTED).scalar()
    if found is None:
        needed = Saying("store.of-office", office=owner)
        raise StoreNotReady(url=faults.url, found=Saying("store.no-office"), expected=needed)
    if found != owner:
        raise faults.unusable(Saying("store.other-office", found=found, expected=owner))

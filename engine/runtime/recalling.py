"""Brings back by itself what a sweep has to fire on: a case whose history was moved to an archive."""

from duban.engine.errors import CaseArchived, StoreError
from duban.engine.log import log
from duban.engine.model.scope import Scope
from duban.engine.ports.store import Store
from duban.engine.runtime.chain import is_sound
from duban.engine.runtime.kept import Undone


def recalled(store: Store, undone: Undone) -> bool:
    """Whether the work failed for a case that lay in an archive and is back now, so that it can be done again.

    False as well where the archive is not at hand or does not hold the case, or where this role of the database moves
    nothing: then the work waits for it, or for a sweep by the role that does.
    """
    fault = undone.__cause__
    if not isinstance(fault, CaseArchived) or store.archives.not_granted() is not None:
        return False
    with store.read() as reader:
        case = reader.case(str(fault.data["ref"]), Scope.unbounded())
    if case is None or case.archive is None:
        return case is not None  # somebody else brought it back
    try:
        came_to = store.archives.bring_back([case], is_sound)
    except StoreError as away:
        if away.archive is None:
            raise
        return False
    if not case.audience:
        for name, unclean in came_to.unclean:
            log.warning("archive.unclean", archive=name, code=unclean.code)
    return bool(came_to.moved)

"""What the store says lies in an archive, and whether a file holds it."""

from typing import Any, Final

from sqlalchemy import Connection, Select, func, select, union_all

from duban.engine.model.frozen import frozen
from duban.persistence.tables import cases, moving, settings

IDENTITY: Final = "archives"
"""The setting that tells a store's archives from those of others, also where they lie in one folder."""

OWNER: Final = select(settings.c.value).where(settings.c.name == IDENTITY)
"""Asked of a store: what its archives are told by. Asked of an archive: whose it is."""


@frozen
class Holding:
    """How many cases lie in an archive by what the store says, and the first and the last of them by number."""

    count: int
    first: int | None
    last: int | None

    def is_in(self, target: Connection) -> bool:
        """Whether the cases of an archive can be these: it may hold more, which are on their way."""
        if self.first is None or self.last is None:
            return True
        found = Holding(*target.execute(_SPAN.where(cases.c.id.between(self.first, self.last))).one())
        return (found.first, found.last) == (self.first, self.last) and found.count >= self.count


@frozen
class Ends:
    """The first and the last case of an archive by when they ended: found at once, however many lie there."""

    case_ids: frozenset[int]

    def is_in(self, target: Connection) -> bool:
        """Whether an archive holds these cases."""
        found = target.execute(select(func.count()).select_from(cases).where(cases.c.id.in_(self.case_ids))).scalar()
        return found == len(self.case_ids)


_SPAN: Select[*tuple[Any, ...]] = select(func.count(), func.min(cases.c.id), func.max(cases.c.id))


def lying(name: str) -> Select[*tuple[Any, ...]]:
    """The values of a :class:`Holding`, asked of the store."""
    return _SPAN.where(cases.c.archive == name)


def ends(name: str) -> tuple[Select[int], Select[int]]:
    """What tells the first and the last case of an archive, asked of the store."""
    found = select(cases.c.id).where(cases.c.archive == name).limit(1)
    return found.order_by(cases.c.closed_at), found.order_by(cases.c.closed_at.desc())


def holding(store: Connection, name: str) -> Holding:
    """What lies in an archive by what the store says."""
    return Holding(*store.execute(lying(name)).one())


def is_known(store: Connection, name: str) -> bool:
    """Whether cases lie in an archive by what the store says, or are on their way to or from it."""
    lying = select(cases.c.id).where(cases.c.archive == name).limit(1).subquery()
    noted = select(moving.c.case_id).where(moving.c.archive == name).limit(1).subquery()
    return bool(store.execute(union_all(select(lying), select(noted))).first())

"""Erasing values from a case's history, so that the chain still holds. Pure.

Data enter the chain as a salted digest. Where values are erased, the rest of the row gets a new salt and a new digest,
and the row that erases them says which rows and fields it were and what the new digests are. That row is in the chain
as any other: who takes values out without such a row, or puts others in, is found out.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from duban.engine.model.case import HistoryRow
from duban.engine.model.frozen import frozen
from duban.engine.runtime.chain import digest_data, new_salt


@frozen
class Erasure:
    """What is left of row ``seq`` when ``fields`` are gone from it."""

    seq: int
    fields: tuple[str, ...]
    data: Mapping[str, Any]
    salt: str

    @property
    def told(self) -> dict[str, Any]:
        """What the erasing row says of it."""
        return {"seq": self.seq, "fields": list(self.fields), "digest": digest_data(self.salt, self.data)}


def erasures(rows: Iterable[HistoryRow], fields: Sequence[str]) -> tuple[Erasure, ...]:
    """The rows that hold a value of one of these fields, and what is left of them."""
    found = []
    for row in rows:
        gone = tuple(name for name in fields if row.data.get(name) is not None)
        if gone:
            left = {name: value for name, value in row.data.items() if name not in gone}
            found.append(Erasure(row.seq, gone, left, new_salt()))
    return tuple(found)

"""Two engines on stores of their own: one fires case by case, the other on many at once; both are to be the same."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import select

import duban
from duban.persistence.tables import metadata

SALTED: Final = frozenset({"salt", "data_digest", "hash", "head", "request"})
"""What chance decides, or what follows from that."""


def kept(engine: duban.Engine) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table, refusals in their order among them, without what chance decides."""
    with engine.store.read() as reader:
        connection = reader._connection  # type: ignore[attr-defined]
        found = {
            name: [
                {column: value for column, value in row._mapping.items() if column not in SALTED}
                for row in connection.execute(select(table).order_by(*table.primary_key.columns))
            ]
            for name, table in metadata.tables.items()
        }
    found["duban_settings"] = [row for row in found["duban_settings"] if row["name"] != "pack"]
    return found


def one_by_one(
    engine: duban.Engine, refs: Sequence[str], event: str, *, by: str, data: Mapping[str, Any], key: str | None = None,
    expect: Mapping[str, int] | None = None,
) -> dict[str, int]:  # fmt: skip
    """Fire on each; how often it came to what."""
    came: dict[str, int] = {}
    for ref in refs:
        own = None if key is None else f"{key}:{ref}"
        try:
            done = engine.fire(ref, event, by=by, data=data, key=own, expect_version=(expect or {}).get(ref))
        except duban.DubanError as fault:
            what = fault.code
        else:
            what = "duplicate" if done.duplicate else "done"
        came[what] = came.get(what, 0) + 1
    return came


def at_once(
    engine: duban.Engine, refs: Sequence[str], event: str, *, by: str, data: Mapping[str, Any], key: str | None = None,
    expect: Mapping[str, int] | None = None,
) -> dict[str, int]:  # fmt: skip
    """Fire on all; the same told, each case counted as it was heard of."""
    came: dict[str, int] = {}

    def heard(one: duban.Fired) -> None:
        assert one.ref == refs[sum(came.values())]
        what = one.fault.code if one.fault is not None else "done"
        if one.outcome is not None and one.outcome.duplicate:
            what = "duplicate"
        came[what] = came.get(what, 0) + 1

    report = engine.fire_many(refs, event, by=by, data=data, key=key, expect_versions=expect, heard=heard)
    assert (report.done, report.duplicates) == (came.get("done", 0), came.get("duplicate", 0))
    assert report.done + report.duplicates + report.refused == len(refs) == sum(came.values())
    for reason in report.reasons:
        assert reason.refs
    by_code: dict[str, int] = {}
    for reason in report.reasons:
        by_code[reason.code] = by_code.get(reason.code, 0) + reason.count
    assert by_code == {code: count for code, count in came.items() if code not in ("done", "duplicate")}
    return came

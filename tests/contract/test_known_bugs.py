"""Which versions of SQLite are known to damage files."""

import pytest

from duban.persistence.known_bugs import known_bugs


@pytest.mark.parametrize(
    ("version", "bugs"),
    [
        ((3, 6, 23), ()), ((3, 7, 0), ("wal-reset",)), ((3, 40, 1), ("wal-reset",)), ((3, 44, 5), ("wal-reset",)),
        ((3, 44, 6), ()), ((3, 45, 0), ("wal-reset",)), ((3, 50, 6), ("wal-reset",)), ((3, 50, 7), ()),
        ((3, 51, 2), ("wal-reset",)), ((3, 51, 3), ()), ((3, 53, 0), ()), ((3, 36, 0), ("wal-reset", "savepoint")),
        ((3, 37, 2), ("wal-reset",)),
    ],
)  # fmt: skip
def test_a_version_is_told_with_the_bugs_that_it_has(version: tuple[int, ...], bugs: tuple[str, ...]) -> None:
    assert known_bugs(version) == bugs

"""The offices of a deployment, as offices.yaml declares them: checked, complete, without any secret."""

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from duban.engine.model.channel import Setting
from duban.engine.model.frozen import frozen
from duban.engine.model.label import Label


@frozen
class StorePlace:
    """Where a database URL leads, as far as two of them can be told apart without opening either.

    ``database`` names a file, or a database with its server; ``schema`` the part of that database. ``beside`` is the
    folder in which the evidence of an SQLite file lies by default; None where nothing says where.
    """

    kind: Literal["sqlite", "postgresql"]
    database: str
    schema: str | None
    has_secret: bool
    is_kept: bool
    beside: Path | None


@frozen
class Office:
    """A tenant of a deployment: a store, an evidence folder and a pack that it shares with nobody.

    ``store`` is a URL or the variable that holds one, ``password`` the variable that holds what the URL does not.
    ``evidence`` is None where the files lie beside an SQLite store whose place only the environment knows. ``folder``
    is that of the declaration: what is relative begins there. ``renamed`` maps the variables of the pack's channels to
    those of this office.
    """

    name: str
    label: Label
    pack: str
    store: Setting
    password: Setting | None
    evidence: Path | None
    folder: Path
    renamed: Mapping[str, str]

    @property
    def variables(self) -> tuple[str, ...]:
        """The environment variables that its store needs."""
        return tuple(one.env for one in (self.store, self.password) if one is not None and one.env is not None)

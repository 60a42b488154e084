"""What is known of a store by its URL alone."""

from pathlib import Path
from typing import Protocol

from duban.engine.model.office import StorePlace


class Addresses(Protocol):
    """Reads database URLs; opens nothing."""

    def place(self, url: str, folder: Path) -> StorePlace:
        """Where the URL leads; a file with a relative path lies in ``folder``.

        Raises:
            StoreError: it is not understood.
        """
        ...

    def archives(self, evidence: Path) -> Path:
        """The folder of the archives of a store whose evidence lies in ``evidence``."""
        ...

"""What goes wrong in a folder of files, told as duban's own errors, with what to do about it."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from duban.engine.errors import StoreError, StoreUnwritable
from duban.engine.model.saying import Saying

_FULL: Final = Saying("store.disk-full")
_READ_ONLY: Final = Saying("store.read-only")
_NO_ACCESS: Final = Saying("store.no-access")
_FAILED: Final = Saying("store.disk-failed")

_WHY: Final = {
    errno.ENOSPC: _FULL,
    errno.EDQUOT: _FULL,
    errno.EFBIG: _FULL,  # a limit on the size of files is a quota as well
    errno.EROFS: _READ_ONLY,
    errno.EACCES: _NO_ACCESS,
    errno.EPERM: _NO_ACCESS,
    errno.EIO: _FAILED,
}


@contextmanager
def told_of(folder: Path) -> Iterator[None]:
    """Run a block of work in ``folder``; what the system refuses comes out as duban's error.

    Raises:
        StoreUnwritable: the disk is full or failed, the folder is read-only, or there is no access.
        StoreError: another reason, as the system says it.
    """
    try:
        yield
    except OSError as fault:
        why = _WHY.get(fault.errno or 0)
        if why is not None:
            raise StoreUnwritable(url=str(folder), why=why) from fault
        raise StoreError(url=str(folder), why=fault.strerror or str(fault)) from fault

"""What goes wrong in a folder of files, told as duban's own errors, with what to do about it."""

import errno
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from duban.engine.errors import StoreError, StoreUnwritable
from duban.engine.model.saying import Saying, why_of

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


_LEAST: Final = 64 * 1024
"""Bytes that are no room any more: SQLite asks for 32 KiB at once where it begins to write."""


def is_full(folder: Path) -> bool:
    """Whether the disk below ``folder`` has no room for this process, or for no more files; False where it is not told.

    A quota of a user is not seen by it.
    """
    try:
        if sys.platform == "win32":
            return shutil.disk_usage(folder).free < _LEAST
        room = os.statvfs(folder)
    except OSError:
        return False
    # What is kept for root is room for root; a file system without blocks or files of its own counts neither.
    blocks, files = (room.f_bfree, room.f_ffree) if os.geteuid() == 0 else (room.f_bavail, room.f_favail)
    return (room.f_blocks > 0 and blocks * room.f_frsize < _LEAST) or (room.f_files > 0 and files == 0)


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
        raise StoreError(url=str(folder), why=why_of(fault)) from fault

"""References of cases as they are typed: in small letters or in the wide ones of a Chinese keyboard as well.

Nothing is looked up for it: how a reference is written is known without any case, so nobody learns of one by this.
"""

import re
import unicodedata
from typing import Final

_REFERENCE: Final = re.compile(r"[A-Z][A-Z0-9]{1,9}-[0-9]{6,}")


def as_written(typed: str) -> str:
    """The reference as duban writes it (``iss-000042`` is ISS-000042); what is none stays as it was typed."""
    told = unicodedata.normalize("NFKC", typed).strip()
    written = told.upper() if told.isascii() else typed
    return written if _REFERENCE.fullmatch(written) else typed

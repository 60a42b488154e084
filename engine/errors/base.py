"""What all of duban's errors are."""

from typing import Any, ClassVar

from duban.engine.messages import text


class DubanError(Exception):
    """What all of duban's errors are; ``code`` names the kind for programs."""

    code: ClassVar[str] = "error"

    def __init__(self, **data: Any) -> None:
        super().__init__(data)
        self.data = data

    def message(self, lang: str = "en") -> str:
        """Tell the error in ``lang`` (``en`` or ``zh``)."""
        return text(f"error.{self.code}", lang, **self.data)

    def __str__(self) -> str:
        return self.message()

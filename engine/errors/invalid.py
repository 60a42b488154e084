"""What was given, written or declared is not right."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from duban.engine.errors.base import DubanError
from duban.engine.messages import text

if TYPE_CHECKING:
    from duban.engine.model.problem import Problem


class InvalidData(DubanError):
    """What was given does not fit the declared fields; ``fields`` maps each field to what is wrong with it."""

    code = "invalid-data"

    def __init__(self, *, problems: Mapping[str, tuple[str, Mapping[str, Any]]], **data: Any) -> None:
        super().__init__(**data)
        self.problems = dict(problems)

    @property
    def fields(self) -> dict[str, str]:
        """What is wrong with each field, in English; ``fields_in`` tells it in another language."""
        return self.fields_in("en")

    def fields_in(self, lang: str) -> dict[str, str]:
        """What is wrong with each field, in ``lang``."""
        return {name: text(f"field.{key}", lang, **data) for name, (key, data) in self.problems.items()}

    def message(self, lang: str = "en") -> str:
        colon, semicolon = text("say.colon", lang), text("say.semicolon", lang)
        details = semicolon.join(f"{name}{colon}{what}" for name, what in self.fields_in(lang).items())
        return text(f"error.{self.code}", lang, details=details, **self.data)


class InvalidEvidence(InvalidData):
    """A file cannot be taken as evidence."""

    code = "invalid-evidence"


class InvalidSheet(InvalidData):
    """An answer sheet does not fit the questionnaire; ``fields`` tells it by question."""

    code = "invalid-sheet"


class BrokenFile(InvalidData):
    """A file that duban wrote once is not as duban writes it; ``key`` names the sentence under its kind."""

    kind: ClassVar[str]

    def __init__(self, key: str, **data: Any) -> None:
        super().__init__(problems={}, **data)
        self.key = key

    def message(self, lang: str = "en") -> str:
        return text(f"error.{self.code}", lang, why=text(f"{self.kind}.{self.key}", lang, **self.data), **self.data)


class BrokenCheckpoint(BrokenFile):
    """A file is no checkpoint that can be trusted."""

    code, kind = "broken-checkpoint", "checkpoint"


class BrokenBackup(BrokenFile):
    """A file is no backup, or not a whole one."""

    code, kind = "broken-backup", "backup"


class DefinitionError(DubanError):
    """Declared files do not make a machine; ``problems`` holds all that was found, the first one names the place."""

    code = "definition-error"

    def __init__(self, problems: Sequence["Problem"]) -> None:
        super().__init__(count=len(problems))
        self.problems = tuple(problems)

    @property
    def path(self) -> str:
        """The file of the first problem."""
        return self.problems[0].path

    @property
    def line(self) -> int:
        """The line of the first problem, from 1."""
        return self.problems[0].line

    @property
    def column(self) -> int:
        """The column of the first problem, from 1."""
        return self.problems[0].column

    def message(self, lang: str = "en") -> str:
        return "\n".join(problem.message(lang) for problem in self.problems)


class InvalidDuration(DubanError):
    """A text is not a working duration, or not a point of a ladder."""

    code = "invalid-duration"

"""Names of roles in errors: for programs the names, for a person who reads Chinese what the roles are called."""

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from duban.cli.kit.desk import Desk
    from duban.engine.errors import DubanError
    from duban.engine.model.label import Label

_OF_ROLES: Final = ("roles", "carried")


class Called(str):
    """A name that is told in Chinese by its label. To everything else it is the name."""

    __slots__ = ("_label",)
    _label: "Label"

    def __new__(cls, name: str, label: "Label") -> "Called":
        """The name with its label."""
        made = super().__new__(cls, name)
        made._label = label
        return made

    def text(self, lang: str = "en") -> str:
        """In English the name, which reads as it is typed."""
        return self._label.text(lang) if lang == "zh" else str(self)


def call_roles(desk: "Desk", fault: "DubanError") -> None:
    """Let the error tell its roles by what the organisation calls them; nothing to do without an engine."""
    engine = desk.__dict__.get("engine")
    if engine is None or desk.lang == "en":
        return
    roles = engine.pack.organization.roles

    def called(names: Any) -> Any:
        if not isinstance(names, list | tuple):
            return names
        return [Called(name, roles[name].label) if name in roles else name for name in names]

    fault.data |= {key: called(fault.data[key]) for key in _OF_ROLES if key in fault.data}

"""The tree of a compiled expression, as CEL's checker left it: macros written out, names and functions resolved."""

from collections.abc import Iterator

from duban.engine.guards.wire import Message
from duban.engine.model.frozen import frozen


@frozen
class Constant:
    """A literal; ``text`` where it is one of text, ``number`` where it is a whole one that is not negative."""

    at: int
    weight: int
    text: str | None = None
    number: int | None = None


@frozen
class Name:
    """A variable, dotted as declared, or one of a loop."""

    at: int
    name: str


@frozen
class Part:
    """A part of a value: ``of.name``."""

    at: int
    of: "Tree"


@frozen
class Call:
    """A function or an operator; of a method, the target is the first argument."""

    at: int
    function: str
    overloads: frozenset[str]
    arguments: tuple["Tree", ...]


@frozen
class Made:
    """A list, a map or a message that is written out, with all that stands in it."""

    at: int
    members: tuple["Tree", ...]


@frozen
class Loop:
    """What the macros ``all``, ``exists``, ``map`` and the like stand for."""

    at: int
    variables: tuple[str, ...]
    over: "Tree"
    result: str
    begins: "Tree"
    condition: "Tree"
    step: "Tree"
    ends: "Tree"


Tree = Constant | Name | Part | Call | Made | Loop
"""``at`` is the place in the expression, in characters from 0."""


def tree_of(serialized: bytes) -> Tree:
    """The tree of an expression that was compiled and serialized.

    Raises:
        ValueError: it is not the checked expression of CEL.
    """
    checked = Message(serialized).message(2)
    references = {entry.number(1): entry.message(2) for entry in checked.messages(2)}
    places = {entry.number(1): entry.number(2) for entry in checked.message(5).messages(4)}
    return _Reading(references, places).tree(checked.message(4))


def calls_in(tree: Tree) -> Iterator[Call]:
    """Every call of an expression."""
    match tree:
        case Constant() | Name():
            below: tuple[Tree, ...] = ()
        case Part():
            below = (tree.of,)
        case Made():
            below = tree.members
        case Call():
            yield tree
            below = tree.arguments
        case Loop():
            below = (tree.over, tree.begins, tree.condition, tree.step, tree.ends)
    for one in below:
        yield from calls_in(one)


class _Reading:
    def __init__(self, references: dict[int, Message], places: dict[int, int]) -> None:
        self._references = references
        self._places = places

    def tree(self, expr: Message) -> Tree:
        """One node with all below it. The compiler bounds how deep that is."""
        number = expr.number(2)
        at, reference = self._places.get(number, 0), self._references.get(number)
        if reference is not None and reference.has(1) and (expr.has(4) or expr.has(5)):
            return Name(at, reference.text(1))
        if expr.has(3):
            return _constant(at, expr.message(3))
        if expr.has(4):
            return Name(at, expr.message(4).text(1))
        if expr.has(5):
            return Part(at, self.tree(expr.message(5).message(1)))
        if expr.has(6):
            call = expr.message(6)
            target = [call.message(1)] if call.has(1) else []
            overloads = frozenset(reference.texts(3)) if reference is not None else frozenset[str]()
            arguments = tuple(self.tree(argument) for argument in (*target, *call.messages(3)))
            return Call(at, call.text(2), overloads, arguments)
        if expr.has(7):
            return Made(at, tuple(self.tree(element) for element in expr.message(7).messages(1)))
        if expr.has(8):
            entries = expr.message(8).messages(2)
            keys = [entry.message(3) for entry in entries if entry.has(3)]
            return Made(at, tuple(self.tree(one) for one in (*keys, *(entry.message(4) for entry in entries))))
        if expr.has(9):
            return self._loop(at, expr.message(9))
        raise ValueError("an expression of no known kind")

    def _loop(self, at: int, loop: Message) -> Loop:
        return Loop(
            at=at,
            variables=tuple(name for name in (loop.text(1), loop.text(8)) if name),
            over=self.tree(loop.message(2)),
            result=loop.text(3),
            begins=self.tree(loop.message(4)),
            condition=self.tree(loop.message(5)),
            step=self.tree(loop.message(6)),
            ends=self.tree(loop.message(7)),
        )


def _constant(at: int, constant: Message) -> Constant:
    if constant.has(6):
        return Constant(at, len(constant.text(6)), text=constant.text(6))
    if constant.has(7):
        return Constant(at, len(constant.bytes(7)))
    number = constant.number(3) if constant.has(3) else None
    return Constant(at, 8, number=number if number is not None and number < 1 << 63 else None)

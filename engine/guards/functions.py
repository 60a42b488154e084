"""What each function of CEL makes of values of given sizes, and what that costs at most.

A function that is not named here makes no more than it is given, and looks at all of it once.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from duban.engine.guards.patterns import program
from duban.engine.guards.sizes import HANDLE, SCALAR, Size
from duban.engine.guards.tree import Call, Constant, Tree
from duban.engine.model.frozen import frozen

_COMPARISON: Final = 10
_AT_ONCE: Final = 64
"""Characters that are compared or searched in the time of one step."""
_PRECISION: Final = 1_000
"""The most digits that ``%f`` may ask for."""
_GROWING: Final = frozenset({"add_string", "add_bytes", "add_list"})


@frozen
class Cost:
    """What one call makes, in characters, and what it looks at."""

    written: int = 0
    steps: int = 0


Told = tuple[Size, Cost]
Function = Callable[[Call, Sequence[Size]], Told]


def plain(_call: Call, arguments: Sequence[Size]) -> Told:
    """Makes no more than it is given."""
    total = Size(0)
    for argument in arguments:
        total = total.plus(argument)
    return total, Cost(total.weight, total.weight)


def _scalar(_call: Call, arguments: Sequence[Size]) -> Told:
    return SCALAR, Cost(steps=sum(one.weight // 8 for one in arguments if not one.items) + 1)


def _compare(_call: Call, arguments: Sequence[Size]) -> Told:
    left, right = arguments
    pairs = max(min(left.items, right.items), 1)
    return SCALAR, Cost(steps=_COMPARISON * pairs + min(left.weight, right.weight) // _AT_ONCE)


def _in(_call: Call, arguments: Sequence[Size]) -> Told:
    wanted, held = arguments
    return SCALAR, Cost(steps=held.items * (_COMPARISON + min(wanted.weight, held.one.weight) // _AT_ONCE))


def _add(call: Call, arguments: Sequence[Size]) -> Told:
    if call.overloads and not call.overloads & _GROWING:
        return SCALAR, Cost(steps=1)
    both = arguments[0].plus(arguments[1])
    listed = call.overloads == {"add_list"}
    return both, Cost(written=HANDLE * both.items if listed else both.weight + HANDLE * both.items, steps=both.items)


def _either(_call: Call, arguments: Sequence[Size]) -> Told:
    return arguments[1].either(arguments[2]), Cost(steps=1)


def _itself(_call: Call, arguments: Sequence[Size]) -> Told:
    return arguments[0], Cost()


def _index(_call: Call, arguments: Sequence[Size]) -> Told:
    return arguments[0].one, Cost(steps=1)


def _same(_call: Call, arguments: Sequence[Size]) -> Told:
    return arguments[0], Cost(arguments[0].weight, arguments[0].weight)


def _string(_call: Call, arguments: Sequence[Size]) -> Told:
    size = Size(max(arguments[0].weight, HANDLE))
    return size, Cost(size.weight, size.weight)


def _search(_call: Call, arguments: Sequence[Size]) -> Told:
    text, wanted = arguments[0].weight, arguments[1].weight
    return SCALAR, Cost(steps=text + text * wanted // _AT_ONCE)


def _matches(call: Call, arguments: Sequence[Size]) -> Told:
    pattern = call.arguments[1]
    weight = (
        program(pattern.text) if isinstance(pattern, Constant) and pattern.text is not None else arguments[1].weight
    )
    return SCALAR, Cost(steps=max(arguments[0].weight, 1) * weight)


def _replace(call: Call, arguments: Sequence[Size]) -> Told:
    text, wanted, put = (one.weight for one in arguments[:3])
    places = _at_most(call, 3, text // max(_shortest(call.arguments[1]), 1) + 1)
    size = Size(text + places * put)
    return size, Cost(size.weight, text + text * wanted // _AT_ONCE + size.weight)


def _split(call: Call, arguments: Sequence[Size]) -> Told:
    text, sign = arguments[0].weight, arguments[1].weight
    pieces = _at_most(call, 2, text // max(_shortest(call.arguments[1]), 1) + 1)
    size = Size(text, pieces, Size(text))
    return size, Cost(text + HANDLE * pieces, text + text * sign // _AT_ONCE)


def _join(_call: Call, arguments: Sequence[Size]) -> Told:
    between = arguments[1].weight if len(arguments) > 1 else 0
    size = Size(arguments[0].weight + arguments[0].items * between)
    return size, Cost(size.weight, size.weight)


def _format(_call: Call, arguments: Sequence[Size]) -> Told:
    size = Size(arguments[0].weight * _PRECISION // 5 + arguments[1].weight)
    return size, Cost(size.weight, size.weight)


def _quote(_call: Call, arguments: Sequence[Size]) -> Told:
    size = Size(2 * arguments[-1].weight + 2)
    return size, Cost(size.weight, size.weight)


def _at_most(call: Call, position: int, count: int) -> int:
    """A limit that is written out bounds how often."""
    limit = call.arguments[position] if len(call.arguments) > position else None
    return min(count, limit.number) if isinstance(limit, Constant) and limit.number is not None else count


def _shortest(wanted: Tree) -> int:
    """How long what is searched for is at least."""
    return len(wanted.text) if isinstance(wanted, Constant) and wanted.text is not None else 0


_SCALARS: Final = (
    "_&&_ _||_ !_ -_ _-_ _*_ _/_ _%_ @not_strictly_false size int uint double bool timestamp duration type startsWith "
    "endsWith getDate getDayOfMonth getDayOfWeek getDayOfYear getFullYear getHours getMilliseconds getMinutes getMonth "
    "getSeconds"
).split()

FUNCTIONS: Final[Mapping[str, Function]] = {
    **dict.fromkeys(_SCALARS, _scalar),
    **dict.fromkeys(("_==_", "_!=_", "_<_", "_<=_", "_>_", "_>=_"), _compare),
    **dict.fromkeys(("contains", "indexOf", "lastIndexOf"), _search),
    **dict.fromkeys(("substring", "lowerAscii", "upperAscii", "trim", "charAt", "reverse", "bytes"), _same),
    "dyn": _itself,
    "@in": _in,
    "_+_": _add,
    "_?_:_": _either,
    "_[_]": _index,
    "string": _string,
    "matches": _matches,
    "replace": _replace,
    "split": _split,
    "join": _join,
    "format": _format,
    "strings.quote": _quote,
}
"""By the name that the checker gives."""

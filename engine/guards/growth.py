"""What an expression may cost at most, worked out on its tree before it is ever run.

The library bounds how often loops go round (10,000 times), not how much is made or looked at each time: text that
doubles, a list that is copied as it grows, a large pattern over a long text. Here every value has an upper bound, from
what fields take; every function says what it makes of it and what that costs. What may cost too much is refused when
the workflow is loaded, with the place of what costs most. So nothing has to be stopped as it runs.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from duban.engine.guards.functions import FUNCTIONS, Cost, plain
from duban.engine.guards.sizes import HANDLE, NOTHING, SCALAR, Size
from duban.engine.guards.tree import Call, Constant, Loop, Made, Name, Part, Tree

ROUNDS: Final = 10_000
"""How often the loops of one expression may go round, all together, before the library ends it."""
MOST_WRITTEN: Final = 100_000_000
"""The most that one evaluation may make, in characters; a reference counts as 32."""
MOST_STEPS: Final = 200_000_000
"""The most that one evaluation may look at: about a second on a slow machine."""
_ROUND: Final = 100


@dataclass
class Growth:
    """The bill of one expression."""

    sizes: Mapping[str, Size]
    written: int = 0
    steps: int = 0
    dearest: dict[str, tuple[int, int]] = field(default_factory=dict)
    """What costs most of each kind, and where it stands, from 0."""
    _rounds: int = 1

    @classmethod
    def of(cls, tree: Tree, sizes: Mapping[str, Size]) -> "Growth":
        """Work it out over variables of these sizes."""
        growth = cls(sizes)
        result = growth._size(tree, {})
        growth._pay(tree.at, Cost(written=result.weight))
        return growth

    @property
    def fault(self) -> str | None:
        """``written`` or ``steps``, whichever is too much, or None."""
        if self.written > MOST_WRITTEN:
            return "written"
        return "steps" if self.steps > MOST_STEPS else None

    @property
    def place(self) -> int:
        """Where what costs most of what is too much stands, from 0."""
        return self.dearest.get(self.fault or "", (0, 0))[1]

    def _pay(self, at: int, cost: Cost) -> None:
        for kind, amount in (("written", cost.written * self._rounds), ("steps", cost.steps * self._rounds)):
            setattr(self, kind, getattr(self, kind) + amount)
            if amount > self.dearest.get(kind, (0, 0))[0]:
                self.dearest[kind] = (amount, at)

    def _size(self, tree: Tree, local: Mapping[str, Size]) -> Size:
        match tree:
            case Constant():
                return Size(tree.weight)
            case Name():
                return local.get(tree.name) or self.sizes.get(tree.name, SCALAR)
            case Part():
                return self._size(tree.of, local).one
            case Made():
                return self._made(tree, local)
            case Call():
                arguments = [self._size(argument, local) for argument in tree.arguments]
                size, cost = FUNCTIONS.get(tree.function, plain)(tree, arguments)
                self._pay(tree.at, cost)
                return size
            case Loop():
                return self._loop(tree, local)

    def _made(self, tree: Made, local: Mapping[str, Size]) -> Size:
        members = [self._size(member, local) for member in tree.members]
        self._pay(tree.at, Cost(written=HANDLE * len(members)))
        item = NOTHING
        for member in members:
            item = item.either(member)
        return Size(sum(member.weight for member in members), len(members), item)

    def _loop(self, loop: Loop, local: Mapping[str, Size]) -> Size:
        over, begins = self._size(loop.over, local), self._size(loop.begins, local)
        outer, times = self._rounds, min(over.items, ROUNDS)
        inner = {**local, **dict.fromkeys(loop.variables, over.one)}
        # A step adds the same to the result each time, for no macro lets an expression name the result. So it is worked
        # out once for what it adds, without a bill, and once with the result half grown, as it is on average.
        before = (self.written, self.steps, dict(self.dearest))
        after = self._size(loop.step, {**inner, loop.result: begins})
        self.written, self.steps, self.dearest = before
        half, grown = (_grown(begins, after, count) for count in (times // 2, times))
        self._rounds = min(outer * times, ROUNDS)
        self._pay(loop.at, Cost(steps=_ROUND))
        self._size(loop.condition, {**inner, loop.result: half})
        self._size(loop.step, {**inner, loop.result: half})
        self._rounds = outer
        return self._size(loop.ends, {**local, loop.result: grown})


def _grown(begins: Size, after: Size, times: int) -> Size:
    weight = begins.weight + times * max(after.weight - begins.weight, 0)
    return Size(max(weight, after.weight), begins.items + times * max(after.items - begins.items, 0), after.item)

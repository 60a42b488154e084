"""Packs that are too much: of everything, by multiplying, in circles."""

import os
from typing import Final

from tests.hostile.changes import CADENCES, OFFICE, office
from tests.hostile.pack_texts import ORGANIZATION, case, issue

FULL: Final = os.environ.get("DUBAN_SOAK") == "1"


def many(count: int) -> int:
    """So many, or a quarter where time is short: still more than is taken."""
    return count if FULL else count // 4


DEEP: Final = many(6_000)


def machine(states: int, events: int, source: str = "any", when: str = "") -> str:
    """A machine of so many states and events."""
    declared = "".join(f"  s{n}:\n" for n in range(states))
    fired = "".join(f"  e{n}: {{from: {source}, to: s{n % states}, by: [office]{when}}}\n" for n in range(events))
    return (
        "workflow: issue\nversion: 1\nreference: ISS\nlabel: x\nfields: {}\nstates:\n  over: {final: true}\n"
        f"{declared}events:\n  a: {{to: s0, by: [office]}}\n  z: {{from: any, to: over, by: [office]}}\n{fired}"
    )


def chain(count: int) -> str:
    """Units that lie in each other, the last in none."""
    below = "".join(f"  u{n}: {{parent: u{n + 1}}}\n" for n in range(count))
    return ORGANIZATION.replace("units:\n", f"units:\n{below}  u{count}:\n")


MANY: Final = "".join(f"  k{n}: {{label: {'x' * 20}}}\n" for n in range(5_000))

SIZES: Final = [
    case("four thousand states and events", machine(many(4_000), many(3_500)), "at most"),
    case("six thousand events", machine(1, many(5_800)), "at most"),
    case("twenty thousand states", machine(many(20_000), 1), "at most"),
    case(
        "three thousand conditions", machine(1, many(2_500), when=', when: [{check: "level == 1", else: x}]'), "at most"
    ),
    case(
        "five hundred conditions",
        "".join(
            line.replace("level == 1", f"level == {n}")
            for n, line in enumerate(
                machine(10, many(400), when=", when: [{check: level == 1, else: x}]").splitlines(True)
            )
        ),
        None,
    ),
    case(
        "six thousand fields",
        issue("  reason:   {type: text}\n", "".join(f"  f{n}: {{type: text}}\n" for n in range(many(6_000)))),
        "at most",
    ),
    case(
        "thousands of unknown states",
        issue(
            "  close:  ",
            "".join(f"  x{n}: {{from: y{n}, to: z{n}, by: [office]}}\n" for n in range(many(4_000))) + "  close:  ",
        ),
        "at most",
    ),
    case(
        "thousands of unknown fields",
        issue("needs: [title, category]", f"needs: [{', '.join(f'n{n}' for n in range(many(20_000)))}]"),
        "more than 100",
    ),
    case(
        "one field a hundred thousand times",
        issue("needs: [title, category]", f"needs: [{'title, ' * many(30_000)}]"),
        "more than 100",
    ),
    case(
        "thousands of choices",
        issue("[litter, parking, hanging]", f"[{', '.join(f'c{n}' for n in range(many(25_000)))}]"),
        None,
    ),
    case(
        "a catalogue in each of many fields",
        issue(
            "  reason:   {type: text}\n",
            "  reason: {type: text}\n"
            + "".join(f"  f{n}: {{type: choice, of: catalogue.things}}\n" for n in range(400)),
        ),
        "catalogue",
        also={"catalogue.yaml": f"things:\n{MANY}"},
    ),
    case(
        "a catalogue in each of many starts",
        issue(
            "by: [office], needs: [unit]",
            "by: [office], start: [" + "{workflow: issue, each: catalogue.things}, " * 400 + "], needs: [unit]",
        ),
        "catalogue",
        also={"catalogue.yaml": f"things:\n{MANY}"},
    ),
    case("a chain of thousands of units", chain(DEEP), None, file=OFFICE),
    case(
        "a circle of thousands of units",
        chain(DEEP).replace(f"  u{DEEP}:\n", f"  u{DEEP}: {{parent: u0}}\n"),
        "stands above itself",
        file=OFFICE,
    ),
    case("a unit in itself", office("units", "  a: {parent: a}\n"), "a → a", file=OFFICE),
    case(
        "a post below itself",
        office("posts", "  a: {unit: office, roles: [office], reports_to: a}\n"),
        "a → a",
        file=OFFICE,
    ),
    case(
        "thousands of posts",
        office("posts", "".join(f"  p{n}: {{unit: office, roles: [r{n}]}}\n" for n in range(many(5_500)))),
        None,
        file=OFFICE,
    ),
    case(
        "thousands of accounts of nobody",
        ORGANIZATION.replace(
            "  account-17:", "".join(f"  q{n}: {{posts: [n{n}]}}\n" for n in range(many(9_000))) + "  account-17:"
        ),
        "more than 100",
        file=OFFICE,
    ),
    case(
        "thousands of figures",
        "figures:\n"
        + "".join(
            f"  f{n}: {{version: 1, formula: {{en: x, zh: x}}, of: issue, measure: count, counts: level == {n}}}\n"
            for n in range(many(2_800))
        ),
        "at most",
        file="figures.yaml",
    ),
    case(
        "a cadence that starts itself",
        "cadences:\n  a: {on: working day, at: '09:00', start: [{workflow: issue, with: {title: {value: x}}}]}\n",
        "issue",
        file=CADENCES,
    ),
    case(
        "thousands of cadences",
        "cadences:\n" + "".join(f"  c{n}: {{on: working day, at: '09:00'}}\n" for n in range(many(6_000))),
        "more than 100",
        file=CADENCES,
    ),
    case(
        "a cadence on no day",
        "cadences:\n  a: {on: day 99 of month, at: '09:00', start: [issue]}\n",
        "day 99",
        file=CADENCES,
    ),
    case(
        "a cadence at no time",
        "cadences:\n  a: {on: working day, at: '24:00', start: [issue]}\n",
        "24:00",
        file=CADENCES,
    ),
    case(
        "a cadence of many letters",
        f"cadences:\n  a: {{on: '{'monday, ' * 9000}', at: '09:00', start: [issue]}}\n",
        "on",
        file=CADENCES,
    ),
]

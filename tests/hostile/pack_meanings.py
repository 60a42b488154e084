"""Well-formed YAML that means harm: names, numbers, times, expressions, sizes of machines, circles."""

from typing import Final

from tests.hostile.confined import ROOT
from tests.hostile.pack_texts import ISSUE, KIB, ORGANIZATION, case, issue

RICH: Final = ROOT / "tests" / "packs" / "rich"


def rich(file: str, old: str, new: str) -> str:
    """A file of the pack that uses the whole language, with one thing changed."""
    text = (RICH / file).read_text(encoding="utf-8")
    assert old in text
    return text.replace(old, new, 1)


def machine(states: int, events: int, source: str = "any", when: str = "") -> str:
    """A machine of so many states and events."""
    declared = "".join(f"  s{n}:\n" for n in range(states))
    fired = "".join(f"  e{n}: {{from: {source}, to: s{n % states}, by: [office]{when}}}\n" for n in range(events))
    return (
        f"workflow: issue\nversion: 1\nreference: ISS\nlabel: x\nfields: {{}}\nstates:\n  over: {{final: true}}\n{declared}"
        f"events:\n  a: {{to: s0, by: [office]}}\n  z: {{from: any, to: over, by: [office]}}\n{fired}"
    )


def office(name: str, unit: str = "office") -> str:
    """The organisation with one more post."""
    return (
        f"{ORGANIZATION}\nposts_:\n"
        if not name
        else ORGANIZATION.replace("posts:\n", f"posts:\n  {name}: {{unit: {unit}, roles: [office]}}\n")
    )


def chain(count: int) -> str:
    """Units that lie in each other, the last in none."""
    below = "".join(f"  u{n}: {{parent: u{n + 1}}}\n" for n in range(count))
    return ORGANIZATION.replace("units:\n", f"units:\n{below}  u{count}:\n")


ORDINARY: Final = "within: {by: severity, minor: 1 working day, prominent: 3 working days, serious: 8 working hours}"
TITLE: Final = "title:    {type: text, max: 200,"
CHECK: Final = "check: actor != last.rectify.actor"
MANY: Final = "".join(f"  k{n}: {{label: {'x' * 20}}}\n" for n in range(5_000))

NAMES: Final = [
    case("a state out of its folder", issue("  reported:", "  ../../etc/passwd:"), "../../etc/passwd"),
    case("a workflow out of its folder", issue("workflow: issue", "workflow: ../issue"), "../issue"),
    case("a workflow that is a command", issue("workflow: issue", "workflow: doctor"), "doctor"),
    case("a workflow of no letters", issue("workflow: issue", "workflow: ''"), "not a possible name"),
    case("a workflow of many letters", issue("workflow: issue", f"workflow: {'i' * 5000}"), "iii"),
    case("a field that Python knows", issue("  reason:   ", "  __class__: "), "__class__"),
    case("a field that is a word of conditions", issue("  reason:   ", "  true: "), "true"),
    case("a field that is an option", issue("  reason:   ", "  help: "), "help"),
    case("a field that looks like another", issue("  reason:   ", "  re\u0430son: "), "re\u0430son"),
    case("a field with a letter that turns", issue("  reason:   ", "  \u202enosaer: "), "\u202e"),
    case("a field of full width", issue("  reason:   ", "  ｒｅａｓｏｎ: "), "ｒｅａｓｏｎ"),
    case("a field with a space", issue("  reason:   ", "  'rea son': "), "rea son"),
    case("a field with a line end", issue("  reason:   ", "  \"rea\\nson\": "), "rea"),
    case("an event with a zero width", issue("  close:  ", "  'clo\u200bse':"), "clo"),
    case("a reference of many letters", issue("reference: ISS", f"reference: {'I' * 300}"), "III"),
    case("a reference with a slash", issue("reference: ISS", "reference: I/../S"), "I/../S"),
    case("a reference that SQL would read", issue("reference: ISS", "reference: \"I';--\""), "I';--"),
    case("a post that is the scheduler", office("scheduler"), "scheduler", file="organization.yaml"),
    case("a post that is the engine", office("system"), "system", file="organization.yaml"),
    case("a post of an unknown unit", office("spy", "nowhere"), "nowhere", file="organization.yaml"),
    case("a role of everybody", issue("by: [office]}", "by: ['*']}"), "*"),
    case("a label that turns the line", issue("en: Issue", "en: \"\u202eeussI\""), None),
    case("a label of many letters", issue("en: Issue", f"en: {'x' * 3000}"), "2000"),
    case("a type of its own", issue("{type: unit}", "{type: os.system}"), "os.system"),
    case("an action that is code", issue("notify: {to: unit}", "os.system: {to: unit}"), "os.system"),
    case("an action with a word too many", issue("notify: {to: unit}", "notify: {to: unit, __class__: x}"), "__class__"),
    case("a notice to a list of lists", issue("notify: {to: unit}", "notify: {to: [[[unit]]]}"), "to"),
    case("a switch that Norway knows", issue("final: true", "final: yes"), "true or false"),
    case("a switch by one letter", issue("final: true", "final: y"), "true or false"),
    case("a version of eight", issue("version: 1", "version: 010"), "whole number"),
    case("a version in sixties", issue("version: 1", "version: 1:30"), "whole number"),
    case("a version of letters", issue("version: 1", "version: 0x1F"), "whole number"),
    case("a version below nothing", issue("version: 1", "version: -1"), "version"),
    case("a version past all columns", issue("version: 1", "version: 999999999999999"), "version"),
    case("a version of a thousand digits", issue("version: 1", f"version: {'9' * 1000}"), "whole number"),
    case("a version with a point", issue("version: 1", "version: 1.0"), "whole number"),
    case("a version that is endless", issue("version: 1", "version: .inf"), "whole number"),
    case("a version that is a date", issue("version: 1", "version: 2020-01-01"), "whole number"),
]  # fmt: skip

VALUES: Final = [
    case("a text of all memory", issue("max: 200", "max: 999999999999999"), "10000"),
    case("a text of less than nothing", issue("max: 200", "max: -5"), "-5"),
    case("a pattern that goes back", issue(TITLE, "title: {type: text, pattern: '(a+)+$', "), None),
    case("a pattern of all counts", issue(TITLE, "title: {type: text, pattern: '((x{30}){30}){30}', "), "parts"),
    case("a pattern of a million", issue(TITLE, "title: {type: text, pattern: '(x{1,1000}){1,1000}', "), "parts"),
    case("a pattern of many letters", issue(TITLE, f"title: {{type: text, pattern: '{'(a?)' * 20000}', "), "parts"),
    case("a pattern that closes too much", issue(TITLE, "title: {type: text, pattern: 'a)|(?:b', "), "pattern"),
    case("a pattern that remembers", issue(TITLE, r"title: {type: text, pattern: '(a)\1', "), "pattern"),
    case("a pattern of a thousand brackets", issue(TITLE, f"title: {{type: text, pattern: '{'(' * 5000}', "), "pattern"),
    case("a default of many letters", issue(TITLE, f"title: {{type: text, default: {'x' * 90 * KIB}, "), "10000"),
    case("a default that is a tree", issue(TITLE, "title: {type: text, default: {a: [{b: [1]}]}, "), "title"),
    case("ten thousand million days", issue(ORDINARY, "within: 9999999999 working days"), "working"),
    case("a limit of a thousand digits", issue(ORDINARY, f"within: {'9' * 1000} working days"), "working"),
    case("a limit past the longest", issue(ORDINARY, "within: 10000 working days"), "9999"),
    case("a limit of nothing", issue(ORDINARY, "within: 0 working days"), "longer than zero"),
    case("a limit before it began", issue(ORDINARY, "within: -1 working days"), "longer than zero"),
    case("a limit finer than all clocks", issue(ORDINARY, "within: 0.00001 working days"), "working"),
    case("a limit of many letters", issue(ORDINARY, f"within: {'1 working day ' * 9000}"), "once"),
    case("a limit in other digits", issue(ORDINARY, "within: ১ working days"), "working"),
    case("a limit in nights", issue(ORDINARY, "within: 3 fortnights"), "working"),
    case("a limit by code", issue(ORDINARY, "within: \"__import__('os')\""), "working"),
    case("a step past all steps", issue("due + 5 working days", "due + 99999999 working days"), "9999"),
    case("a step of a hundred and one", issue("at: 75%", "at: 101%"), "100%"),
    case("a step of nothing", issue("at: 75%", "at: 0%"), "0%"),
    case("a level past all levels", issue("level: 3", "level: 100"), "level"),
    case("levels that fall", issue("level: 3", "level: 1"), "level"),
    case("a step that comes for ever", issue("level: 3}", "level: 3, repeat: {every: 1 working minute, times: 99999}}"), "100"),
    case("a zone out of its folder", ORGANIZATION.replace("Asia/Shanghai", "../../../etc/passwd"), "zone", file="organization.yaml"),
    case("a zone from the root", ORGANIZATION.replace("Asia/Shanghai", "/etc/passwd"), "zone", file="organization.yaml"),
    case("a zone that is a folder", ORGANIZATION.replace("Asia/Shanghai", "Asia"), "zone", file="organization.yaml"),
    case("a zone of many letters", ORGANIZATION.replace("Asia/Shanghai", "A" * 9000), "zone", file="organization.yaml"),
    case("a zone that is no zone", ORGANIZATION.replace("Asia/Shanghai", "tzdata.zi"), "zone", file="organization.yaml"),
    case("hours past midnight", "hours: ['09:00-25:00']\n", "hours", file="calendar.yaml"),
    case("hours from midnight to midnight", "hours: ['00:00-24:00']\n", None, file="calendar.yaml"),
    case("hours that end before they begin", "hours: ['09:00-12:00', '11:00-18:00']\n", "overlap", file="calendar.yaml"),
    case("hours of many letters", f"hours: ['{'0' * 9000}:00-12:00']\n", "hours", file="calendar.yaml"),
    case("ten thousand hours", "hours:\n" + "- '09:00-12:00'\n" * 10_000, "overlap", file="calendar.yaml"),
    case("no hours", "hours: []\n", "hours", file="calendar.yaml"),
    case("a holiday that is none", "holidays: ['2021-02-30']\n", "2021-02-30", file="calendar.yaml"),
    case("a holiday past all years", "holidays: ['9999-12-31', '0001-01-01']\n", None, file="calendar.yaml"),
    case("a calendar that is a module", "calendar: os\n", "os", file="calendar.yaml"),
    case("a country that is a part of Python", "calendar: 'holidays:__class__'\n", "__class__", file="calendar.yaml"),
    case("a country that is a function", "calendar: 'holidays:country_holidays'\n", "country_holidays", file="calendar.yaml"),
    case("a country out of its folder", "calendar: 'holidays:../../etc'\n", "etc", file="calendar.yaml"),
    case("a country of no letters", "calendar: 'holidays:'\n", "holidays", file="calendar.yaml"),
    case("a part of a country that is none", "calendar: 'holidays:DE-../../x'\n", "DE", file="calendar.yaml"),
    case("a condition that is code", issue(CHECK, "check: \"__import__('os').system('id') == 0\""), "function"),
    case("a condition that doubles", issue(CHECK, "check: data.title.replace('', data.measures).replace('', data.reason) == ''"), "characters"),
    case("a condition of many letters", issue(CHECK, f"check: \"{'true || ' * 9000}true\""), "2000"),
    case("a condition deep in brackets", issue(CHECK, f"check: \"{'(' * 900}true{')' * 900}\""), "deep"),
    case("a condition that is a list", issue(CHECK, "check: [1, 2]"), "text"),
]  # fmt: skip

SIZES: Final = [
    case("four thousand states and events", machine(4_000, 3_500), "at most"),
    case("six thousand events", machine(1, 5_800), "at most"),
    case("twenty thousand states", machine(20_000, 1), "at most"),
    case("three thousand conditions", machine(1, 2_500, when=", when: [{check: \"level == 1\", else: x}]"), "at most"),
    case("five hundred conditions", "".join(
        line.replace("level == 1", f"level == {n}")
        for n, line in enumerate(machine(10, 400, when=", when: [{check: level == 1, else: x}]").splitlines(True))
    ), None),
    case("six thousand fields", issue("  reason:   {type: text}\n", "".join(f"  f{n}: {{type: text}}\n" for n in range(6_000))), "at most"),
    case("thousands of unknown states", issue("  close:  ", "".join(f"  x{n}: {{from: y{n}, to: z{n}, by: [office]}}\n" for n in range(4_000)) + "  close:  "), "at most"),
    case("thousands of unknown fields", issue("needs: [title, category]", f"needs: [{', '.join(f'n{n}' for n in range(20_000))}]"), "more than 100"),
    case("one field a hundred thousand times", issue("needs: [title, category]", f"needs: [{'title, ' * 30_000}]"), "more than 100"),
    case("thousands of choices", issue("[litter, parking, hanging]", f"[{', '.join(f'c{n}' for n in range(25_000))}]"), None),
    case("a catalogue in each of many fields", issue("  reason:   {type: text}\n", "  reason: {type: text}\n" + "".join(f"  f{n}: {{type: choice, of: catalogue.things}}\n" for n in range(400))),
         "catalogue", also={"catalogue.yaml": f"things:\n{MANY}"}),
    case("a catalogue in each of many starts", issue("by: [office], needs: [unit]", "by: [office], start: [" + "{workflow: issue, each: catalogue.things}, " * 400 + "], needs: [unit]"),
         "catalogue", also={"catalogue.yaml": f"things:\n{MANY}"}),
    case("a chain of thousands of units", chain(6_000), None, file="organization.yaml"),
    case("a circle of thousands of units", chain(6_000).replace("  u6000:\n", "  u6000: {parent: u0}\n"), "circle", file="organization.yaml"),
    case("a unit in itself", ORGANIZATION.replace("units:\n", "units:\n  a: {parent: a}\n"), "a → a", file="organization.yaml"),
    case("a post below itself", ORGANIZATION.replace("posts:\n", "posts:\n  a: {unit: office, roles: [office], reports_to: a}\n"), "a → a", file="organization.yaml"),
    case("thousands of posts", ORGANIZATION.replace("posts:\n", "posts:\n" + "".join(f"  p{n}: {{unit: office, roles: [r{n}]}}\n" for n in range(5_500))), None, file="organization.yaml"),
    case("thousands of accounts of nobody", ORGANIZATION + "".join(f"  q{n}: {{posts: [n{n}]}}\n" for n in range(9_000)), "more than 100", file="organization.yaml"),
    case("thousands of figures", "figures:\n" + "".join(f"  f{n}: {{version: 1, formula: {{en: x, zh: x}}, of: issue, measure: count, counts: level == {n}}}\n" for n in range(2_800)), "at most", file="figures.yaml"),
    case("a cadence that starts itself", "cadences:\n  a: {on: working day, at: '09:00', start: [{workflow: issue, with: {title: {value: x}}}]}\n", "issue", file="cadences.yaml"),
    case("thousands of cadences", "cadences:\n" + "".join(f"  c{n}: {{on: working day, at: '09:00'}}\n" for n in range(6_000)), "more than 100", file="cadences.yaml"),
    case("a cadence on no day", "cadences:\n  a: {on: day 99 of month, at: '09:00', start: [issue]}\n", "day 99", file="cadences.yaml"),
    case("a cadence at no time", "cadences:\n  a: {on: working day, at: '24:00', start: [issue]}\n", "24:00", file="cadences.yaml"),
    case("a cadence of many letters", f"cadences:\n  a: {{on: '{'monday, ' * 9000}', at: '09:00', start: [issue]}}\n", "on", file="cadences.yaml"),
]  # fmt: skip

OTHERS: Final = [
    case("a template out of its folder", rich("documents.yaml", "templates/sheet.md", "../../../../../../etc/passwd.md"), "template", file="documents.yaml", pack="rich", papers=True),
    case("a template from the root", rich("documents.yaml", "templates/sheet.md", "/etc/hosts.md"), "template", file="documents.yaml", pack="rich", papers=True),
    case("a template that reaches inside", "{{ ''.__class__.__mro__[1].__subclasses__() }}", "template", file="templates/sheet.md", pack="rich", papers=True),
    case("a template that takes another in", "{% include '/etc/passwd' %}", "template", file="templates/sheet.md", pack="rich", papers=True),
    case("a template that takes code in", "{% import 'os' as os %}{{ os.system('id') }}", "template", file="templates/sheet.md", pack="rich", papers=True),
    case("a template of braces", "{{" * 100 * KIB, "template", file="templates/sheet.md", pack="rich", papers=True),
    case("a template of open tags", "{%" * 300 * KIB, "template", file="templates/sheet.md", pack="rich", papers=True),
    case("a template that is no text", b"\xff\xfe" * 900, "template", file="templates/sheet.md", pack="rich", papers=True),
    case("a template of six megabytes", "x" * (6 * KIB * KIB), "template", file="templates/sheet.md", pack="rich", papers=True),
    case("a channel to a file", rich("channels.yaml", "url: https://hooks.street.example/duban", "url: file:///etc/passwd"), "url", file="channels.yaml", pack="rich"),
    case("a channel to the metadata of a cloud", rich("channels.yaml", "url: https://hooks.street.example/duban", "url: http://169.254.169.254/latest/"), "169.254.169.254", file="channels.yaml", pack="rich"),
    case("a channel with its secret written out", rich("channels.yaml", "secret: {env: DUBAN_REGISTER_SECRET}", "secret: hunter2"), "secret", file="channels.yaml", pack="rich"),
    case("a channel that reads another variable", rich("channels.yaml", "DUBAN_REGISTER_SECRET", "AWS_SECRET_ACCESS_KEY"), "AWS_SECRET", file="channels.yaml", pack="rich"),
    case("a figure that is code", rich("figures.yaml", "counts: closed_within\n", "counts: __import__('os').x == 1\n"), "", file="figures.yaml", pack="rich"),
    case("a paper of a format of Python", rich("documents.yaml", 'number: "{year}-{number}"', 'number: "{year.__class__}-{number!r:>999999999}"'), "year.__class__", file="documents.yaml", pack="rich"),
    case("a survey of no frame", (ROOT / "tests/packs/surveyed/surveys.yaml").read_text().replace("frame: catalogue.areas.homes", "frame: ../../etc/passwd"), "frame", file="surveys.yaml", pack="surveyed"),
]  # fmt: skip

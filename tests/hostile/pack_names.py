"""Names that lead elsewhere, pass for others, or mean something to Python, SQL or a terminal; and false numbers."""

from typing import Final

from tests.hostile.changes import OFFICE, post
from tests.hostile.pack_texts import case, issue

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
    case("a field with a line end", issue("  reason:   ", '  "rea\\nson": '), "rea"),
    case("an event with a zero width", issue("  close:  ", "  'clo\u200bse':"), "clo"),
    case("a reference of many letters", issue("reference: ISS", f"reference: {'I' * 300}"), "III"),
    case("a reference with a slash", issue("reference: ISS", "reference: I/../S"), "I/../S"),
    case("a reference that SQL would read", issue("reference: ISS", 'reference: "I\';--"'), "I';--"),
    case("a post that is the scheduler", post("scheduler"), "scheduler", file=OFFICE),
    case("a post that is the engine", post("system"), "system", file=OFFICE),
    case("a post of an unknown unit", post("spy", "nowhere"), "nowhere", file=OFFICE),
    case("a role of everybody", issue("by: [office]}", "by: ['*']}"), "*"),
    case("a label that turns the line", issue("en: Issue", 'en: "\u202eeussI"'), None),
    case("a label of many letters", issue("en: Issue", f"en: {'x' * 3000}"), "2000"),
    case("a type of its own", issue("{type: unit}", "{type: os.system}"), "os.system"),
    case("an action that is code", issue("notify: {to: unit}", "os.system: {to: unit}"), "os.system"),
    case(
        "an action with a word too many", issue("notify: {to: unit}", "notify: {to: unit, __class__: x}"), "__class__"
    ),
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
]

"""The other files of a pack: papers and their templates, channels, figures, surveys."""

from typing import Final

from tests.hostile.changes import PRINTED, WHOLE, rich
from tests.hostile.confined import ROOT
from tests.hostile.pack_texts import KIB, case

OTHERS: Final = [
    case(
        "a template out of its folder",
        rich("documents.yaml", "templates/sheet.md", "../../../../../../etc/passwd.md"),
        "template",
        file="documents.yaml",
        **PRINTED,
    ),
    case(
        "a template from the root",
        rich("documents.yaml", "templates/sheet.md", "/etc/hosts.md"),
        "template",
        file="documents.yaml",
        **PRINTED,
    ),
    case(
        "a template that reaches inside",
        "{{ ''.__class__.__mro__[1].__subclasses__() }}",
        None,
        file="templates/sheet.md",
        **PRINTED,
    ),
    case(
        "a template that takes another in",
        "{% include '/etc/passwd' %}",
        "template",
        file="templates/sheet.md",
        **PRINTED,
    ),
    case(
        "a template that takes code in",
        "{% import 'os' as os %}{{ os.system('id') }}",
        "template",
        file="templates/sheet.md",
        **PRINTED,
    ),
    case("a template of braces", "{{" * 100 * KIB, "template", file="templates/sheet.md", **PRINTED),
    case("a template of open tags", "{%" * 300 * KIB, "template", file="templates/sheet.md", **PRINTED),
    case("a template that is no text", b"\xff\xfe" * 900, "template", file="templates/sheet.md", **PRINTED),
    case("a template of six megabytes", "x" * (6 * KIB * KIB), "template", file="templates/sheet.md", **PRINTED),
    case(
        "a channel to a file",
        rich("channels.yaml", "url: https://hooks.street.example/duban", "url: file:///etc/passwd"),
        "URL",
        file="channels.yaml",
        **WHOLE,
    ),
    case(
        "a channel to the metadata of a cloud",
        rich("channels.yaml", "url: https://hooks.street.example/duban", "url: http://169.254.169.254/latest/"),
        "169.254.169.254",
        file="channels.yaml",
        **WHOLE,
    ),
    case(
        "a channel with its secret written out",
        rich("channels.yaml", "secret: {env: DUBAN_REGISTER_SECRET}", "secret: hunter2"),
        "secret",
        file="channels.yaml",
        **WHOLE,
    ),
    case(
        "a channel that reads another variable",
        rich("channels.yaml", "DUBAN_REGISTER_SECRET", "AWS_SECRET_ACCESS_KEY"),
        "AWS_SECRET",
        file="channels.yaml",
        **WHOLE,
    ),
    case(
        "a figure that is code",
        rich("figures.yaml", "counts: closed_within\n", "counts: __import__('os').x == 1\n"),
        "",
        file="figures.yaml",
        **WHOLE,
    ),
    case(
        "a paper of a format of Python",
        rich("documents.yaml", 'number: "{year}-{number}"', 'number: "{year.__class__}-{number!r:>999999999}"'),
        "year.__class__",
        file="documents.yaml",
        **WHOLE,
    ),
    case(
        "a survey of no frame",
        (ROOT / "tests/packs/surveyed/surveys.yaml")
        .read_text()
        .replace("frame: catalogue.areas.homes", "frame: ../../etc/passwd"),
        "catalogue.NAME",
        file="surveys.yaml",
        pack="surveyed",
    ),
]

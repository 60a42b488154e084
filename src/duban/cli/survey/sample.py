"""``duban survey sample``: draws the households of a survey, or replaces those that dropped out."""

from collections import Counter

from duban.cli.kit.answer import Answer, Part, Table, Words, cell
from duban.cli.kit.command import Command
from duban.cli.kit.desk import Desk
from duban.cli.kit.help import paragraphs
from duban.cli.kit.options import Option
from duban.cli.kit.progress import counting
from duban.cli.options import REF
from duban.engine.model.survey import Draw

SEED = Option(["--seed"], says="option.survey-seed", metavar="TEXT")


def sample(desk: Desk, ref: str, seed: str | None) -> Answer:
    """Draw, and tell how many households of each community."""
    engine = desk.engine
    with counting(desk, "survey-drawing", _expected(desk, ref)) as told:
        draw = engine.sample_survey(ref, by=desk.by, seed=seed, progress=lambda done, _total: told(done))
    plan = engine.survey_plan(ref, by=desk.by)
    document = {
        "ref": draw.ref, "seed": draw.seed, "households": list(draw.drawn), "replaced": dict(draw.replaced),
        "short": dict(draw.short), "frame": dict(plan.frame), "allocated": dict(plan.allocated),
    }  # fmt: skip
    if draw.replaced or not draw.drawn:
        return Answer(
            document, _replacements(desk, draw, {name: plan.labels[name].text(desk.lang) for name in plan.labels})
        )
    heads = desk.head("community", "households")
    rows = [
        [cell(name, plan.labels[name].text(desk.lang)), cell(count)] for name, count in Counter(plan.allocated).items()
    ]
    drawn = desk.say("survey-drawn", count=len(draw.drawn), ref=ref, seed=draw.seed)
    words = Words(paragraphs(drawn, desk.width))
    return Answer(document, [Table(heads, rows), words])


def _expected(desk: Desk, ref: str) -> int | None:
    """How many households a first draw starts; None where that cannot be told."""
    rules, data = desk.engine.pack.surveys, desk.engine.get(ref, by=desk.by).data
    households = data.get("households")
    if rules is None or not isinstance(households, int):
        return None
    return households * (len(rules.frame) if data.get("allocation") == "each" else 1)


def _replacements(desk: Desk, draw: Draw, labels: dict[str, str]) -> list[Part]:
    heads = {"ref": desk.head("ref")["ref"], "replaces": desk.head("replaces")["replaces"]}
    lines = [desk.say("survey-replaced", count=len(draw.replaced))] if draw.replaced else []
    lines += [desk.say("survey-short", community=labels[name], count=count) for name, count in draw.short.items()]
    table = Table(heads, [[new, old] for new, old in draw.replaced.items()])
    parts: list[Part] = [table] if draw.replaced or not desk.is_person else []
    told = lines or [desk.say("survey-none-replaced")]
    return [*parts, Words([line for words in told for line in paragraphs(words, desk.width)])]


command = Command("sample", "command.survey-sample", sample, [REF, SEED])

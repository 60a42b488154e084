"""Which module holds which generic command. Modules are imported when their command is typed, not before."""

from typing import Final

SECTIONS: Final[dict[str, dict[str, str]]] = {
    "work": {
        "start": "duban.cli.start:command",
        "fire": "duban.cli.fire:command",
        "why": "duban.cli.why:command",
    },
    "look": {
        "show": "duban.cli.show:command",
        "list": "duban.cli.list_:command",
        "history": "duban.cli.history:command",
        "evidence": "duban.cli.evidence:command",
        "snapshot": "duban.cli.snapshot:command",
        "document": "duban.cli.document:command",
        "stats": "duban.cli.stats:command",
        "scores": "duban.cli.scores:command",
        "inbox": "duban.cli.inbox:command",
        "follow": "duban.cli.follow:command",
        "board": "duban.cli.board:command",
        "refusals": "duban.cli.refusals:command",
        "readings": "duban.cli.readings:command",
        "whoami": "duban.cli.whoami:command",
    },
    "service": {
        "init": "duban.cli.init:command",
        "office": "duban.cli.office:command",
        "import": "duban.cli.import_:command",
        "assessment": "duban.cli.assessment:command",
        "sweep": "duban.cli.sweep:command",
        "deliver": "duban.cli.deliver:command",
        "scheduler": "duban.cli.scheduler:command",
        "cadences": "duban.cli.cadences:command",
        "retention": "duban.cli.retention:command",
        "archive": "duban.cli.archive:command",
        "account": "duban.cli.account:command",
        "outbox": "duban.cli.outbox:command",
        "channel": "duban.cli.channel:command",
        "backup": "duban.cli.backup:backup_command",
        "restore": "duban.cli.backup:restore_command",
        "checkpoint": "duban.cli.checkpoint:command",
        "verify": "duban.cli.verify:command",
        "doctor": "duban.cli.doctor:command",
        "metrics": "duban.cli.metrics:command",
    },
    "other": {
        "workflow": "duban.cli.workflow:command",
        "demo": "duban.cli.demo:command",
        "completion": "duban.cli.completion:command",
    },
}
"""Sections of the help, each with its commands in the order in which they are shown."""

COMMANDS: Final[dict[str, str]] = {name: place for section in SECTIONS.values() for name, place in section.items()}

OF_SURVEYS: Final[dict[str, str]] = {
    "sample": "duban.cli.survey.sample:command",
    "answer": "duban.cli.survey.answer:command",
    "results": "duban.cli.survey.results:command",
    "questions": "duban.cli.survey.look:asking",
    "list": "duban.cli.survey.look:listing",
}
"""Commands that stand beside the events of the workflow that surveys.yaml names."""

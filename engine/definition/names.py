"""Which names may be declared."""

import re
from typing import Final

IDENTIFIER: Final = re.compile(r"[a-z][a-z0-9_]{0,39}")
"""Workflows, states, events, fields, conditions, deadlines, counts, views: variables of guards, words to type."""

NAME: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}")
"""Units, posts, roles, accounts, choices and catalogue keys."""

REFERENCE: Final = re.compile(r"[A-Z][A-Z0-9]{1,9}")
"""The prefix of a workflow's references."""

CEL_WORDS: Final = frozenset({"in", "true", "false", "null"})

COMMANDS: Final = frozenset(
    "init start fire why show list history stats scores sweep deliver scheduler outbox verify doctor workflow demo "
    "import office inbox follow board whoami cadences channel assessment preview refusals evidence snapshot document "
    "completion help version".split()
)
"""Words of the command line that no workflow may be called."""

OPTIONS: Final = frozenset(
    {"as", "db", "lang", "json", "help", "key", "dry_run", "expect_version", "evidence", "field"}
)
"""Options that every event's command has; no field may be called like one."""

STATE_WORDS: Final = frozenset({"any"})
CHOICE_WORDS: Final = frozenset({"by", "else", "from"})

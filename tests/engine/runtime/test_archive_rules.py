"""archive.yaml: what it may say, and a pack without it."""

from pathlib import Path

import pytest
from tests.engine.runtime.conftest import Make
from tests.engine.runtime.shelf import RULES, pack
from tests.engine.runtime.street import reported

import duban


def test_a_pack_without_rules_moves_nothing(engine: duban.Engine) -> None:
    reported(engine)
    assert (engine.archivable(), engine.archive().moved, engine.sweep().archived) == ([], 0, 0)


@pytest.mark.parametrize(
    ("rules", "key"),
    [
        (RULES.replace("workflow: slip", "workflow: note"), "finding.archive-twice"),
        (RULES.replace("workflow: slip", "workflow: slap"), "finding.unknown-workflow"),
        (RULES.replace("after: 30 days}", "after: a while}"), "finding.retention-period"),
    ],
)
def test_rules_that_do_not_hold_are_told_with_their_place(make: Make, tmp_path: Path, rules: str, key: str) -> None:
    with pytest.raises(duban.DefinitionError) as wrong:
        make(pack(tmp_path / "wrong", archive=rules))
    assert key in {problem.key for problem in wrong.value.problems}
    assert all(problem.path.endswith("archive.yaml") for problem in wrong.value.problems)

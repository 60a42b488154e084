"""What explain calls allowed can be done as it says; what depends on data to give is told with the field."""

from pathlib import Path

import pytest
from tests.engine.runtime.conftest import Make
from tests.engine.runtime.street import written

import duban

CALL = """
workflow: call
version: 1
reference: CAL
fields:
  title: {type: text}
  answer: {type: text}
  reason: {type: text}
states:
  open:
  done: {final: true}
events:
  open: {to: open, by: [clerk], needs: [title]}
  finish:
    from: open
    to: done
    by: [clerk]
    needs: [reason]
    takes: [answer]
    when:
      - {check: given.answer, else: {en: it must be answered first, zh: 须先答复}}
      - {check: data.reason != 'none', else: {en: a reason is needed, zh: 须有理由}}
"""


@pytest.fixture
def calls(make: Make, tmp_path: Path) -> duban.Engine:
    """An engine on a pack of calls that must be answered."""
    return make(written(tmp_path / "pack", call=CALL))


def test_what_must_be_given_besides_is_told_with_the_field(calls: duban.Engine) -> None:
    case = calls.start("call", by="clerk", data={"title": "lamp"})
    [choice] = calls.explain(case.ref, by="clerk")
    assert choice.allowed
    assert [condition.en for condition in choice.conditions] == ["it must be answered first"]
    assert (choice.needs, choice.wants) == (("reason",), ("answer",))
    with pytest.raises(duban.GuardRefused):
        calls.fire(case.ref, "finish", by="clerk", data={"reason": "mended"})
    given = dict.fromkeys((*choice.needs, *choice.wants), "mended")
    assert calls.fire(case.ref, "finish", by="clerk", data=given).case.state == "done"

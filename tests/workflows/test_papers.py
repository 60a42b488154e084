"""The papers of the pack, printed from cases that went their way: who may have them, and what moves them."""

from pathlib import Path

import pytest

import duban
from duban.engine.errors import DocumentError, UnknownCase, UnknownDocument
from duban.testing import FrozenClock

OFFICE, SECRETARY, PARTY = "office-coordination-1", "discipline-secretary", "party-secretary"
WORDS = {"overall": "总体平稳。", "demands": "按期销号。"}


def issue(engine: duban.Engine, title: str = "占道经营") -> str:
    data = {"title": title, "category": "street-trading", "place": "人民路12号"}
    ref = engine.start("issue", by="patrol-member", data=data).ref
    engine.fire(ref, "assign", by=OFFICE)
    return ref


def drafted(engine: duban.Engine) -> str:
    ref = engine.start("bulletin", by=OFFICE, data={"week_ending": "2020-11-22"}).ref
    engine.fire(ref, "cut_off", by=OFFICE)
    engine.deliver()
    engine.fire(ref, "draft", by=OFFICE, data=WORDS)
    return ref


def text(engine: duban.Engine, ref: str, by: str = OFFICE) -> str:
    ((_, content),) = engine.document(ref, by=by, formats=["md"])
    return content.decode()


def test_a_case_that_changes_after_the_cut_off_changes_no_byte_of_the_bulletin(engine: duban.Engine) -> None:
    about = issue(engine)
    ref = drafted(engine)
    before = engine.document(ref, by=OFFICE)
    engine.fire(about, "accept", by="law-enforcement-handler")
    issue(engine, "又一件")
    assert [name for name, _ in before] == [f"{ref}-bulletin.zh.{kind}" for kind in ("docx", "pdf", "xlsx", "md")]
    assert engine.document(ref, by=OFFICE) == before


def test_the_number_and_the_day_are_those_of_the_issue(engine: duban.Engine, clock: FrozenClock) -> None:
    ref = drafted(engine)
    assert "〔2020〕　号" in text(engine, ref)
    assert "（送审稿）" in text(engine, ref)
    engine.fire(ref, "circulate", by=OFFICE)
    clock.advance("1 working day")
    clock.advance("1 working hour")
    engine.sweep()
    engine.fire(ref, "review", by="publicity-member", data={"review": "同意"})
    engine.fire(ref, "sign", by=PARTY)
    engine.fire(ref, "issue", by="office-coordination-2", data={"number": 12})
    issued = text(engine, ref)
    assert "大文明通报〔2020〕12号" in issued
    assert "签发： 组长（街道党工委书记）" in issued
    assert "2020年11月20日" in issued
    assert "送审稿" not in issued


def test_a_bulletin_without_a_snapshot_says_what_is_missing(engine: duban.Engine) -> None:
    ref = engine.start("bulletin", by=OFFICE, data={"week_ending": "2020-11-22"}).ref
    with pytest.raises(DocumentError) as caught:
        engine.document(ref, by=OFFICE)
    assert caught.value.key == "lacks"
    assert "数据快照" in caught.value.message("zh")


def test_a_snapshot_that_was_changed_on_the_disk_is_not_printed(engine: duban.Engine) -> None:
    ref = drafted(engine)
    digest = engine.get(ref, by=OFFICE).data["snapshot"][-1]["hash"]
    file = Path(engine.world.evidence.folder) / digest[:2] / digest  # type: ignore[attr-defined]
    kept = file.read_bytes()
    file.chmod(0o600)
    file.write_bytes(kept.replace(b'"edition":1', b'"edition":2'))
    try:
        with pytest.raises(DocumentError) as caught:
            engine.document(ref, by=OFFICE, formats=["md"])
    finally:
        file.write_bytes(kept)
    assert caught.value.key == "snapshot"
    assert digest[:12] in caught.value.message()


def test_a_transfer_letter_is_for_those_who_see_the_referral_and_its_reading_is_kept(engine: duban.Engine) -> None:
    data = {"title": "推诿", "unit": "civil-affairs", "grounds": "duty"}
    ref = engine.start("referral", by=SECRETARY, data=data).ref
    engine.fire(ref, "approve", by=PARTY)
    material = ("m.txt", b"material")
    engine.fire(ref, "transfer", by=SECRETARY, evidence={"material": [material]})
    assert "内部" in text(engine, ref, by="discipline-staff-1")
    (reading,) = [one for one in engine.readings(ref, by=SECRETARY) if one.what == "document"]
    assert reading.actor == "discipline-staff-1"
    for outsider in (OFFICE, "supervision-member-1", "civil-affairs-head"):
        for asked in (ref, "REF-000099"):
            with pytest.raises(UnknownCase):
                engine.document(asked, "transfer", by=outsider)
            with pytest.raises(UnknownCase):
                engine.document(asked, "nothing", by=outsider)


def test_a_reply_waits_for_the_answer_and_names_nobody(engine: duban.Engine) -> None:
    data = {"title": "某户堆物", "category": "litter", "place": "某处"}
    case = engine.start("issue", by="resident", data=data)
    with pytest.raises(DocumentError):
        engine.document(case.ref, "reply", by=OFFICE)
    engine.fire(case.ref, "reject", by=OFFICE, data={"reason": "重复", "answer": "已在另一事项中办理。"})
    told = text(engine, case.ref)
    assert str(case.follow) in told
    assert "已在另一事项中办理。" in told
    assert "某" not in told


def test_an_order_tells_when_the_reply_is_due(engine: duban.Engine) -> None:
    data = {"title": "占道经营", "unit": "law-enforcement", "about": issue(engine)}
    ref = engine.start("supervision_order", by="supervision-member-1", data=data).ref
    told = text(engine, ref)
    assert "执法大队：" in told
    assert "2020年11月23日09:30" in told
    with pytest.raises(UnknownDocument):
        engine.document(ref, "reply", by=OFFICE)


def test_what_is_said_later_does_not_change_an_order_that_went_out(engine: duban.Engine) -> None:
    data = {"title": "占道经营", "unit": "law-enforcement"}
    ref = engine.start("supervision_order", by=OFFICE, data=data).ref
    before = engine.document(ref, by=OFFICE)
    engine.fire(ref, "reply", by="law-enforcement-handler", data={"reply": "已安排整改"})
    engine.fire(ref, "accept", by=OFFICE, data={"finding": "属实"})
    assert engine.document(ref, by=OFFICE) == before

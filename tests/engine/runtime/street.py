"""The sample pack and small packs written by a test, and the words that tests share."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any, TypeVar

from sqlalchemy import select

import duban
from duban.engine.model.case import Case, HistoryRow, Outcome, Stopwatch
from duban.persistence.tables import metadata
from duban.testing import photograph

T = TypeVar("T")

ROOT = Path(__file__).parents[3]
SAMPLE = ROOT / "tests" / "packs" / "sample"
MONDAY = "2020-11-23T09:30:00+08:00"
"""A working Monday, half an hour after opening."""
PHOTO = ("after.jpg", photograph("after"))

ORGANIZATION = """
timezone: Asia/Shanghai
units:
  office: {label: {en: Office, zh: 办公室}}
  roads: {label: {en: Roads, zh: 道路科}}
  parks: {label: {en: Parks, zh: 园林科}}
posts:
  clerk: {unit: office, roles: [clerk]}
  chief: {unit: office, roles: [chief]}
  road-hand: {unit: roads, roles: [hand]}
  park-hand: {unit: parks, roles: [hand]}
"""


def written(folder: Path, organization: str = ORGANIZATION, **files: str) -> Path:
    """A pack of these files; ``files`` are named without their ending."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in {"organization": organization, **files}.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return folder


def reported(engine: duban.Engine, key: str | None = None, **data: Any) -> Case:
    """A new issue of the sample."""
    given = {"title": "a heap of litter", "category": "litter", **data}
    return engine.start("issue", by="grid-worker", data=given, key=key)


def assigned(engine: duban.Engine, **data: Any) -> Case:
    """A new issue that was assigned to the unit city-management; its rectification deadline runs."""
    case = reported(engine, **data)
    return engine.fire(case.ref, "assign", by="office", data={"unit": "city-management"}).case


def rectified(engine: duban.Engine, case: Case, by: str = "city-handler") -> Outcome:
    """The issue after its handler has done the work."""
    return engine.fire(case.ref, "rectify", by=by, data={"measures": "swept"}, evidence={"photo_after": PHOTO})


def closed(engine: duban.Engine, case: Case) -> Case:
    """An assigned issue, carried to its end."""
    rectified(engine, case)
    engine.fire(case.ref, "verify", by="supervisor")
    return engine.fire(case.ref, "close", by="office").case


def events(engine: duban.Engine, ref: str, by: str = "system") -> list[str]:
    """The events of a case's history, in order."""
    return [row.event for row in engine.history(ref, by=by)]


def last(engine: duban.Engine, ref: str) -> HistoryRow:
    """The latest row of a case."""
    return engine.history(ref, by="system")[-1]


def watch(engine: duban.Engine, case: Case, deadline: str = "rectification") -> Stopwatch:
    """A stopwatch of a case as it is stored."""
    stored = engine.get(case.ref, by="system")
    with engine.store.read() as reader:
        return reader.stopwatches(stored.id)[deadline]


def contents(engine: duban.Engine) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, refusals and settings apart: the same twice when nothing was changed."""
    with engine.store.read() as reader:
        connection = reader._connection  # type: ignore[attr-defined]
        return {
            name: sorted((tuple(row) for row in connection.execute(select(table))), key=repr)
            for name, table in metadata.tables.items()
            if name not in ("duban_refusals", "duban_settings")
        }


def at_once(count: int, work: Callable[[int], T]) -> list[T | duban.DubanError]:
    """What so many threads come to that begin together; an error of duban's is an answer."""
    barrier = Barrier(count)

    def one(number: int) -> T | duban.DubanError:
        barrier.wait()
        try:
            return work(number)
        except duban.DubanError as fault:
            return fault

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))


def process(url: str, work: str, *words: str, pack: Path = SAMPLE) -> "subprocess.Popen[str]":
    """A process of its own that does some ``work`` of ``tests/engine/runtime/worker.py`` on a store."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path])}
    command = [sys.executable, str(Path(__file__).with_name("worker.py")), url, str(pack), work, *words]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def answer(running: "subprocess.Popen[str]") -> Mapping[str, Any]:
    """What a process of ``process`` answers when it has ended well."""
    out, err = running.communicate(timeout=120)
    assert running.returncode == 0, err
    told: Mapping[str, Any] = json.loads(out.splitlines()[-1])
    return told

"""A week as a snapshot tells it, written by hand: 22 units, 40 issues, two charts; and texts that mean harm."""

import json
from collections.abc import Mapping
from typing import Any

from tests.workflows.machines import PACK

from duban.actions.registry import Registry
from duban.engine.definition.pack import load_pack
from duban.engine.guards.cel import CelGuards
from duban.engine.model.pack import Pack

HOSTILE = (
    "=cmd|' /C calc'!A0",
    "+1+1",
    "-2+3",
    '@SUM(1+9)*cmd|"/C calc"!A0',
    "{{ 7*7 }}",
    "{% for x in range(9) %}x{% endfor %}",
    "{_{ 7*7 }_} {_% raw %_} {# gone #}",
    "{{ words.__class__.__mro__ }}",
    '#eval("1+1") #let x = 1 $ x^2 $ *bold* _low_ `raw` <label> @ref \\ [b] ~',
    "<b>bold</b> & <script>alert(1)</script> &amp; &#x41; ]]> <w:p/>",
    "| a | b | [link](https://example.org) ![x](y) # head **bold** <br>",
    "${jndi:ldap://x} %s %d {0} _x000D_ _x0041_",
    "$\\frac{1}{0}$",
    "1. one\n- two\n# three",
    "Weltraumschifffahrtsgesellschaftskapitänsmützenabzeichenfabrikantenverband" * 3,
    "长" * 120,
)
"""Words that some program or other would take for more than words; each has to come out as it went in."""

MARKED = {
    "a\x00b": "a〔U+0000〕b",
    "bell\x07": "bell〔U+0007〕",
    "\x1b[31mred\x1b[0m": "〔U+001B〕[31mred〔U+001B〕[0m",
    "evil\u202efdp.exe": "evil〔U+202E〕fdp.exe",
    "zero\u200bwidth": "zero〔U+200B〕width",
    "half\ud800pair": "half〔U+D800〕pair",
    "no\ufdd0character": "no〔U+FDD0〕character",
}
"""Words with characters that cannot be seen or would turn the direction, and what stands on paper instead."""

UNITS = (
    "党政办 人大办 经发办 民社办 平安办 财政办 规建办 应急办 执法大队 社保所 大溪沟派出所 "
    "上清寺交巡警大队 市场监管所 人和街社区 华福巷社区 双钢路社区 张家花园社区 胜利路社区 "
    "建设路社区 罗家院社区 人民村社区 红球坝社区"
).split()

TITLES = (
    "占道经营", "楼道堆放杂物", "非机动车乱停放", "小广告未清理", "垃圾分类桶外溢", "人行道地砖破损导致积水",
    "农贸市场入口处流动摊贩长期占用盲道且多次劝导后反弹", "绿化带内有白色垃圾",
)  # fmt: skip


def label(zh: str, en: str | None = None) -> dict[str, str]:
    return {"en": en if en is not None else zh, "zh": zh}


def share(numerator: int, denominator: int) -> dict[str, int]:
    return {"numerator": numerator, "denominator": denominator, "n": denominator}


def column(name: str, zh: str, en: str, kind: str) -> dict[str, Any]:
    return {"name": name, "label": label(zh, en), "kind": kind}


def issues(first: int, count: int) -> list[str]:
    return [f"ISS-{number:06d}" for number in range(first, first + count)]


def unit_table() -> dict[str, Any]:
    rows: list[dict[str, Any]] = []
    for index, name in enumerate(UNITS):
        due, closed = (index * 7) % 11, (index * 5) % (((index * 7) % 11) + 1)
        cases, held = issues(10 * index + 1, due), issues(10 * index + 1, closed)
        points = {"numerator": 10_000 * closed // due, "denominator": 100} if due else None
        cells = [label(name, f"Unit {index + 1}"), due, closed, share(closed, due), share(closed // 2, due),
                 {"minutes": 90 + 37 * index if due else None}, points, index + 1 if due else None]  # fmt: skip
        rows.append({"cells": cells, "cases": [[], cases, held, cases, cases, cases, cases, []]})
    columns = [
        column("unit", "单位", "Unit", "label"), column("n", "应销号", "Due", "count"),
        column("closed", "已销号", "Closed", "count"), column("closing_rate", "销号率", "Closing rate", "share"),
        column("on_time", "按期率", "On time", "share"), column("age", "办理用时", "Time taken", "duration"),
        column("score", "得分", "Score", "points"), column("rank", "名次", "Rank", "rank"),
    ]  # fmt: skip
    note = label(
        "得分相同者名次并列；无应销号事项的单位不排名。", "Equal scores share a rank; who had none due has none."
    )
    return {
        "name": "units",
        "label": label("表1  各单位整改情况", "Table 1  Units"),
        "columns": columns,
        "rows": rows,
        "notes": [note],
    }


def item_table(titles: tuple[str, ...]) -> dict[str, Any]:
    rows = []
    for index in range(40):
        ref, title = f"ISS-{index + 1:06d}", titles[index % len(titles)]
        unit, state = UNITS[index % 22], label("整改中", "Accepted") if index % 3 else label("待核查", "Rectified")
        cells = [
            ref,
            title,
            label(unit, f"Unit {index % 22 + 1}"),
            state,
            f"2020-12-{index % 28 + 1:02d}",
            None if index % 5 else "2020-12-11T10:00:00+00:00",
        ]
        rows.append({"cells": cells, "cases": [[ref]] * len(cells)})
    columns = [
        column("ref", "编号", "Ref", "ref"), column("title", "问题", "Issue", "text"),
        column("unit", "责任单位", "Unit", "label"), column("state", "状态", "State", "label"),
        column("found", "发现日期", "Found", "date"), column("due_at", "整改时限", "Due", "instant"),
    ]  # fmt: skip
    return {
        "name": "items",
        "label": label("表2  突出问题清单", "Table 2  Issues"),
        "columns": columns,
        "rows": rows,
        "notes": [],
    }


def figure(name: str, zh: str, en: str, version: int, numerator: int, denominator: int) -> dict[str, Any]:
    formula = label("已销号件数 ÷（到期应销号件数 − 挂账件数）", "closed / (due to close − suspended)")
    return {
        "name": name, "version": version, "label": label(zh, en), "formula": formula, "measure": "share",
        "unit": "share", "better": "higher", "n": denominator, "numerator": numerator, "denominator": denominator,
        "value": None, "cases": issues(1, denominator), "holding": issues(1, numerator),
    }  # fmt: skip


def snapshot(titles: tuple[str, ...] = TITLES, **changed: Any) -> dict[str, Any]:
    """The snapshot as a mapping."""
    weeks = [label(f"第{week}周", f"W{week}") for week in range(43, 51)]
    points: list[Any] = [share(9 + 3 * week, 40) for week in range(1, 9)]
    late: list[Any] = [share(7 + (week * week) % 13, 40) for week in range(1, 9)]
    points[2] = None
    bars = [row["cells"][3] for row in unit_table()["rows"]]
    told = {
        "format": "duban-snapshot/1", "compilation": "bulletin", "version": 1, "pack": "civility",
        "case": "BUL-000003", "edition": 1, "as_of": "2020-12-13T10:00:00+00:00",
        "period": {"kind": "week", "name": "2020-W50", "start": "2020-12-06T16:00:00+00:00",
                   "end": "2020-12-13T16:00:00+00:00", "zone": "Asia/Shanghai"},
        "figures": [
            figure("closing_rate", "销号率", "closing rate", 2, 31, 40),
            figure("on_time_rate", "按期销号率", "on-time closing rate", 1, 22, 40),
            figure("rework_rate", "退回整改率", "rework rate", 1, 0, 0),
        ],
        "tables": [unit_table(), item_table(titles)],
        "charts": [
            {"name": "by_unit", "label": label("图1  各单位销号率", "Figure 1  Closing rate by unit"), "kind": "bar",
             "x": [label(name, f"Unit {index + 1}") for index, name in enumerate(UNITS)],
             "series": [{"label": label("销号率", "Closing rate"), "unit": "share", "points": bars}]},
            {"name": "trend", "label": label("图2  近八周销号率", "Figure 2  Eight weeks"), "kind": "line", "x": weeks,
             "series": [{"label": label("销号率", "Closing rate"), "unit": "share", "points": points},
                        {"label": label("按期销号率", "On time"), "unit": "share", "points": late}]},
        ],
        "corrects": None,
    }  # fmt: skip
    return {**told, **changed}


def content(told: Mapping[str, Any]) -> bytes:
    """The bytes that are kept as evidence: canonical JSON."""
    return (json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=True) + "\n").encode()


def civility() -> Pack:
    """The pack."""
    return load_pack(PACK, CelGuards(), Registry())

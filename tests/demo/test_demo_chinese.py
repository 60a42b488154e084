"""The demonstration in Chinese, as an operator calls it; and the commands that it shows at the end, pasted."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from duban.demo.columns import WIDTH, width

SOURCE = Path(__file__).resolve().parents[2] / "src"


def call(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    known = {
        name: value for name, value in os.environ.items() if not name.startswith("DUBAN_") or name == "DUBAN_CACHE"
    }
    environment = {**known, "PYTHONPATH": str(SOURCE), "XDG_STATE_HOME": str(folder / "state"), "PYTHONUTF8": "1"}
    command = [sys.executable, "-m", "duban", *words]
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, encoding="utf-8", check=False
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="module")
def page(folder: Path) -> str:
    done = call(folder, "demo", "--lang", "zh")
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_page_reads_in_chinese_and_fits_eighty_columns(page: str) -> None:
    assert [line for line in page.splitlines() if width(line) > WIDTH] == []
    assert "下达任务 81 项" in page
    assert "读取诉求 282 条，导入 282 条" in page
    assert "洛杉矶市 MyLA311 服务诉求数据" in page
    assert "目前处于：全面迎检阶段" in page
    assert "在办超期问题：37 件" in page
    assert "历史记录全部完整" in page
    for words in ("日查", "周报", "每周通报", "督办单", "延期申请获批", "退件申请获批", "并案：", "劝导见效"):
        assert words in page.partition("六、")[2].partition("七、")[0]
    climbed, referral = (page.partition(f"{one}、")[2] for one in "七八")
    assert "升至 4 级" in climbed
    assert "退回重新回复" in climbed
    assert "认可 → 已认可" in climbed
    assert "仅纪工委、督查组组长和党工委负责人可见" in referral
    assert "办公室以任何方式均查不到" in referral
    assert "提请人不得自行审批" in referral
    assert "派遣时自动关联" in page.partition("九、")[2].replace("\n  ", "")


def test_every_command_that_is_shown_works_when_it_is_pasted(page: str, folder: Path) -> None:
    shown = re.sub(r" \\\n *", " ", page.partition("十二、")[2])
    commands = [line.split("duban ", 1)[1] for line in shown.splitlines() if line.startswith("  duban ")]

    assert len(commands) == 3
    for command in commands:
        done = call(folder, *shlex.split(command))
        assert done.returncode == 0, (command, done.stderr)
        assert "ISS-" in done.stdout or "event" in done.stdout, command


def test_a_store_that_is_not_a_demonstration_is_never_replaced(page: str, folder: Path) -> None:
    (folder / "mine").mkdir()
    (folder / "mine" / "street.db").write_text("mine")

    done = call(folder, "demo", "--folder", "mine")

    assert page
    assert done.returncode == 2
    assert (folder / "mine" / "street.db").read_text() == "mine"

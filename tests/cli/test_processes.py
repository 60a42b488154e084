"""Real processes: terminals, pipes, signals."""

import json
import os
import pty
import signal
import struct
import subprocess
import sys
import termios
from fcntl import ioctl

import pytest


def in_terminal(street, *words: str, columns: int = 80) -> tuple[int, str]:
    """What a person in a terminal sees, and the exit code."""
    ours, theirs = pty.openpty()
    ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
    environment = street.environment(TERM="xterm", NO_COLOR="1")
    environment.pop("COLUMNS")
    process = subprocess.Popen(
        [sys.executable, "-m", "duban", *words], env=environment, cwd=street.folder, stdout=theirs, stderr=theirs,
        stdin=subprocess.DEVNULL,
    )  # fmt: skip
    os.close(theirs)
    seen = b""
    while True:
        try:
            chunk = os.read(ours, 65_536)
        except OSError:  # Linux ends a terminal whose last writer has left with an error
            break
        if not chunk:
            break
        seen += chunk
    os.close(ours)
    return process.wait(), seen.decode()


def test_a_terminal_gets_a_table_and_a_pipe_gets_tabs(street) -> None:
    street.reports("纸箱堆放在楼道，已经三天没有人来清理，请尽快安排人员处理")

    code, table = in_terminal(street, "list", "--as", "office", "--lang", "zh")
    piped = street.runs("list", "--as", "office", "--lang", "zh").out

    assert code == 0
    assert "─" in table
    assert "已上报" in table
    assert "\t" not in table
    assert "─" not in piped
    assert piped.splitlines()[0].startswith("ref\t")


def test_a_bar_in_a_terminal_leaves_the_answer_readable(street) -> None:
    street.reports()

    code, seen = in_terminal(street, "verify")

    assert code == 0
    assert "Everything holds. Cases checked: 1." in seen


def test_a_reader_that_leaves_early_is_no_error(street) -> None:
    read, write = os.pipe()
    os.close(read)
    with os.fdopen(write, "w") as closed:
        done = subprocess.run(
            [sys.executable, "-m", "duban", "workflow", "show", "issue"], env=street.environment(), stdout=closed,
            stderr=subprocess.PIPE, text=True, check=False,
        )  # fmt: skip

    assert (done.returncode, done.stderr) == (0, "")


def test_an_answer_that_finds_no_room_is_told_as_that(street) -> None:
    with open("/dev/full", "w", encoding="utf-8") as full:
        done = subprocess.run(
            [sys.executable, "-m", "duban", "workflow", "show", "issue"], env=street.environment(), stdout=full,
            stderr=subprocess.PIPE, text=True, check=False,
        )  # fmt: skip

    assert done.returncode == 1
    assert "could not be written" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_closed_output_is_no_fault(street) -> None:
    command = f"{sys.executable} -m duban workflow list >&-"
    done = subprocess.run(command, shell=True, env=street.environment(), stderr=subprocess.PIPE, text=True, check=False)

    assert (done.returncode, done.stderr) == (0, "")


def test_the_scheduler_works_until_it_is_told_to_stop(street) -> None:
    street.assigns(street.reports())  # three days of 2020: long overdue for the clock of a real process
    process = subprocess.Popen(
        [sys.executable, "-m", "duban", "scheduler", "--every", "1", "--json"], env=street.environment(),
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stderr is not None
    events = []
    for line in process.stderr:
        events.append(json.loads(line)["event"])
        if events[-1] == "scheduler.tick":
            process.send_signal(signal.SIGTERM)
            break
    out, err = process.communicate(timeout=20)

    assert process.returncode == 0
    assert events[0] == "scheduler.started"
    assert "step.climbed" in events
    assert json.loads(err.splitlines()[-1])["event"] == "scheduler.stopped"
    assert json.loads(out)["climbed"] == 4
    assert json.loads(out)["delivered"] >= 1


def test_a_scheduler_without_a_store_says_so_at_once(bare) -> None:
    said = bare.runs("scheduler")

    assert said.code == 2
    assert "duban init" in said.err


def test_ctrl_c_is_quiet(street) -> None:
    kill = "lambda *_a, **_k: os.kill(os.getpid(), signal.SIGINT)"
    program = f"import os, signal, duban.cli.stats as s; s.command.callback = {kill}"
    code = f"{program}; from duban.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", code, "stats"], env=street.environment(), capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")


@pytest.mark.asvs("1.7.1")
def test_the_log_speaks_json_to_a_pipe_and_only_when_asked(street) -> None:
    silent = street.runs("sweep")
    street.assigns(street.reports())
    asked = street.runs("sweep", "-v")

    assert silent.err == ""
    assert {json.loads(line)["event"] for line in asked.err.splitlines()} == {"step.climbed"}


def test_a_terminal_that_lacks_chinese_gets_question_marks_and_no_error(street) -> None:
    said = street.runs("workflow", "list", "--help", "--lang", "zh", PYTHONIOENCODING="ascii")
    document = street.runs("workflow", "list", "--lang", "zh", "--json", PYTHONIOENCODING="ascii").document

    assert said.code == 0
    assert "?" in said.out
    assert document[0]["label"] == "问题"

"""The process in which hostile cases run: its memory and time are bound, and each outcome is told as a line of JSON."""

import contextlib
import importlib
import json
import resource
import sys
import time
from typing import Any

from tests.hostile.watched import watching

from duban.engine.errors import DubanError
from duban.engine.ports.guards import GuardFault


def main(work: str, memory: int, seconds: int) -> None:
    """Do every case of standard input."""
    module: Any = importlib.import_module(f"tests.hostile.work_{work}")
    out, cases = sys.stdout, json.load(sys.stdin)
    sys.stdout = sys.stderr  # nothing that a case prints is taken for an outcome
    module.warm()
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    for case in cases:
        prepared = module.prepare(case)
        began, size = time.process_time(), _size()
        told: dict[str, Any] = {"kind": "accepted", "error": "", "message": "", "data": {}}
        with watching(*prepared.folders, writable=prepared.writable, but=prepared.but) as watch:
            try:
                told["data"] = module.do(prepared) or {}
            except (DubanError, GuardFault) as fault:
                told |= {"kind": "refused", "error": type(fault).__name__, "message": _message(fault)}
                told["data"] = module.facts(fault)
            except BaseException as fault:  # whatever else escapes is what the test is about
                told |= {"kind": "untyped", "error": type(fault).__name__, "message": str(fault)[:500]}
        told |= {"name": case["name"], "seen": watch.seen}
        told |= {"seconds": round(time.process_time() - began, 3), "grown": (_size() - size) // 1024}
        with contextlib.suppress(AttributeError):
            module.clean(prepared)
        print(json.dumps(told), file=out, flush=True)


def _message(fault: DubanError | GuardFault) -> str:
    if isinstance(fault, GuardFault):
        return f"{fault.what.en} / {fault.what.zh}"
    return f"{fault.message('en')} / {fault.message('zh')}"[:200_000]


def _size() -> int:
    """The most kibibytes that the process has had so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))

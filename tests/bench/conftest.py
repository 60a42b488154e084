"""Makes the folder ``bench`` importable for its tests, and nothing else beside it."""

import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

BENCH = Path(__file__).resolve().parents[2] / "bench"

if "bench" not in sys.modules:
    spec = spec_from_file_location("bench", BENCH / "__init__.py", submodule_search_locations=[str(BENCH)])
    assert spec is not None
    assert spec.loader is not None
    sys.modules["bench"] = module_from_spec(spec)
    spec.loader.exec_module(sys.modules["bench"])

"""What the coverage-guided fuzzer begins with keeps the loader's promises; the fuzzer itself is ``make fuzz``."""

from pathlib import Path

from tests.fuzz.loader import FILES, Loading, corpus


def test_every_file_that_a_fuzzer_begins_with_is_taken_twice_the_same(tmp_path: Path) -> None:
    loading, seeds = Loading(tmp_path), list(corpus())
    for seed in seeds:
        loading(seed)
        loading(seed[:1] + seed[1 : len(seed) // 2])
    assert {seed[0] for seed in seeds} == set(range(len(FILES) + 3))

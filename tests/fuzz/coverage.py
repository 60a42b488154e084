"""Throws bytes at the loader, guided by which lines they reach (atheris): ``make fuzz`` runs it.

Arguments are those of libFuzzer. An input that breaks a promise is written to the folder of ``-artifact_prefix``.
"""

import random
import re
import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["duban.engine.definition", "duban.engine.guards", "duban.engine.deadlines"]):
    from tests.fuzz.loader import FILES, PACKS, Loading, corpus


WORDS = sorted({word for name in FILES for word in re.findall(r"[a-z_]{3,}", (PACKS / name).read_text("utf-8"))})
HARM = (
    "null", "~", "true", "-1", "0", "999999999999999", "1.5", "''", "[]", "{}", "[[[[]]]]", "{a: {b: {c: 1}}}", "&a x",
    "*a", "!!python/name:os.system", "<<", "../../etc/passwd", "9999 working days", "due + 1 working day", "100%",
    "24:00", "catalogue.sites", "any", "scheduler", "system", "{by: kind, else: 1}", "{cel: 'now'}", "\u202e", "问题",
)  # fmt: skip


def mutated(data: bytes, most: int, seed: int) -> bytes:
    """Half of the time a change that leaves YAML what it is: a line moved or doubled, a word or a value exchanged."""
    chance = random.Random(seed)
    if len(data) < 8 or chance.random() < 0.4:
        return bytes(atheris.Mutate(data, most))
    lines = data[1:].decode("utf-8", "surrogateescape").split("\n")
    for _ in range(chance.randint(1, 3)):
        at = chance.randrange(len(lines))
        how = chance.randrange(5)
        if how == 0:
            lines.insert(at, chance.choice(lines))
        elif how == 1 and len(lines) > 1:
            del lines[at]
        else:
            found = list(re.finditer(r"[^\s,:{}\[\]]+", lines[at]))
            if found:
                one = chance.choice(found)
                put = chance.choice(WORDS if how < 4 else HARM)
                lines[at] = lines[at][: one.start()] + put + lines[at][one.end() :]
    return (data[:1] + "\n".join(lines).encode("utf-8", "surrogateescape"))[:most]


def main() -> None:
    """Fuzz until libFuzzer has had enough."""
    folder = Path(tempfile.mkdtemp(prefix="fuzz-"))
    seeds = folder / "corpus"
    seeds.mkdir()
    for number, seed in enumerate(corpus()):
        (seeds / f"{number}").write_bytes(seed)
    (folder / "words").write_text("".join(f'"{word}"\n' for word in [*WORDS, "&a ", "*a ", "!!", "<<: ", "- ", ": "]))
    loading = Loading(folder / "packs")
    # Whole files from the beginning, not a few bytes of them.
    bounds = ["-keep_seed=1", "-len_control=0", "-max_len=32768", "-timeout=30", "-rss_limit_mb=1500"]
    given = [*sys.argv, *bounds, f"-dict={folder / 'words'}", str(seeds)]
    atheris.Setup(given, loading, custom_mutator=mutated)
    atheris.Fuzz()


if __name__ == "__main__":
    main()

"""Long runs beside the suite: `python tests/intake/fuzz_intake.py --seconds 600 --seed 1`.

Takes turns: a messy extract against the recount; files with bytes flipped, put in or cut out,
after which an intake either refuses in one sentence and replaces nothing, or gives accounts that
close over as many rows as the text has lines; and, now and then, runs that are killed.
"""

import argparse
import json
import re
import sys
import time
import traceback
import warnings
from collections import Counter
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parents[1] / "samples"))

from test_delivery import contents, kill_at_random
from test_take import FORMS, check_against_recount

from closurerate.errors import InputError
from closurerate.intake.take import taking
from extract_samples import PLACES, TEXT_FORMS, Extract, plan_of, random_extract

_EVERY = 500
"""Among how many cases one kills runs."""


def mutated(random: Random, content: bytes) -> bytes:
    """Return bytes with a few things done to them."""
    made = bytearray(content)
    for _ in range(random.choice((1, 1, 2, 5, 20))):
        at = random.randrange(len(made) + 1)
        kind = random.choice(("flip", "insert", "delete", "truncate", "double", "mark"))
        if kind == "flip" and at < len(made):
            made[at] = random.randrange(256)
        elif kind == "insert":
            made[at:at] = random.randbytes(random.randint(1, 4))
        elif kind == "delete":
            del made[at : at + random.randint(1, 40)]
        elif kind == "truncate" and random.random() < 0.3:
            del made[at:]
        elif kind == "double":
            made[at:at] = made[at : at + random.randint(1, 200)]
        elif kind == "mark":
            made[at:at] = random.choice((b'"', b"\r", b"\n", b"\0", b"\xff", b",", b"\xef\xbb\xbf"))
    return bytes(made)


def check_mutated(random: Random, folder: Path) -> str:
    """Take in an extract of which one file is mutated; return what came of it."""
    extract = random_extract(random, random.randint(1, 40), random.randint(1, 2))
    plan = plan_of(extract, folder / "raw", random)
    out = folder / "out"
    out.mkdir()
    (out / "cases.parquet").write_text("earlier")
    path = folder / "raw" / random.choice(extract.files).name
    path.write_bytes(mutated(random, path.read_bytes()))
    try:
        with taking(plan, out):
            pass
    except InputError as error:
        said = str(error)
        assert said.strip(), "an empty sentence"
        assert "\n" not in said, said
        assert contents(out) == {"cases.parquet": b"earlier"}
        return "refused"
    told = json.loads((out / "intake.json").read_text(encoding="utf-8"))
    for file in told["files"]:
        assert file["rows"] == sum(file[place] for place in PLACES)
    _check_lines(extract, path, told)
    return "taken"


def _check_lines(extract: Extract, path: Path, told: dict) -> None:
    """Hold the rows of a plain text without quotes against its lines that are not blank."""
    content = path.read_bytes()
    form = next(file.form for file in extract.files if file.name == path.name)
    if form not in TEXT_FORMS:
        return
    table = next(table for table in told["tables"] if table["file"] == path.name)
    if "utf-16" in table["encoding"] or b'"' in content:
        return
    text = content.decode(table["encoding"], errors="replace").removeprefix("\ufeff")
    ends = r"\r\n|\r|\n" if "\n" in text else r"\r"
    lines = [line.replace(table["delimiter"], "") for line in re.split(ends, text)]
    expected = sum(bool(line.strip()) for line in lines) - table["header_row"]
    assert table["rows"] == expected, (table["rows"], expected, path.name)


def one(random: Random, folder: Path, number: int) -> str:
    """Run one case and return what kind it was."""
    if number % _EVERY == _EVERY - 1:
        return f"killed {kill_at_random(folder, 200_000, 6, number)} of 6"
    if number % 2:
        return f"mutated, {check_mutated(random, folder)}"
    extract = random_extract(
        random, random.randint(1, 60), random.randint(1, 3), random.choice(FORMS)
    )
    truth = check_against_recount(extract, folder, random)
    return "recounted, refused" if truth.is_refused else "recounted, taken"


def main() -> int:
    """Run until the time is up; each fault is told with its seed and number."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", type=int, help="number of the one case to run")
    options = parser.parse_args()
    warnings.simplefilter("error")
    end = time.monotonic() + options.seconds
    kinds: Counter[str] = Counter()
    number = -1 if options.only is None else options.only - 1
    while time.monotonic() < end and (options.only is None or number < options.only):
        number += 1
        with TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            try:
                kinds[one(Random(f"{options.seed} {number}"), Path(folder), number)] += 1
            except Exception:  # noqa: BLE001
                kinds["FAULT"] += 1
                sys.stdout.write(
                    f"--seed {options.seed} --only {number}\n{traceback.format_exc()}\n"
                )
                sys.stdout.flush()
    sys.stdout.write("".join(f"{count:8,} {kind}\n" for kind, count in sorted(kinds.items())))
    return 1 if kinds["FAULT"] else 0


if __name__ == "__main__":
    sys.exit(main())

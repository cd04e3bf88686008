"""Small extracts taken in by the command: the interval is that of every treatment, tried out.

The trial knows nothing of the list of doubts. It takes the rows as written, leaves out corrections
in every choice, and for each tries what the rows that are in doubt then may be.
"""

import csv
import datetime as dt
import json
from itertools import combinations
from pathlib import Path
from random import Random

import pytest
from test_doubts import AFTER, BEFORE, FIRST, OFFICIAL, WITHIN, YEAR, adds, as_warned, tried

from closurerate.cli import main
from closurerate.intake.plan import SourceOfRows, plan, share_option
from closurerate.intake.take import taking
from closurerate.kpi.counts import count_cases
from closurerate.kpi.evaluate import evaluate_groups
from closurerate.kpi.value import evaluate_formula
from closurerate.records.paths import data_folder
from closurerate.study.doubts.doubts import doubt_interval

HEADINGS = {
    "case_id": "執行案號", "branch": "分署", "category": "案件種類", "referred_on": "收案日期",
    "closed_on": "終結日期", "disposition": "終結情形", "referred_amount_twd": "移送金額",
    "paid_amount_twd": "清償金額", "reopened_on": "重啟日期",
    "collected_in_year_twd": "當年徵起金額", "referring_agency": "移送機關",
}  # fmt: skip
READ = {
    "branch": {"臺北": "臺北"},
    "category": {"罰鍰": "罰鍰"},
    "referred_on": {"106/05/05": BEFORE, "107/01/01": FIRST, "108/07/07": AFTER},
    "closed_on": {"106/05/05": BEFORE, "107/06/06": WITHIN, "108/07/07": AFTER},
    "disposition": {
        word: word for word in ("paid_in_full", "part_returned", "unpaid_returned", "other")
    },
    "referred_amount_twd": {"1000": 1000, "499": 499, "0": 0},
    "paid_amount_twd": {"0": 0, "500": 500, "501": 501, "2000": 2000, "-5": -5},
    "reopened_on": {"107/01/01": FIRST, "107/12/31": dt.date(2018, 12, 31)},
    "collected_in_year_twd": {"0": 0, "501": 501, "-5": -5},
    "referring_agency": {"甲": "甲", "乙": "乙"},
}
"""What each text means; any other cannot be read."""
BAD = {
    "branch": "不明", "category": "不明", "referred_on": "107/13/45", "closed_on": "107/O6/06",
    "disposition": "不明", "referred_amount_twd": "x", "paid_amount_twd": "y",
    "reopened_on": "107/13/45", "collected_in_year_twd": "z",
}  # fmt: skip
OPTIONAL = ("closed_on", "disposition", "reopened_on", "collected_in_year_twd", "referring_agency")
NOTHING = (0, 0, 0, 0)
SOUND = {
    "branch": "臺北", "category": "罰鍰", "referred_on": "107/01/01",
    "referred_amount_twd": "1000", "paid_amount_twd": "0",
}  # fmt: skip
ADDED = (0, 0, 2, 2)
"""What the sound cases of the two files add to E, C, P and new."""


IN_ORDER = (
    ("referred_on", "closed_on"), ("referred_on", "reopened_on"), ("reopened_on", "closed_on"),
    ("collected_in_year_twd", "paid_amount_twd"),
)  # fmt: skip


def read(texts):
    """Return a row's values, and the columns that are at fault."""
    values = {name: READ[name].get(texts[name]) for name in READ}
    unread = {name for name in READ if texts[name] and texts[name] not in READ[name]}
    wrong = unread | {name for name in READ if not texts[name] and name not in OPTIONAL}
    if values["referred_amount_twd"] == 0:
        wrong.add("referred_amount_twd")
    wrong |= {name for name in IN_ORDER[-1] if (values[name] or 0) < 0}
    closing = {"closed_on", "disposition"}
    if not closing & unread and (values["closed_on"] is None) != (values["disposition"] is None):
        wrong |= closing
    for names in IN_ORDER:
        low, high = (values[name] for name in names)
        if low is not None and high is not None and low > high:
            wrong |= {*names}
    return values, wrong


def may_be(texts, is_conflict):
    """Return what a row adds in the headline, and all that it may add."""
    values, wrong = read(texts)
    if wrong or is_conflict:
        row = values | {f"is_free_{name}": name in wrong for name in READ}
        return NOTHING, tried(row, OFFICIAL.rule) | {NOTHING}
    stands = adds(values, OFFICIAL.rule)
    each = (as_warned(values | {"code": code}, OFFICIAL.rule) for code in warned(values))
    return stands, {stands}.union(*each)


def warned(values):
    owed, paid, word = (
        values[name] for name in ("referred_amount_twd", "paid_amount_twd", "disposition")
    )
    word = word or ""
    return [
        code
        for code, holds in {
            "paid_in_full_short": word == "paid_in_full" and paid < owed,
            "paid_over_referred": word != "paid_in_full" and paid > owed,
            "part_with_nothing_paid": word.startswith("part_") and paid == 0,
            "unpaid_with_something_paid": word.startswith("unpaid_") and paid > 0,
        }.items()
        if holds
    ]


def case_options(rows, corrections, merge):
    """Return the headline and the options of one case, whose rows are (file, texts)."""
    newest = max(file for file, _ in rows) if merge == "snapshots" else None
    standing = [texts for file, texts in rows if newest in (None, file)]
    headline, options = None, set()
    for number in range(len(corrections) + 1):
        for left_out in combinations(corrections, number):
            kept = [item for item in corrections if item not in left_out]
            fixed = [corrected(texts, kept) for texts in standing]
            each = [may_be(texts, len(unique(fixed)) > 1) for texts in unique(fixed)]
            headline = headline or each[0][0]
            options = options.union(*(found for _, found in each))
    return headline, options


def corrected(texts, corrections):
    fixes = {name: to for name, was, to in corrections if texts[name] == was}
    return texts | fixes


def unique(rows):
    return [row for place, row in enumerate(rows) if row not in rows[:place]]


def drawn(random, case):
    """Return a case's rows and its corrections (column, from, to)."""
    sound = random.choice([True, False])
    texts = {name: random.choice(list(READ[name])) for name in READ}
    texts |= {"referred_on": "106/05/05", "closed_on": "107/06/06", "reopened_on": ""}
    texts |= {"referred_amount_twd": "1000", "collected_in_year_twd": ""}
    texts |= {"paid_amount_twd": random.choice(["0", "500", "501", "2000"])}
    for name in random.sample(list(READ), 0 if sound else random.choice([1, 1, 2, 3])):
        empty = [""] * 3 if name in OPTIONAL else []
        texts[name] = random.choice([*READ[name], *empty, *[BAD.get(name, "甲")] * 3])
    rows = [(0, texts)]
    if random.random() < 0.5:
        again = dict(texts)
        for name in random.sample(list(READ), random.choice([0, 1, 1, 2])):
            again[name] = random.choice(list(READ[name]))
        rows.append((random.choice([0, 1]), again))
    corrections = {}
    for _ in range(random.choice([0, 0, 1, 1, 2, 3])):
        name, was = random.choice(list(READ)), random.choice(rows)[1]
        to = random.choice([word for word in READ[name] if word not in ("0", "-5")])
        if to != was[name]:
            corrections[name] = (name, was[name], to)
    return [(file, {"case_id": case, **row}) for file, row in rows], list(corrections.values())


def taken_in(folder: Path, cases, merge) -> Path:
    """Write the extract, take it in by the command, and return the folder of the result."""
    out = folder / "out"
    words = ["--year", str(YEAR), "--merge", merge, "--max-rejects", "1", "--out", str(out)]
    files, fixes = written(folder, cases)
    assert main(["intake", *map(str, files), *words, "--corrections", str(fixes)]) == 0
    return out


def taken_in_unreported(folder: Path, cases, merge) -> Path:
    """Do the same without the command and its reports, which is sooner done."""
    files, fixes = written(folder, cases)
    sources = tuple(map(SourceOfRows, files))
    planned = plan(
        YEAR, sources, data_folder(), merge=merge, max_rejects=share_option("1", "test"),
        corrections=fixes,
    )  # fmt: skip
    with taking(planned, folder / "out"):
        pass
    return folder / "out"


def written(folder, cases):
    """Write two files of an extract and the corrections; return where."""
    files = [folder / "0.csv", folder / "1.csv"]
    for number, path in enumerate(files):
        own = [texts for rows, _ in cases for file, texts in rows if file == number]
        own.append(SOUND | {"case_id": f"sound {number}"})
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, HEADINGS)
            writer.writerow(HEADINGS)
            writer.writerows(own)
    entries = [
        f"  - {{case: {rows[0][1]['case_id']}, column: {name}, from: {quoted(was)},"
        f" to: {quoted(to)}, reason: checked, decided_by: the branch, date: 2019-01-02}}\n"
        for rows, corrections in cases
        for name, was, to in corrections
    ]
    fixes = folder / "fixes.yml"
    text = "".join(["corrections:\n", *entries]) if entries else "corrections: []\n"
    fixes.write_text(text, encoding="utf-8")
    return files, fixes


def quoted(text):
    return json.dumps(text, ensure_ascii=False) if text else "null"


def totals(each):
    """Return all that the cases may add up to."""
    found = {ADDED}
    for options in each:
        found = {
            tuple(map(sum, zip(total, option, strict=True)))
            for total in found
            for option in options
        }
    return found


def kpi(total):
    counts = dict(zip(("E", "C", "P", "new"), total, strict=True))
    return evaluate_formula(OFFICIAL.formula, OFFICIAL.indicators, counts).value


def check_interval(out, cases, merge):
    """Hold the interval of an extract against the trial of every treatment."""
    each = [case_options(rows, corrections, merge) for rows, corrections in cases]
    counted = count_cases(out / "cases.parquet", YEAR, OFFICIAL.rule)
    counts = evaluate_groups(OFFICIAL, counted)[-1].counts
    found = doubt_interval(out / "doubts.parquet", counts, OFFICIAL, YEAR)
    headline = tuple(map(sum, zip(ADDED, *(stands for stands, _ in each), strict=True)))
    reached = totals([options for _, options in each])
    for place, span in enumerate((found.effective, found.closed, found.pending)):
        counts = [total[place] for total in reached]
        assert span == (min(counts), headline[place], max(counts))
    values = [kpi(total) for total in reached]
    assert found.kpi == (min(values), kpi(headline), max(values))
    assert found.is_exact


def case_of(*rows, corrections=()):
    """Return a case for a trial: rows of file 0 that differ from a sound closed one."""
    texts = dict.fromkeys(READ, "") | SOUND | {"case_id": "X"}
    texts |= {"closed_on": "107/06/06", "disposition": "part_returned", "paid_amount_twd": "500"}
    return [(file, texts | row) for file, row in rows], list(corrections)


@pytest.mark.parametrize(
    ("merge", "case"),
    [
        ("parts", case_of((0, {"closed_on": BAD["closed_on"], "disposition": ""}))),
        ("parts", case_of((0, {"closed_on": "", "disposition": BAD["disposition"]}))),
        ("parts", case_of((0, {"paid_amount_twd": "0"}))),
        (
            "snapshots",  # corrected in the old snapshot only, which stands for nothing
            case_of(
                (0, {}), (1, {"paid_amount_twd": "501"}),
                corrections=[("paid_amount_twd", "500", "501")],
            ),
        ),
        (
            "parts",  # without the correction the two are at odds, and none is counted
            case_of(
                (0, {}), (0, {"paid_amount_twd": "501"}),
                corrections=[("paid_amount_twd", "501", "500")],
            ),
        ),
        (
            "parts",
            case_of(
                (0, {"referring_agency": "甲"}), (0, {"referring_agency": "乙"}),
                corrections=[("referring_agency", "乙", "甲")],
            ),
        ),
        (
            "parts",  # without the correction it is rejected, for a column that counts nothing
            case_of(
                (0, {"collected_in_year_twd": "z"}),
                corrections=[("collected_in_year_twd", "z", "0")],
            ),
        ),
        (
            "parts",  # with both out of the year, without the first one closed in it as paid up
            case_of(
                (0, {}),
                corrections=[
                    ("closed_on", "107/06/06", "106/05/05"),
                    ("disposition", "part_returned", "paid_in_full"),
                ],
            ),
        ),
        (
            "parts",  # without the correction it is a warning that is a doubt
            case_of(
                (0, {"disposition": "unpaid_returned", "paid_amount_twd": "501"}),
                corrections=[("paid_amount_twd", "501", "0")],
            ),
        ),
    ],
)  # fmt: skip
def test_the_interval_of_one_case(tmp_path, merge, case):
    rows, corrections = case
    rows = [(file, texts | {"referred_on": "106/05/05"}) for file, texts in rows]
    cases = [(rows, corrections)]
    check_interval(taken_in_unreported(tmp_path, cases, merge), cases, merge)


@pytest.mark.parametrize("seed", range(2))
def test_the_interval_of_random_cases(tmp_path, seed):
    random = Random(seed)
    cases = [drawn(random, f"A{number}") for number in range(8)]
    merge = random.choice(["parts", "snapshots"])
    check_interval(taken_in(tmp_path, cases, merge), cases, merge)

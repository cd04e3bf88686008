"""Scenarios as a file: decimals exact, rows in order, one sentence for a bad cell."""

import csv
from fractions import Fraction

import numpy as np
import pytest

from closurerate.errors import InputError
from closurerate.study.thresholds.parameters import threshold_names
from closurerate.study.thresholds.scenario_file import read_scenarios, write_scenarios
from engine_samples import SOME, index_of, recount
from kpi_samples import version_of

VERSION = version_of()
HEADER = "ratio_ordinary,ratio_special,ratio_major,boundary_special_twd,boundary_major_twd"
ROWS = [(0, 100, 50), (0, 100, 51), (1, 300_000, 180_000), (2, 2_000_000, 1_500_001)]


@pytest.fixture
def file(tmp_path):
    def write(text, encoding="utf-8"):
        path = tmp_path / "in.csv"
        path.write_bytes(text.encode(encoding))
        return path

    return write


def read_rows(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "the column ratio_ordinary is missing"),
        (
            HEADER.replace("special,", "specail,", 1),
            r"ratio_special is missing: needed are .* and the file has .*specail",
        ),
        (f"{HEADER},ratio_major", "the column ratio_major stands more than once"),
        (f"{HEADER},value", "the column value is one that the result adds"),
        (f"{HEADER}\n0.5,0.6,0.75,200000", "scenario 1 has 4 cells: must have 5"),
        (f"{HEADER}\n.5,.6,.7,1,2\n0.5,x,0.75,1,2", r"scenario 2: ratio_special: must be a decim"),
        (
            f"{HEADER}\n0.5,-0.6,0.75,1,2",
            r"must be a decimal of 0 or more.* found '-",
        ),
        (f"{HEADER}\n0.5,1e-3,0.75,1,2", r"found '1e-3'"),
        (f"{HEADER}\n0.5,,0.75,1,2", r"found ''"),
        (f"{HEADER}\n0.5,.,0.75,1,2", r"found '\.'"),
        (f"{HEADER}\n0.5,0.6,0.75,1.5,2", r"boundary_special_twd: must be whole NTD .* '1.5'"),
        (f"{HEADER}\n0.5,0.6,0.75,3,2", r"scenario 1: a boundary passes that of the next tier"),
        (f'{HEADER}\n"0.5', "is no CSV file in UTF-8"),
    ],
)
def test_a_bad_file_is_one_sentence(file, text, said):
    path = file(text)
    with pytest.raises(InputError, match=said) as error:
        read_scenarios(path, VERSION.rule)
    assert str(error.value).count(str(path)) == 1


def test_no_file_and_no_text_are_refused(tmp_path, file):
    with pytest.raises(InputError, match="there is no such file"):
        read_scenarios(tmp_path / "none.csv", VERSION.rule)
    with pytest.raises(InputError, match="is no CSV file in UTF-8"):
        read_scenarios(file(HEADER + "\n全", "cp950"), VERSION.rule)


def test_decimals_are_as_written_however_long(file):
    text = f"{HEADER}\n.1,0.60,1,0,0\n0.3333333333333333333333333,2.,0.75,200000,1000000\n"
    scenarios = read_scenarios(file(text), VERSION.rule).scenarios
    found = [
        [Fraction(int(item), scenarios.ratio_denominator) for item in row]
        for row in scenarios.ratio_numerators
    ]
    third = Fraction("0.3333333333333333333333333")
    assert found == [[Fraction(1, 10), Fraction(3, 5), 1], [third, 2, Fraction(3, 4)]]
    assert scenarios.boundaries_twd.tolist() == [[0, 0], [200_000, 1_000_000]]


def test_a_byte_order_mark_and_other_columns_in_any_order_are_kept(file, tmp_path):
    columns = ["name", *reversed(HEADER.split(","))]
    text = ",".join(columns) + '\n"a, b",1000000,200000,0.75,0.6,0.5\n'
    read = read_scenarios(file(text, "utf-8-sig"), VERSION.rule)
    out = tmp_path / "out.csv"
    assert write_scenarios(read, index_of(ROWS, VERSION), out, by_branch=False) == 1
    assert out.read_text(encoding="utf-8") == (
        ",".join([*columns, "effective", "value"])
        + '\n"a, b",1000000,200000,0.75,0.6,0.5,17,340/401\n'
    )


def test_by_branch_each_scenario_ends_with_the_nation(file, tmp_path):
    text = f"{HEADER}\n0.5,0.6,0.75,200000,1000000\n0.5,0.5,0.5,10,10\n"
    read = read_scenarios(file(text), VERSION.rule)
    index, out = index_of(ROWS, VERSION), tmp_path / "out.csv"
    assert write_scenarios(read, index, out, by_branch=True) == 8
    rows = read_rows(out)
    assert [row["branch"] for row in rows] == [*SOME, ""] * 2
    assert [row["ratio_special"] for row in rows] == ["0.6"] * 4 + ["0.5"] * 4
    for row in rows:
        ratios = [Fraction(row[name]) for name in threshold_names(VERSION.rule)[0]]
        bounds = [int(row[name]) for name in threshold_names(VERSION.rule)[1]]
        branch = row["branch"] or None
        own = [item for item in ROWS if branch is None or SOME[item[0]] == branch]
        expected = index.always_effective(branch) + recount(own, ratios, bounds, False)
        assert int(row["effective"]) == expected
        assert Fraction(row["value"]) == index.value(expected, branch).value


def test_an_empty_list_of_scenarios_gives_a_header(file, tmp_path):
    read = read_scenarios(file(HEADER + "\n"), VERSION.rule)
    out = tmp_path / "out.csv"
    assert write_scenarios(read, index_of(ROWS, VERSION), out, by_branch=False) == 0
    assert out.read_text(encoding="utf-8") == f"{HEADER},effective,value\n"


def test_an_irrational_value_is_a_plain_decimal_and_none_is_empty(file, tmp_path):
    text = f"{HEADER}\n0.5,0.6,0.75,200000,1000000\n"
    found = {}
    for kpi in ("geometric_mean", "clearance_rate"):
        version, out = version_of(kpi), tmp_path / f"{kpi}.csv"
        read = read_scenarios(file(text), version.rule)
        write_scenarios(read, index_of(ROWS, version), out, by_branch=False)
        found[kpi] = read_rows(out)[0]["value"]
    assert np.isclose(float(found["geometric_mean"]), 17 / (19 * 21) ** 0.5)
    assert len(found["geometric_mean"].partition(".")[2]) >= 29
    assert found["clearance_rate"] == ""


def test_a_file_without_permission_is_told_so(file, monkeypatch):
    path = file(HEADER)

    def refuse(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("pathlib.Path.open", refuse)
    with pytest.raises(InputError, match=r"in\.csv: cannot be read \(Permission denied\)"):
        read_scenarios(path, VERSION.rule)


def test_a_folder_is_no_file_of_scenarios(tmp_path):
    with pytest.raises(InputError, match=r"is a folder; name the CSV file of scenarios\.$"):
        read_scenarios(tmp_path, VERSION.rule)


def test_the_header_of_another_file_is_shown_in_part(file):
    path = file(",".join(f"c{number}{'x' * 100}" for number in range(500)))
    with pytest.raises(InputError, match=r"c19x+, …") as told:
        read_scenarios(path, VERSION.rule)
    assert len(str(told.value)) < 2000

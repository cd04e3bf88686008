"""Definitions: dated, extended, and refused with file and key when anything is wrong."""

import copy
from fractions import Fraction
from pathlib import Path

import pytest
import yaml

from closurerate.errors import InputError
from closurerate.kpi.definition import read_definition
from closurerate.kpi.evaluate import achievement
from closurerate.records.documents import read_document
from closurerate.records.paths import kpi_file, kpi_folder

OFFICIAL = kpi_file("effective_closure_rate")
PROPOSALS = sorted((kpi_folder() / "proposals").glob("*.yml"))


def changed(tmp_path: Path, *steps: object, value: object = None, delete: bool = False) -> Path:
    """Write the official definition with one place in it changed or taken out."""
    document = copy.deepcopy(read_document(OFFICIAL)) | {"id": "damaged"}
    place = document
    for step in steps[:-1]:
        place = place[step]
    if delete:
        del place[steps[-1]]
    else:
        place[steps[-1]] = value
    path = tmp_path / "damaged.yml"
    path.write_text(yaml.safe_dump(document, allow_unicode=True), encoding="utf-8")
    return path


DAMAGES = [
    (("tier",), {"unit": "TWD", "since": {}}, "unknown key 'tier'"),
    (("tiers", "since", 106, "value", "special", "from"), 150_000, "special: overlaps ordinary"),
    (("tiers", "since", 106, "value", "special", "from"), 250_000, "gap from 200000 to 250000"),
    (("tiers", "since", 106, "value", "ordinary", "from"), 2, "gap from 1 to 2"),
    (("tiers", "since", 106, "value", "major", "below"), 10**9, "from 1000000000 NTD on"),
    (("tiers", "since", 106, "value", "ordinary", "below"), "200000", "whole NTD"),
    (("tiers", "since", 106, "value", "ordinary", "below"), 1, "must be over from"),
    (("ratios", "since", 106, "value", "major"), 0.75, "decimal in quotes"),
    (("ratios", "since", 106, "value", "major"), "-0.75", "decimal in quotes"),
    (("ratios", "since", 106, "value", "major"), "0.1234567", "at most 6 decimals"),
    (("ratios", "since", 106, "value", "great"), "0.9", "unknown key 'great'"),
    (("ratios", "since", 106, "comparison"), "<", "must be > or >="),
    (("dispositions", "since", 106, "value", "paid_in_part"), ["part_paid"], "unknown disposition"),
    (("dispositions", "since", 106, "value", "paid_in_part"), ["paid_in_full"], "stands twice"),
    (("formula", "since", 107, "value"), "I1 * I3", "unknown name 'I3'"),
    (("formula", "since", 107, "value"), "I1 *", "is not a formula"),
    (("formula", "since", 107, "value"), "open('x')", "holds \"open('x')\""),
    (("formula", "since", 107, "reference"), "", "must say where"),
    (("formula", "since", "107a"), {"value": "I1", "reference": "x"}, "is not a ROC year"),
    (("formula", "unit"), "percents", "must be one of"),
    (("indicators", "since", 106, "value", "I2"), "E / Q", "unknown name 'Q'"),
    (("indicators", "since", 106, "value", "E"), "C / P", "cannot name an indicator"),
    (("targets", "since", 107, "value"), 25, "decimal in quotes"),
    (("decimals",), "two", "whole number"),
    (("tiers", "since", 106, "value", "ordinary", "from"), 0, "from 1 to 1,000,000,000,000"),
    (("tiers", "since", 106, "value", "major", "from"), 10**13, "from 1 to 1,000,000,000,000"),
    (("tiers", "since", 106, "value", 1), {"from": 1}, "cannot name a tier"),
    (("tiers", "unit"), {"a": "b"}, "must be words"),
    (("targets", "since", 107, "value"), "0", "must be over 0"),
    (("name",), {"en": "closure"}, "'zh-Hant' is missing"),
    (("id",), "effective_closure_rate", "id: must be the file's name, 'damaged'"),
    (("formula", "better"), "less", "must be higher or lower, found 'less'"),
    (("tiers", "better"), "lower", "unknown key 'better'"),
    (("targets", "unit"), "day", "targets.unit: must be the formula's, 'percent', found 'day'"),
    (("tiers", "since", 106, "value", "major", "name"), {"en": "Major"}, "'zh-Hant' is missing"),
]


@pytest.mark.parametrize(("place", "value", "message"), DAMAGES, ids=lambda item: str(item)[:40])
def test_damage_names_file_and_key(tmp_path, place, value, message):
    path = changed(tmp_path, *place, value=value)
    with pytest.raises(InputError) as caught:
        read_definition(path, kpi_file)
    sentence = str(caught.value)
    assert message in sentence
    assert "damaged.yml" in sentence
    assert place[0] in sentence
    assert "\n" not in sentence


@pytest.mark.parametrize("section", ["tiers", "ratios", "dispositions", "indicators", "formula"])
def test_missing_section(tmp_path, section):
    path = changed(tmp_path, section, delete=True)
    with pytest.raises(InputError, match=f"'{section}' is missing"):
        read_definition(path, kpi_file)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "the key 'id' is missing"),
        ("- a\n- b\n", "must hold keys and values"),
        ("id: a\nid: b\n", "stands twice"),
        ("id: [\n", "not valid YAML"),
        ("id: 2018-02-30\n", "is missing"),
        ("decimals: 0x_\n", "is missing"),
        ("id: " + "[" * 3000 + "\n", "line 1: more than 30 lists or mappings"),
        ("!!python/object/apply:os.system ['true']\n", "not valid YAML"),
    ],
)
def test_not_a_definition(tmp_path, text, message):
    path = tmp_path / "broken.yml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=message) as caught:
        read_definition(path, kpi_file)
    assert "broken.yml" in str(caught.value)


def test_no_such_kpi():
    with pytest.raises(InputError, match="no KPI has the id 'effektive'"):
        kpi_file("effektive")


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ("extend: effective_closure_rate\n", "unknown key 'extend'; did you mean 'extends'"),
        ("", "the key 'decimals' is missing, or 'extends': .* `extends: effective_closure_rate`"),
    ],
)
def test_a_proposal_that_extends_nothing_is_told_the_key(
    tmp_path: Path, lines: str, said: str
) -> None:
    path = tmp_path / "mine.yml"
    head = "id: mine\nname: {zh-Hant: 甲, en: a}\nsummary: {zh-Hant: 甲, en: a}\n"
    path.write_text(head + lines, encoding="utf-8")
    with pytest.raises(InputError, match=said):
        read_definition(path, kpi_file)


def test_extending_in_a_circle(tmp_path):
    for name, base in (("a", "b"), ("b", "a")):
        head = {"id": name, "extends": base, "name": {"zh-Hant": "甲", "en": "a"}}
        document = head | {"summary": {"zh-Hant": "甲", "en": "a"}}
        (tmp_path / f"{name}.yml").write_text(yaml.safe_dump(document), encoding="utf-8")
    with pytest.raises(InputError, match="circle"):
        read_definition(tmp_path / "a.yml", lambda name: tmp_path / f"{name}.yml")


def test_a_name_that_could_be_no_id_is_refused(tmp_path):
    path = tmp_path / "my kpi.yml"
    path.write_text(OFFICIAL.read_text("utf-8").replace("id: effective_closure_rate", "id: my kpi"))
    with pytest.raises(InputError, match="letters, digits and underscores"):
        read_definition(path, kpi_file)


def test_which_way_is_better_is_said_and_not_taken_from_the_unit(tmp_path):
    assert (
        not read_definition(kpi_file("disposition_time"), kpi_file).in_force(107).is_higher_better
    )
    assert read_definition(OFFICIAL, kpi_file).in_force(107).is_higher_better
    path = changed(tmp_path, "formula", "better", value="lower")
    assert not read_definition(path, kpi_file).in_force(107).is_higher_better
    document = yaml.safe_load(kpi_file("disposition_time").read_text(encoding="utf-8"))
    del document["formula"]["better"]
    path = tmp_path / "disposition_time.yml"
    path.write_text(yaml.safe_dump(document), encoding="utf-8")
    assert read_definition(path, kpi_file).in_force(107).is_higher_better


def test_a_tier_is_called_what_its_author_says_and_makes_no_other_rule(tmp_path):
    official = read_definition(OFFICIAL, kpi_file).in_force(107).rule
    assert official.tiers[0].called == {"zh-Hant": "普案", "en": "Ordinary"}
    path = changed(tmp_path, "tiers", "since", 106, "value", "major", "name", delete=True)
    bare = read_definition(path, kpi_file).in_force(107).rule
    assert bare.tiers[2].called == {}
    assert bare == official
    assert hash(bare) == hash(official)


@pytest.mark.parametrize(
    ("value", "capped", "uncapped"),
    [(200, 100, 150), (300, 100, 100), (400, 75, 75), (0, 100, None), (-1, 100, None)],
)
def test_where_less_is_better_a_target_is_met_by_less(value, capped, uncapped):
    given = (Fraction(value), Fraction(300))
    assert achievement(*given, is_capped=True, is_higher_better=False) == capped
    assert achievement(*given, is_capped=False, is_higher_better=False) == uncapped


@pytest.mark.parametrize(
    ("value", "capped", "uncapped"), [(75, 25, 25), (450, 100, 150), (0, 0, 0), (-88, 0, 0)]
)
def test_nothing_is_achieved_by_a_value_under_nought(value, capped, uncapped):
    given = (Fraction(value), Fraction(300))
    assert achievement(*given, is_capped=True) == capped
    assert achievement(*given, is_capped=False) == uncapped


def test_versions_are_dated():
    definition = read_definition(OFFICIAL, kpi_file)
    assert [begun for begun in definition.versions if begun <= 107] == [106, 107]
    assert definition.in_force(106).formula.text == "E / C"
    assert definition.in_force(107).version == 107
    assert definition.in_force(999).version == max(definition.versions)
    assert definition.target(106) == Fraction(49, 2)
    assert definition.target(999) is None
    with pytest.raises(InputError, match="its first version is 106"):
        definition.in_force(105)
    with pytest.raises(InputError, match="it has 106, 107"):
        definition.version(999)


@pytest.mark.parametrize("path", PROPOSALS, ids=lambda path: path.stem)
def test_proposal_is_a_difference_from_the_official_rule(path):
    definition = read_definition(path, kpi_file)
    official = read_definition(OFFICIAL, kpi_file)
    assert definition.id == path.stem
    assert definition.in_force(107).rule == official.in_force(107).rule
    assert definition.targets == {}

import json
import re
from collections.abc import Callable
from datetime import date
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import pytest

from closurerate.audit.claims.judging import judge_claims
from closurerate.errors import InputError
from closurerate.press.prose import Finding
from closurerate.quantity import Quantity
from closurerate.records.documents import LANGUAGES
from closurerate.records.new_year import new_year_skeleton, write_new_year
from closurerate.records.placeholders import derive, fill, operands, weakest
from closurerate.records.published import load_published
from closurerate.records.year_parts import COUNTED
from closurerate.records.years import SECTIONS, Year, load_year
from closurerate.year.narrative import figures, left_out, passages
from project_copy import ROOT

FILE = """\
year: 107
approved_on: 2019-03-08
objective: {zh-Hant: 目標, en: objective}
kpi_name: {zh-Hant: 指標, en: indicator}
target: {effective_closure_rate: "24.5"}
lights: {self: green, review: null}
other_kpis: [{years: [104, 105], kpi_name: {zh-Hant: 舊, en: old}, reason: {zh-Hant: 因, en: why}}]
facts:
  orders: {value: 90, unit: count, about: 107}
  fines: {value: null, unit: TWD}
  small: {value: 7820000, unit: case, decimals: -4}
cost_table:
  - plan: {zh-Hant: 計畫, en: plan}
    kpi: {zh-Hant: 指標, en: indicator}
    years: {107: {budget_thousand_twd: 250024, progress_pct: "92.86"}}
narrative:
  results.care:
    - {zh-Hant: "有 {orders} 件", en: "{orders} orders"}
    - {zh-Hant: "罰 {fines}", en: "fines {fines}"}
opinion: [{zh-Hant: 好, en: good}]
"""
ORDERS = '"有 {orders} 件", en: "{orders} orders"'
DAMAGES = [
    ("year: 107", "year: 106", "year must be 107"),
    ("approved_on: 2019-03-08", "approved_on: March", "approved_on: must be a day like 2020-01-31"),
    ("approved_on", "approved", "unknown key 'approved'; did you mean 'approved_on'"),
    ("lights: {self: green, review: null}\n", "", "the key 'lights' is missing"),
    (", en: objective}", "}", "objective: the key 'en' is missing"),
    ("en: indicator}\ntarget", "en: ''}\ntarget", "kpi_name.en: must be a text"),
    ('"24.5"', "24.5", "target.effective_closure_rate: must be a whole number, or a decimal"),
    ('{effective_closure_rate: "24.5"}', "25", "target: must hold a target"),
    (
        "{effective_closure_rate:",
        "{effective_closure_rat:",
        "'effective_closure_rat'; did you mean",
    ),
    ("self: green", "self: blue", "'blue' is no light"),
    ("[104, 105]", "104", "other_kpis[1].years: must be a list of ROC years"),
    ("value: 90", "value: 90.5", "facts.orders.value: must be a whole number"),
    ("value: 90", 'value: "90.5"', "facts.orders.value: 90.5 is finer than 0 decimals"),
    ("7820000", "7820001", "facts.small.value: 7820001 is finer than -4 decimals"),
    ("unit: count", "unit: orders", "facts.orders.unit: 'orders' is no unit"),
    ("about: 107}", "about: 2018}", "facts.orders.about: must be a ROC year"),
    ("about: 107}", "abuot: 107}", "facts.orders: unknown key 'abuot'; did you mean 'about'"),
    ("  orders:", "  closed:", "'closed' is not a fact"),
    ("  orders:", "  the-orders:", "a fact's name must be words"),
    ("107: {budget", '"107": {budget', "cost_table[1].years: '107' is not a ROC year"),
    ("250024", '"250024.5"', "budget_thousand_twd: must be a whole number"),
    ('progress_pct: "92.86"', "progress: 93", "unknown key 'progress'"),
    ("results.care", "results.caring", "'results.caring'; did you mean 'results.care'"),
    (ORDERS, '"有 {order} 件", en: "{order} orders"', "no figure 'order'; did you mean 'orders'"),
    (ORDERS, '"有 {orders} 件", en: "many orders"', "{orders} must stand in both languages"),
    (ORDERS, '"{orders.grwth}", en: "{orders.grwth}"', "{orders.grwth} is no figure"),
    (ORDERS, '"{orders.x.fines}", en: "{orders.x.fines}"', "unknown step 'x'"),
    (ORDERS, '"有"', "results.care[1]: the key 'en' is missing"),
    ('"{orders} orders"}', '"{orders} orders", evidence: none}', "'none' is none"),
    (ORDERS, '"{orders.change.change}", en: "{orders.change.change}"', "unknown step 'change'"),
    ("opinion: [{zh-Hant: 好, en: good}]", "opinion: good", "opinion: must be a list"),
]
# What may be typed in prose: dates, statutes, and the names I1 and I2.
TYPED = {
    "zh-Hant": r"\d+ 年度?|\d+ 月|\d+ 日|\d+ 至 \d+ 年|第 17 條之 1|\bI[12]\b",
    "en": (
        r"(\d+ (to \d+ )?)?(January|March|April|May|June|July|August|September|December) \d{4}|"
        r"\b20\d\d\b|Article 17-1|\bI[12]\b"
    ),
}


@pytest.fixture(scope="module")
def year() -> Year:
    return load_year(107)


@pytest.fixture(scope="module")
def known(year: Year) -> dict[str, Quantity]:
    published, before = load_published(107), load_published(106)
    counts = {name: published[name].quantity() for name in COUNTED}
    return figures(year, counts, before.quantities(), published["target"].quantity())


def case(value: int, evidence: str = "published") -> Quantity:
    return Quantity(value, "case", 0, evidence)


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_file_is_refused(refused: Callable[..., None], damage: tuple[str, ...]) -> None:
    refused(load_year, 107, FILE, damage)


def test_a_year_without_a_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"108\.yml: there is no such file"):
        load_year(108, tmp_path)


def test_a_placeholder_without_a_figure_names_the_nearest() -> None:
    with pytest.raises(InputError, match=r"no figure for \{colected\}; did you mean 'collected'"):
        fill("徵起 {colected}", {"collected": "299 億", "closed": "1,003 萬"})


@pytest.mark.parametrize("expression", ["", "a.", "a.plus", ".change", "a.b"])
def test_a_malformed_expression_is_refused(expression: str) -> None:
    with pytest.raises(InputError, match="is no figure"):
        operands(expression)


def test_units_are_not_mixed() -> None:
    with pytest.raises(InputError, match=r"\{a.share_of.b\} puts case and TWD together"):
        derive("a.share_of.b", {"a": case(1), "b": Quantity(2, "TWD")})


@pytest.mark.parametrize("wrong", [105, 2019, 0])
def test_no_skeleton_for_a_year_without_this_kpi(wrong: int) -> None:
    with pytest.raises(InputError, match="must be a ROC year from 106 on"):
        new_year_skeleton(wrong)


def test_an_existing_year_is_left_alone(tmp_path: Path) -> None:
    mine = tmp_path / "years" / "108.yml"
    mine.parent.mkdir()
    mine.write_text("mine", encoding="utf-8")
    assert write_new_year(108, tmp_path) == [tmp_path / "published" / "108.yml"]
    with pytest.raises(InputError, match="are there already"):
        write_new_year(108, tmp_path)
    assert mine.read_text(encoding="utf-8") == "mine"


def test_the_file_before_its_damage_loads(tmp_path: Path) -> None:
    (tmp_path / "107.yml").write_text(FILE, encoding="utf-8")
    loaded = load_year(107, tmp_path)
    assert loaded.approved_on == date(2019, 3, 8)
    assert loaded.targets == {"effective_closure_rate": Fraction(49, 2)}
    assert loaded.lights == {"self": "green", "review": None}
    assert loaded.other_kpis[0].years == (104, 105)
    assert loaded.facts["orders"].quantity == Quantity(Fraction(90), "count")
    assert loaded.facts["fines"].quantity is None
    assert loaded.cost_table[0].years[107].progress_pct == Fraction(9286, 100)
    assert set(loaded.narrative) == set(SECTIONS)
    assert loaded.narrative["analysis.reason"] == ()


def test_a_paragraph_with_an_unknown_fact_is_left_out_and_named(tmp_path: Path) -> None:
    (tmp_path / "107.yml").write_text(FILE, encoding="utf-8")
    loaded = load_year(107, tmp_path)
    known = figures(loaded, {}, {}, None)
    assert [told.text.said("en") for told in passages(loaded, "results.care", known)] == [
        "90 orders"
    ]
    assert [told.text.said("zh-Hant") for told in passages(loaded, "opinion", known)] == ["好"]
    assert [(gap.section, gap.missing) for gap in left_out(loaded, known)] == [
        ("results.care", ("fines",))
    ]


def test_derived_figures_are_exact() -> None:
    known = {"a": case(3), "a_previous": case(7), "b": case(9)}
    assert derive("a", known) == case(3)
    assert derive("a.change", known) == case(-4)
    assert derive("a.growth", known) == Quantity(Fraction(-400, 7), "percent", 2)
    assert derive("a.share_of.b", known) == Quantity(Fraction(100, 3), "percent", 2)
    assert derive("a.plus.b.minus.a_previous", known) == case(5)
    assert derive("a.plus.b.share_of.b", known) == Quantity(Fraction(400, 3), "percent", 2)
    assert derive("b.growth", known) is None


def test_a_share_of_nothing_has_no_value() -> None:
    assert derive("a.share_of.b", {"a": case(3), "b": case(0)}) == Quantity(None, "percent")


def test_percentages_differ_by_points() -> None:
    known = {"rate": Quantity(Fraction(36), "percent", 2), "target": Quantity(25, "percent")}
    assert derive("rate.minus.target", known) == Quantity(Fraction(11), "point", 2)


def test_a_percentage_of_a_coarse_figure_has_no_decimals() -> None:
    known = {"a": case(7820000), "b": case(10214937)}
    assert derive("a.share_of.b", known, coarse={"a"}).decimals == 0
    assert derive("a.share_of.b", known).decimals == 2


def test_what_is_derived_carries_the_weakest_evidence(year: Year) -> None:
    known = {"a": case(1, "extract"), "b": case(2), "c": case(3, "illustration")}
    assert derive("b.plus.a", known).evidence == "extract"
    assert derive("a.share_of.c", known).evidence == "illustration"
    assert weakest(()) == "derived"


def test_a_paragraph_is_labelled_by_its_weakest_figure(year: Year) -> None:
    counts = {name: case(5, "illustration") for name in ("new", "closed", "pending")}
    counts["collected"] = Quantity(5, "TWD", 0, "extract")
    known = figures(year, counts, load_published(106).quantities(), None)
    told = passages(year, "results.collections", known)
    labels = ["extract", "illustration", None, None, None]
    assert [getattr(passage, "evidence", None) for passage in told] == labels


def test_every_placeholder_of_107_has_a_figure(year: Year, known: dict[str, Quantity]) -> None:
    assert left_out(year, known) == []
    for language in LANGUAGES:
        for section in SECTIONS:
            told = [one.text.said(language) for one in passages(year, section, known)]
            assert told, section
            assert not any("{" in text or "—" in text for text in told)


def test_figures_of_107_are_computed(known: dict[str, Quantity]) -> None:
    assert known["collected.change"].value == 2407649155
    assert known["collected.growth"].value == Fraction(100 * 2407649155, 27591251282)
    assert known["effective.share_of.closed"].value == Fraction(100 * 3286050, 10030793)
    assert known["pending.minus.pending_previous.minus.new.plus.closed"].value == 656
    assert known["target"] == Quantity(Fraction(25), "percent", 0)
    assert known["small_traffic_new.share_of.new"].decimals == 0


def test_a_sentence_of_107(year: Year, known: dict[str, Quantity]) -> None:
    first = passages(year, "results.collections", known)[0]
    assert "299 億 9,890 萬 437 元" in first.text.said("zh-Hant")
    assert "8.73" in first.text.said("zh-Hant")
    assert "up by NTD 2,407,649,155 (8.73" in first.text.said("en")
    assert first == Finding(first.text, "published")


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_figure_is_typed_in_the_prose(year: Year, language: str) -> None:
    for section, paragraphs in year.narrative.items():
        for paragraph in paragraphs:
            prose = re.sub(r"\{[^{}]*\}", "", paragraph.texts[language])
            assert re.findall(r"\d+", re.sub(TYPED[language], "", prose)) == [], section


def test_facts_are_the_published_ones(year: Year) -> None:
    published = load_published(107)
    judged = judge_claims({107: published}, 107)
    for name, fact in year.facts.items():
        claim = published[name]
        assert fact.quantity is not None
        if name == "joint_auctions_sold":  # misprinted: used as it was probably meant
            (meant,) = (one.value for one in judged if one.claim.id == name)
            assert meant == fact.quantity.value == 1059730000
            continue
        assert fact.quantity.value == claim.value, name
        assert fact.about == claim.about, name
        assert fact.source in claim.places, name
        assert fact.is_coarse == (claim.decimals < 0), name


def test_every_fact_of_107_is_told(year: Year) -> None:
    told = {
        name
        for paragraphs in year.narrative.values()
        for paragraph in paragraphs
        for expression in paragraph.figures
        for name in operands(expression)
    }
    assert set(year.facts) <= told


def test_target_light_and_costs_are_the_published_ones(year: Year) -> None:
    published = {107: load_published(107), 106: load_published(106)}
    assert year.targets["effective_closure_rate"] == published[107]["target"].value
    assert year.lights["self"] == published[107]["light_self"].written
    assert year.approved_on == published[107].report.approved_on
    for of_year, cost in year.cost_table[0].years.items():
        assert cost.budget_thousand_twd == published[of_year]["budget"].value
        assert cost.progress_pct == published[of_year]["budget_progress"].value


@pytest.mark.parametrize(("of_year", "former"), [(107, (104, 105)), (108, (105,)), (112, ())])
def test_the_skeleton_loads_with_its_facts_open(
    tmp_path: Path, of_year: int, former: tuple[int, ...]
) -> None:
    written = write_new_year(of_year, tmp_path)
    assert written == [tmp_path / name / f"{of_year}.yml" for name in ("published", "years")]
    loaded = load_year(of_year, tmp_path / "years")
    assert loaded.approved_on is None
    assert loaded.targets == {}
    assert tuple(year for entry in loaded.other_kpis for year in entry.years) == former
    assert "$" not in new_year_skeleton(of_year).split("\n", 1)[1]


def test_a_report_from_the_bare_skeleton_tells_the_counts(tmp_path: Path) -> None:
    write_new_year(108, tmp_path)
    loaded = load_year(108, tmp_path / "years")
    published = load_published(107)
    counts = {name: published[name].quantity() for name in COUNTED}
    known = figures(loaded, counts, load_published(106).quantities(), None)
    told = [section for section in SECTIONS if passages(loaded, section, known)]
    assert told == ["analysis.attainment", "results.collections"]
    missing = {name for gap in left_out(loaded, known) for name in gap.missing}
    assert {"target", "large_debtors_collected", "electronic_orders"} <= missing


def test_the_skeleton_documents_every_key_and_step() -> None:
    text = new_year_skeleton(108)
    for section in SECTIONS:
        assert f"{section}:" in text
    for word in ("change", "growth", "plus", "minus", "share_of", "evidence", "cost_table"):
        assert word in text
    lines = text.splitlines()
    for before, line in pairwise(lines):
        if re.match(r"[a-z_]+:", line) and not line.startswith(("year:", "kpi_name:")):
            assert before.startswith("# "), line
    schema = json.loads((ROOT / "data/schemas/year.schema.json").read_text("utf-8"))
    assert [key for key in schema["properties"] if f"\n{key}:" not in text] == ["imprint"]


def test_the_imprint_that_the_skeleton_shows_can_be_set(tmp_path: Path) -> None:
    _, path = write_new_year(108, tmp_path)
    text = path.read_text("utf-8")
    path.write_text(re.sub(r"(?m)^# (imprint:|  (?:publisher|disclaimer):)", r"\1", text), "utf-8")
    imprint = load_year(108, tmp_path / "years").imprint
    assert imprint is not None
    assert imprint.publisher["en"] == "Name of the agency"
    assert imprint.disclaimer is not None

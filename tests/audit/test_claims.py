"""The verdict on each figure of the agency's printed report, read sentence by sentence."""

import json
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from closurerate.audit.claims.derivation import check_follows
from closurerate.audit.claims.effects import KpiEffect, feasible, kpi_effect, numerator_only
from closurerate.audit.claims.findings import figure_words, findings
from closurerate.audit.claims.judging import READINGS, JudgedClaim, completed, judge_claims
from closurerate.audit.claims_page import findings_table, open_printed_audit
from closurerate.cli import main
from closurerate.errors import InputError
from closurerate.press.print.labels import Language
from closurerate.press.text import said
from closurerate.press.words import vocabulary
from closurerate.records.claim import Claim
from closurerate.records.documents import LANGUAGES
from closurerate.records.feasible import Interval
from closurerate.records.follows import Figure, Follows
from closurerate.records.published import Published, load_published, published_until

# What follows from other figures, with its printed value, what the others make of it at the printed
# precision, the verdict and the reading: recomputed by hand from the agency's report.
VERDICTS = {
    106: {
        "tier_special_from": ("200000", "200000", "agrees", None),
        "tier_major_from": ("1000000", "1000000", "agrees", None),
        "rate": ("36.86", None, "cannot_check", None),
        "achievement": ("100", "150", "agrees_under_reading", "capped"),
        "budget_subtotal": ("82911", "82911", "agrees", None),
        "budget_subtotal_progress": ("102.66", "102.66", "agrees", None),
    },
    107: {
        "tier_special_from": ("200000", "200000", "agrees", None),
        "tier_major_from": ("1000000", "1000000", "agrees", None),
        "rate": ("36.49", "36.49", "agrees_rounded", None),
        "achievement": ("100", "146", "agrees_under_reading", "capped"),
        "kpi_before_deciding_cities": ("3", "2", "disagrees", None),
        "budget_subtotal": ("250024", "250024", "agrees", None),
        "budget_subtotal_progress": ("92.86", "92.86", "agrees", None),
        "collected_change": ("2407649155", "2407649155", "agrees", None),
        "collected_growth": ("8.03", "8.73", "agrees_under_reading", "other_base"),
        "new_change": ("855124", "855124", "agrees", None),
        "new_growth": ("8.37", "9.14", "agrees_under_reading", "other_base"),
        "closed_change": ("2537748", "2537448", "disagrees", None),
        "closed_growth": ("25.30", "33.86", "agrees_under_reading", "other_base"),
        "pending": ("7663741", "7663085", "disagrees", None),
        "pending_change": ("184800", "184800", "agrees", None),
        "pending_growth": ("2.47", "2.47", "agrees_rounded", None),
        "large_debtors_share": ("43.69", "43.69", "agrees_rounded", None),
        "large_debtors_share_without_two_cities": ("6.59", "6.59", "agrees_rounded", None),
        "small_traffic_share": ("76", "77", "agrees_under_reading", "truncated"),
        "joint_auctions_sold": (
            *("1000005973", "1059730000", "agrees_under_reading", "missing_myriad"),
        ),
        "care_total": ("4170", "4170", "agrees", None),
    },
}
DIFFERENCES = {
    **{"closed_change": "300", "pending": "656", "kpi_before_deciding_cities": "1"},
    **{"collected_growth": "-0.70", "new_growth": "-0.77", "closed_growth": "-8.56"},
    **{"small_traffic_share": "-1", "achievement": "-46", "joint_auctions_sold": "-59724027"},
}
"""Printed less recomputed, of 107; of what else can be checked it is 0."""
FINE = ("agrees", "agrees_rounded")


@pytest.fixture(scope="module")
def reports() -> dict[int, Published]:
    return published_until(107)


def with_figures(reports: Mapping[int, Published], **written: str | Claim) -> dict[int, Published]:
    """Return the reports with other figures of 107, by id."""
    report = reports[107]
    claims = {
        name: replace(report[name], written=one) if isinstance(one, str) else one
        for name, one in written.items()
    }
    return {**reports, 107: replace(report, claims={**report.claims, **claims})}


def verdict(reports: Mapping[int, Published], name: str) -> JudgedClaim:
    return next(one for one in judge_claims(reports, 107) if one.claim.id == name)


def other_digits(claim: Claim) -> list[str]:
    """Return a printed figure with each digit in turn put up by one, as 9 to 0."""
    text = claim.written
    places = [place for place, sign in enumerate(text) if sign.isdigit()]
    places = places[: len(places) + min(claim.decimals, 0)]
    return [text[:place] + str((int(text[place]) + 1) % 10) + text[place + 1 :] for place in places]


@pytest.mark.parametrize("year", VERDICTS)
def test_each_figure_has_its_verdict(reports: Mapping[int, Published], year: int) -> None:
    judged = judge_claims(reports, year)
    found = {one.claim.id: one for one in judged if one.value is not None or one.derivation}
    assert {
        name: (
            f"{one.printed:f}",
            None if one.recomputed is None else f"{one.recomputed:f}",
            one.verdict,
            one.reading,
        )
        for name, one in found.items()
    } == VERDICTS[year]
    rest = {one.verdict for one in judged if one.claim.id not in found}
    assert rest == {"cannot_check"}
    numbers = {name for name, claim in reports[year].claims.items() if claim.is_numeric}
    assert numbers <= {one.claim.id for one in judged}


def test_each_difference_is_printed_less_recomputed(reports: Mapping[int, Published]) -> None:
    found = {
        one.claim.id: one.difference for one in judge_claims(reports, 107) if one.value is not None
    }
    assert found == {name: Decimal(DIFFERENCES.get(name, "0")) for name in found}


def test_a_wrong_digit_in_any_figure_that_follows_is_found(
    reports: Mapping[int, Published],
) -> None:
    right = {name for name, told in VERDICTS[107].items() if told[2] in FINE}
    for name in right:
        for text in other_digits(reports[107][name]):
            assert verdict(with_figures(reports, **{name: text}), name).verdict not in FINE, text


def test_a_wrong_digit_in_what_others_follow_from_is_found(
    reports: Mapping[int, Published],
) -> None:
    """It changes the verdict on one of them at least: no figure of a relation goes unchecked."""
    used = {
        figure.name
        for claim in reports[107].claims.values()
        if claim.follows
        for figure in claim.follows.figures
        if figure.year is None and reports[107][figure.name].is_numeric
    }
    before = [(one.verdict, one.value) for one in judge_claims(reports, 107)]
    for name in used:
        wrong = with_figures(reports, **{name: other_digits(reports[107][name])[0]})
        assert [(one.verdict, one.value) for one in judge_claims(wrong, 107)] != before, name


def corrected(reports: Mapping[int, Published]) -> dict[int, Published]:
    """Return the reports with each accused figure of 107 as the others make it."""
    wrong = [one for one in judge_claims(reports, 107) if one.is_accused and one.claim.is_numeric]
    right = {
        one.claim.id: f"{one.recomputed:f}" for one in wrong if one.reading != "missing_myriad"
    }
    auctions = reports[107]["joint_auctions_sold"]
    return with_figures(
        reports,
        **right,
        joint_auctions_sold=replace(auctions, written="1059730000", decimals=-4),
        kpi_before_deciding_cities="臺北, 高雄",
    )


def test_a_right_report_brings_no_accusation(reports: Mapping[int, Published]) -> None:
    once = corrected(reports)
    # The stock is changed by it, and with it what follows from the stock.
    right = with_figures(once, pending_change="184144", pending_growth="2.46")
    assert [one.claim.id for one in judge_claims(right, 107) if one.is_accused] == []


def test_the_ends_of_rounding_are_no_error(reports: Mapping[int, Published]) -> None:
    """Half up is plain; what lies a hair under the half is not."""
    whole = replace(reports[107]["new"], written="1000000")
    for part, printed, told in [
        ("765000", "77", ("agrees_rounded", None)),
        ("764999", "77", ("agrees_under_reading", "up")),
        ("765000", "76", ("agrees_under_reading", "half_even")),
        ("764999", "76", ("agrees_rounded", None)),
        ("780000", "76", ("disagrees", None)),
        ("760000", "76", ("agrees", None)),
    ]:
        exact = replace(
            reports[107]["small_traffic_new"], written=part, decimals=0, precision="exact"
        )
        given = with_figures(
            reports, new=whole, small_traffic_new=exact, small_traffic_share=printed
        )
        found = verdict(given, "small_traffic_share")
        assert (found.verdict, found.reading) == told, (part, printed)


def test_what_is_printed_coarsely_is_a_range(reports: Mapping[int, Published]) -> None:
    """782 萬餘 of 10,214,937 is 76.5546 to 76.6525 %."""
    share = reports[107]["small_traffic_share"]
    told = {"76.54": "disagrees", "76.66": "agrees_under_reading", "76.67": "disagrees"}
    for printed in ("76.54", "76.55", "76.60", "76.65", "76.66", "76.67"):
        other = replace(share, written=printed, decimals=2)
        found = verdict(with_figures(reports, small_traffic_share=other), "small_traffic_share")
        assert found.verdict == told.get(printed, "agrees_rounded"), printed


def test_rounded_parts_add_up_within_their_digits(reports: Mapping[int, Published]) -> None:
    """Three thirds, printed as 33.3 %, are a whole; printed as 33.2 % they are not."""
    share = replace(reports[107]["large_debtors_share"], follows=None, decimals=1)
    parts = Follows("sum", tuple(Figure(f"part_{number}") for number in range(3)))
    for written, total, told in [
        ("33.3", "99.9", "agrees"),
        ("33.3", "100.0", "agrees_rounded"),
        ("33.3", "100.1", "agrees_under_reading"),  # the parts come up to 100.05, which is excluded
        ("33.2", "100.0", "disagrees"),
    ]:
        third = replace(share, written=written)
        whole = replace(share, id="whole", written=total, follows=parts)
        thirds = {one.name: replace(third, id=one.name) for one in parts.figures}
        assert verdict(with_figures(reports, whole=whole, **thirds), "whole").verdict == told


def test_a_target_is_set_and_not_rounded(reports: Mapping[int, Published]) -> None:
    for printed, told in [("146", "agrees_rounded"), ("145", "agrees_under_reading")]:
        found = verdict(with_figures(reports, achievement=printed), "achievement")
        assert found.verdict == told
    assert verdict(with_figures(reports, achievement="144"), "achievement").verdict == "disagrees"


def test_the_definition_of_another_year_is_a_reading(reports: Mapping[int, Published]) -> None:
    found = verdict(with_figures(reports, rate="32.76"), "rate")
    assert (found.verdict, found.reading) == ("agrees_under_reading", "definition_of_106")
    assert found.recomputed == Decimal("36.49")


def test_a_share_of_the_rest_is_one_on_another_base(reports: Mapping[int, Published]) -> None:
    found = verdict(with_figures(reports, large_debtors_share="77.59"), "large_debtors_share")
    assert (found.verdict, found.reading) == ("agrees_under_reading", "other_base")


def test_a_myriad_is_missing_only_where_no_lower_digit_is_left_out(
    reports: Mapping[int, Published],
) -> None:
    auctions = reports[107]["joint_auctions_sold"]
    for written, decimals, precision in [
        ("1000005973", 0, "exact"),
        ("1059730000", -4, "at_least"),
        ("1050005973", 0, "at_least"),
        ("5973", 0, "at_least"),
    ]:
        other = replace(auctions, written=written, decimals=decimals, precision=precision)
        given = with_figures(reports, joint_auctions_sold=other)
        assert verdict(given, "joint_auctions_sold").verdict == "cannot_check"


def test_the_readings_are_one_list(reports: Mapping[int, Published]) -> None:
    named = {one.reading for year in (106, 107) for one in judge_claims(reports, year)} - {None}
    assert named < set(READINGS)


# What a figure does ---------------------------------------------------------------------------
def test_what_a_recomputation_does_to_the_kpi(reports: Mapping[int, Published]) -> None:
    judged = {one.claim.id: one for one in judge_claims(reports, 107)}
    still = KpiEffect(Decimal("36.49"), Decimal("36.49"))
    assert kpi_effect(reports, 107, judged["pending"]) == still
    assert kpi_effect(reports, 107, judged["rate"]) == still
    assert kpi_effect(reports, 107, judged["closed_change"]) is None
    moved = with_figures(reports, pending="7763741")
    effect = kpi_effect(moved, 107, verdict(moved, "pending"))
    assert effect is not None
    assert effect.is_moved


def test_the_cases_behind_the_rate_of_106(reports: Mapping[int, Published]) -> None:
    judged = {one.claim.id: one for one in judge_claims(reports, 106)}
    assert judged["rate"].derivation is not None
    assert judged["rate"].derivation.missing == ("effective",)
    assert feasible(judged["rate"]) == Interval(2761673, 2762421)
    assert feasible(judged["rate"], "unknown") == Interval(2761298, 2762796)
    assert feasible(judged["achievement"]) is None


def test_a_share_whose_part_alone_leaves_something_out(reports: Mapping[int, Published]) -> None:
    (found,) = numerator_only(reports, 107)
    assert found.claim.id == "large_debtors_share_without_two_cities"
    rest = 29998900437 - 13106911307 + 1976985108
    assert found.value == Fraction(100 * 1976985108, rest)
    assert list(numerator_only(reports, 106)) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_heaviest_finding_comes_first(reports: Mapping[int, Published], language: str) -> None:
    found = findings(reports, 107, judge_claims(reports, 107))
    told = [said(one.said, language) for one in found]  # type: ignore[arg-type]
    order = [one.claim.id for one in found]
    assert order[:3] == ["pending", "closed_change", "kpi_before_deciding_cities"]
    assert order[3:8] == [
        *("achievement", "closed_growth", "new_growth", "collected_growth"),
        *("joint_auctions_sold",),
    ]
    assert set(order[8:]) == {
        *("small_traffic_share", "large_debtors_share_without_two_cities", "budget"),
    }
    assert "36.49" in told[0]
    assert "+656" in told[0]
    assert "+300" in told[1]
    of_106 = findings(reports, 106, judge_claims(reports, 106))
    assert "2,761,673" in said(of_106[-1].said, language)  # type: ignore[arg-type]


# By id: the group in GUID 5290, and the word of GAO-20-283G, by rule.
STANDING = {
    "pending": ("quality", "sufficient"),
    "closed_change": ("quality", "not_sufficient"),
    "kpi_before_deciding_cities": ("coherence", "not_sufficient"),
    "achievement": ("attainment", "sufficient"),
    "closed_growth": ("coherence", "sufficient"),
    "new_growth": ("coherence", "sufficient"),
    "collected_growth": ("coherence", "sufficient"),
    "joint_auctions_sold": ("quality", "undetermined"),
    "small_traffic_share": ("quality", "sufficient"),
    "large_debtors_share_without_two_cities": ("coherence", "sufficient"),
    "budget": ("relevance", "not_sufficient"),
}


def test_each_finding_has_its_standing(reports: Mapping[int, Published]) -> None:
    def standing(given: Mapping[int, Published], year: int) -> dict[str, tuple[str, str]]:
        found = findings(given, year, judge_claims(given, year))
        return {one.claim.id: (one.group, one.reliability) for one in found}

    assert standing(reports, 107) == STANDING
    assert standing(reports, 106)["rate"] == ("quality", "undetermined")
    # The same figure where the KPI would print otherwise; and the KPI itself.
    assert standing(with_figures(reports, pending="7763741"), 107)["pending"] == (
        *("quality", "not_sufficient"),
    )
    assert standing(with_figures(reports, rate="36.59"), 107)["rate"] == (
        *("framework", "not_sufficient"),
    )
    assert standing(with_figures(reports, rate="32.76"), 107)["rate"][0] == "coherence"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_findings_are_a_table_in_words(language: Language) -> None:
    """No id of a figure stands in it, nor in the sentences: each is called by its name."""
    audit = open_printed_audit(107)
    table = findings_table(audit)
    assert len(table.rows) == len(STANDING)
    assert {len(row) for row in table.rows} == {6}
    printed = table.said(language)
    names = {one.claim.id for one in audit.findings if "_" in one.claim.id}
    words = " ".join(cell for row in printed.rows for cell in row)
    words += " ".join(said(one.said, language) for one in audit.findings)
    assert not [name for name in names if name in words]
    assert (
        printed.rows[0][4:]
        == {
            "en": ("quality", "sufficiently reliable"),
            "zh-Hant": ("品質", "足夠可靠"),
        }[language]
    )
    assert printed.evidence == "published"


def test_each_figure_that_may_be_found_has_a_name(reports: Mapping[int, Published]) -> None:
    """What follows, what others follow from, what serves, and an amount with 餘; no other name."""
    may_be = {
        name
        for report in reports.values()
        for claim in report.claims.values()
        for name in (
            *([claim.id] if claim.follows or claim.serves or claim.without else []),
            *([claim.id] if (claim.unit, claim.precision) == ("TWD", "at_least") else []),
            *([claim.without] if claim.without else []),
            *(one.name for one in (claim.follows.figures if claim.follows else ())),
        )
    }
    named = {key.removeprefix("claim_") for key in vocabulary() if key.startswith("claim_")}
    assert named == {*may_be, "effective"}
    assert said(figure_words("new@106"), "en") == "new cases (ROC year 106)"
    assert figure_words("of_another_report") == "of_another_report"


# The command ----------------------------------------------------------------------------------
def audit(capsys: pytest.CaptureFixture[str], *options: str) -> str:
    assert main(["audit", *options]) == 0
    return capsys.readouterr().out


@pytest.mark.parametrize("year", [106, 107])
def test_the_command_has_an_entry_for_each_place(
    capsys: pytest.CaptureFixture[str], reports: Mapping[int, Published], year: int
) -> None:
    entries = json.loads(audit(capsys, "--year", str(year), "--format", "json"))
    keys = ["id", "place", "printed", "recomputed", "verdict", "reading", "difference"]
    assert all(list(entry) == keys for entry in entries)
    places = {name: claim.places for name, claim in reports[year].claims.items()}
    for name in VERDICTS[year]:
        own = [entry for entry in entries if entry["id"] == name]
        assert tuple(entry["place"] for entry in own) == places[name]
        assert {tuple(entry[key] for key in keys[2:6]) for entry in own} == {VERDICTS[year][name]}


def test_the_command_speaks_both_languages(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REPORT_LANG", "en")
    assert "3 disagree" in audit(capsys, "--year", "107")
    monkeypatch.setenv("REPORT_LANG", "zh-Hant")
    assert "3 處不符" in audit(capsys, "--year", "107")


def file_107(tmp_path: Path, *changes: tuple[str, str]) -> str:
    text = (Path(__file__).parents[2] / "data" / "published" / "107.yml").read_text("utf-8")
    for part, other in changes:
        assert part in text
        text = text.replace(part, other, 1)
    path = tmp_path / "other.yml"
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_another_file_is_judged_instead(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = file_107(tmp_path, ('value: "855124"', 'value: "855142"'))
    entries = json.loads(audit(capsys, "--year", "107", "--published", file, "--format", "json"))
    (entry,) = (one for one in entries if one["id"] == "new_change")
    assert (entry["verdict"], entry["difference"]) == ("disagrees", "18")


def test_a_bare_transcription_follows_as_the_project_says(
    reports: Mapping[int, Published],
) -> None:
    """A file with figures alone, and not all of them, is judged in what it has."""
    shipped = reports[107]
    kept = ("new", "new_growth", "closed", "effective", "pending", "rate", "care_total")
    bare = replace(shipped, claims={name: replace(shipped[name], follows=None) for name in kept})
    given = {**reports, 107: completed(bare, shipped)}
    check_follows(given, 107, shipped.claims)
    judged = judge_claims(given, 107)
    found = {one.claim.id: (one.verdict, one.reading) for one in judged}
    assert found["new_growth"] == ("agrees_under_reading", "other_base")
    assert found["rate"] == ("agrees_rounded", None)
    assert found["care_total"] == ("cannot_check", None)
    assert set(found) == set(kept)


BAD = [
    ("[new, new@106]", "[new, neww@106]", "names 'neww@106', which is no printed figure"),
    ("{share: [", "{shares: [", "'shares' is no relation; did you mean 'share'"),
    ("[pending@106, new, closed]", "[new, closed]", "stock takes [opening, new, closed]"),
    ("[new, new@106]", "[new, 106]", "must name figures as closed or closed@106, found 106"),
    ("{growth: [collected, collected@106]}", "{}", "must be one relation and its figures"),
    (
        "{sum: [budget]}",
        "{sum: [budget_subtotal]}",
        "budget_subtotal from budget_subtotal follow in a circle",
    ),
    ("[measure_formula, indicator_1", "[closed, indicator_1", "must be printed as a text"),
    ('value: "effective / closed"', 'value: "effective // closed"', "rate of 107, I1"),
    ("year: 107", "year: 106", "year must be 107, which is asked for"),
    ("claims:", "claims: [", "is not valid YAML"),
    ("without: large_debtors_collected", "without: large_debtor", "is no printed figure"),
]


@pytest.mark.parametrize("bad", BAD, ids=[one[1] for one in BAD])
@pytest.mark.parametrize("form", ["text", "json"])
def test_bad_input_is_one_sentence(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, bad: tuple[str, str, str], form: str
) -> None:
    file = file_107(tmp_path, bad[:2])
    assert main(["audit", "--year", "107", "--published", file, "--format", form]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert bad[2] in err
    assert err.count("\n") == 1


def test_a_year_without_a_report_and_a_missing_file(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["audit", "--year", "150"]) == 2
    assert "there is no such file" in capsys.readouterr().err
    assert main(["audit", "--year", "107", "--published", "nowhere.yml"]) == 2
    assert "nowhere.yml: there is no such file" in capsys.readouterr().err


def test_a_year_whose_neighbour_is_not_printed_is_judged_in_what_it_has() -> None:
    alone = judge_claims({107: load_published(107)}, 107)
    found = {one.claim.id: one for one in alone}
    growth = found["new_growth"]
    assert growth.verdict == "cannot_check"
    assert growth.derivation is not None
    assert growth.derivation.missing == ("new@106",)
    assert found["care_total"].verdict == "agrees"
    judge_claims({106: load_published(106)}, 106)


def test_what_is_left_out_of_a_file_is_missing(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is known from the project's own transcription, so its name is no slip."""
    monkeypatch.setenv("REPORT_LANG", "en")
    file = file_107(tmp_path, ("  - id: care_visits", "  - id: care_calls"))
    told = audit(capsys, "--year", "107", "--published", file)
    assert "The total of care for the disadvantaged" in told
    assert "cannot be recomputed; not printed: donations and visits." in told


def test_an_unknown_figure_is_refused_by_name(reports: Mapping[int, Published]) -> None:
    growth = reports[107]["new_growth"]
    assert growth.follows is not None
    wrong = replace(growth.follows.figures[0], name="nw")
    follows = replace(growth.follows, figures=(wrong, wrong))
    given = with_figures(reports, new_growth=replace(growth, follows=follows))
    with pytest.raises(InputError, match=r"new_growth of 107 names 'nw'"):
        check_follows(given, 107)
    check_follows(given, 107, ["nw"])
    assert verdict(given, "new_growth").verdict == "cannot_check"

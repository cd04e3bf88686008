"""What an audit of a printed report finds, in words: what, where, how much, and what of the KPI."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from closurerate.audit.claims.derivation import Reports
from closurerate.audit.claims.effects import KpiEffect, feasible, kpi_effect, numerator_only
from closurerate.audit.claims.judging import JudgedClaim
from closurerate.audit.claims.standing import Group, Reliability, group_of, reliability_of
from closurerate.press.heard import NUMERAL
from closurerate.press.text import (
    ByLanguage,
    Cited,
    Item,
    Run,
    Text,
    bare,
    both,
    capital,
    clauses,
    formed,
    joined,
    spaced,
    stated,
    t,
)
from closurerate.press.words import vocabulary
from closurerate.quantity import Quantity
from closurerate.records.claim import Claim

_IN_ENGLISH = {
    "壹": "I", "貳": "II", "叁": "III", "一": "1", "二": "2", "三": "3", "四": "4", "五": "5",
    "六": "6", "七": "7", "、分析（": ", analysis (", "分析（": "analysis (", "（": "(", "）": ")",
    "、分析": ", analysis", "、表": ", table", "、衡量標準": ", measure", "封面": "cover",
    "、": ".",
}  # fmt: skip
"""The printed report's own numbering, as the English pages have it."""
_HAN = re.compile("[\u4e00-\u9fff]")
_ORDER = ("disagrees", "agrees_under_reading", "agrees_rounded", "agrees", "cannot_check")


@dataclass(frozen=True)
class AuditFinding:
    """A finding on a printed figure.

    Args:
        found: What is the matter, and by how much.
        kpi: What it does to the KPI; None where nothing can be said.
        weight: What it is sorted by: the least comes first.
    """

    claim: Claim
    found: Item
    kpi: Text | None
    group: Group
    reliability: Reliability
    weight: tuple[int, int, float]

    @property
    def where(self) -> Run:
        """Where the figure stands in the report."""
        places = map(place_words, self.claim.places)
        return Run(tuple(places), {"zh-Hant": "；", "en": "; "})

    @property
    def whole(self) -> Run:
        """What is found, with what it does to the KPI."""
        return spaced([self.found, *([self.kpi] if self.kpi else [])])

    @property
    def group_words(self) -> Text:
        """Its group in GUID 5290."""
        return t(f"audit_group_{self.group}")

    @property
    def reliability_words(self) -> Text:
        """The word of GAO-20-283G on the data behind it."""
        return t(f"audit_reliability_{self.reliability}")

    @property
    def said(self) -> Run:
        """The whole finding in sentences."""
        figure = formed(figure_words(self.claim.id), capital)
        standing = {"group": self.group_words, "reliability": self.reliability_words}
        return spaced(
            [
                t(
                    "audit_printed",
                    figure=figure,
                    place=self.where,
                    printed=print_words(self.claim),
                ),
                self.whole,
                t("audit_standing", **standing),
            ]
        )


def findings(reports: Reports, year: int, judged: list[JudgedClaim]) -> list[AuditFinding]:
    """Return what is found in a year's printed figures, the heaviest first.

    Those that disagree come first, then those that agree only under a reading or serve as what they
    are not, then those that cannot be checked for want of another figure. Within each, what moves
    the KPI's print comes first, then what it rests on, then what differs most in proportion.
    """
    found = [*_of_verdicts(reports, year, judged), *_of_use(reports, year)]
    return sorted(found, key=lambda one: one.weight)


def counted(year: int, judged: list[JudgedClaim]) -> Text:
    """Return how many printed occurrences got each verdict."""
    follows = [entry["verdict"] for one in judged if one.derivation for entry in one.entries()]
    everywhere = sum(len(one.claim.places) for one in judged)
    tally = {verdict: follows.count(verdict) for verdict in _ORDER}
    return t(
        "audit_count", year=year, derived=len(follows), others=everywhere - len(follows), **tally
    )


def figure_words(name: str) -> Item:
    """Return what a printed figure is called, of another year with that; its id if nobody named it.

    Args:
        name: As `Figure` writes it: `closed`, `closed@106`.
    """
    own, _, year = name.partition("@")
    key = f"claim_{own}"
    called: Item = t(key) if key in vocabulary() else own
    return t("audit_of_year", figure=called, year=year) if year else called


def print_words(claim: Claim) -> Item:
    """Return a figure as printed; in English as a number, with the original where it has words."""
    if not claim.is_numeric:
        return claim.printed
    number = at_least(claim, stated(claim.quantity()))
    printed = Cited(claim.printed, numerals_of(claim))
    original = (" (", printed, ")") if _HAN.search(claim.printed) else ()
    return ByLanguage({"zh-Hant": printed, "en": Run((number, *original))})


def numerals_of(claim: Claim) -> dict[str, Quantity]:
    """Return the numerals of a figure as it is printed: 253 萬 7,748 件 has two."""
    return dict.fromkeys(NUMERAL.findall(claim.printed), claim.quantity())


def at_least(claim: Claim, number: Item) -> Item:
    """Return a number as the least that it may be, where it is printed with 餘."""
    return t("number_and_more", number=number) if claim.precision == "at_least" else number


def place_words(place: str) -> Text:
    """Return a part of the printed report: 壹、三、一（一） in Chinese, I.3.1(1) in English."""
    whole = re.sub("[.](?=（)", "", place).replace(".", "、")
    english = whole
    for chinese, other in _IN_ENGLISH.items():
        english = english.replace(chinese, other)
    return both("\N{WORD JOINER}".join(whole), english)


def places_words(places: Sequence[str]) -> Run:
    """Return several parts of the printed report; of neighbours the head is said once."""
    groups = list[list[Item]]()
    head = None
    for place in places:
        parts = place.split(".")
        if head is not None and parts[: len(head)] == head and len(parts) > len(head):
            groups[-1].append(place_words(".".join(parts[len(head) :])))
        else:
            head = parts[:-1]
            groups.append([place_words(place)])
    return clauses(joined(group) for group in groups)


def reading_words(reading: str) -> Text:
    """Return what a reading does."""
    name, _, year = reading.partition("definition_of_")
    return t(f"reading_{reading}") if name else t("reading_definition_of", year=year)


def _of_verdicts(reports: Reports, year: int, judged: list[JudgedClaim]) -> Iterator[AuditFinding]:
    for one in judged:
        effect = kpi_effect(reports, year, one)
        group, reliability = group_of(one), reliability_of(one, effect)
        if one.is_accused:
            size = float(
                abs(one.difference or Decimal(0)) / (abs(one.recomputed or Decimal(0)) or 1)
            )
            moves = 2 if effect is None else 0 if effect.is_moved else 1
            is_number = one.claim.is_numeric
            weight = (_ORDER.index(one.verdict), moves, -size if is_number else 0.0)
            told = _accusation(one), _kpi(one, effect)
            yield AuditFinding(one.claim, *told, group, reliability, weight)
        elif one.verdict == "cannot_check" and one.derivation:
            last = (len(_ORDER), 0, 0.0)
            yield AuditFinding(one.claim, _unchecked(one), None, group, reliability, last)


def _accusation(one: JudgedClaim) -> Text:
    if not one.claim.is_numeric:
        assert one.derivation is not None
        lists = [
            joined(_listed(name) for name in two.written.split(", "))
            for two in (one.claim, *one.derivation.known)
        ]
        return t("audit_disagrees_list", names=lists[0], others=lists[1])
    places = {"recomputed": _stated(one.claim, one.value), "difference": _off(one)}
    if one.verdict == "disagrees":
        return t("audit_disagrees", **places)
    if one.derivation is None:
        return t("audit_missing_myriad", **places)
    return t("audit_under_reading", reading=reading_words(one.reading or ""), **places)


def _off(one: JudgedClaim) -> Item:
    """Return how much more is printed, in points where it is a percentage."""
    unit = "point" if one.claim.unit == "percent" else one.claim.unit
    return stated(Quantity(one.difference, unit, max(one.claim.decimals, 0)), is_signed=True)


def _listed(name: str) -> Item:
    """Return a name of a list as printed; in English in its own words where there are any."""
    known = vocabulary().get(name.removesuffix("市"))
    return name if known is None else both(name, f"{known['en']} ({name})")


def _rate(value: Decimal) -> Quantity:
    """Return a rate with the digits that it has."""
    return Quantity(value, "percent", -int(value.as_tuple().exponent))


def _kpi(one: JudgedClaim, effect: KpiEffect | None) -> Text:
    if effect is None:
        return t("audit_kpi_apart")
    before, after = (_rate(one) for one in (effect.as_printed, effect.as_recomputed))
    if one.claim.follows and one.claim.follows.relation == "definition":
        return t("audit_kpi_itself", after=after)
    if effect.is_moved:
        return t("audit_kpi_moved", before=before, after=after)
    return t("audit_kpi_unmoved", after=after)


def _unchecked(one: JudgedClaim) -> Item:
    assert one.derivation is not None
    missing = one.derivation.missing
    if not missing:
        return t("audit_no_value")
    told = t("audit_missing", missing=joined(map(figure_words, missing)))
    likely, widest = feasible(one), feasible(one, "unknown")
    if likely is None or widest is None:
        return told
    if widest.high < widest.low:
        return spaced([told, t("audit_infeasible")])
    ends = {"low": likely.low, "high": likely.high, "least": widest.low, "most": widest.high}
    return spaced([told, t("audit_feasible", **{name: bare(end) for name, end in ends.items()})])


def _of_use(reports: Reports, year: int) -> Iterator[AuditFinding]:
    """Yield the figures that stand for what they are not."""
    weight, kpi = (_ORDER.index("agrees_under_reading"), 2, 0.0), t("audit_kpi_apart")
    for one in numerator_only(reports, year):
        places = {"part": figure_words(one.part.id), "recomputed": _stated(one.claim, one.value)}
        found = t("audit_numerator_only", **places)
        yield AuditFinding(one.claim, found, kpi, "coherence", "sufficient", weight)
    for claim in reports[year].claims.values():
        if claim.serves:
            served = {"used": Text(claim.serves.used_as), "is_really": Text(claim.serves.but_is)}
            found = t("audit_serves", **served)
            yield AuditFinding(claim, found, kpi, "relevance", "not_sufficient", weight)


def _stated(claim: Claim, value: object) -> Item:
    number = Quantity(value, claim.unit, max(claim.decimals, 0))  # type: ignore[arg-type]
    return stated(number)

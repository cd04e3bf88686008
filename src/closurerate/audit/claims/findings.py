"""What an audit of a printed report finds, in words: what, where, how much, and what of the KPI."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from closurerate.audit.claims.derivation import Reports
from closurerate.audit.claims.effects import KpiEffect, feasible, kpi_effect, numerator_only
from closurerate.audit.claims.judging import JudgedClaim
from closurerate.press.text import Item, Run, Text, bare, both, joined, spaced, stated, t
from closurerate.quantity import Quantity
from closurerate.records.claim import Claim

_IN_ENGLISH = {
    "壹": "I", "貳": "II", "叁": "III", "一": "1", "二": "2", "三": "3", "四": "4", "五": "5",
    "六": "6", "七": "7", "（": "(", "）": ")", "、分析": ", analysis", "、表": ", table",
    "、衡量標準": ", measure", "封面": "cover", "、": ".",
}  # fmt: skip
"""The printed report's own numbering, as the English pages have it."""
_ORDER = ("disagrees", "agrees_under_reading", "agrees_rounded", "agrees", "cannot_check")


@dataclass(frozen=True)
class AuditFinding:
    """A finding, and what it is sorted by: the least weight comes first."""

    said: Item
    weight: tuple[int, int, float]


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


def place_words(place: str) -> Text:
    """Return a part of the printed report: 壹、三、一（一） in Chinese, I.3.1(1) in English."""
    whole = re.sub("[.](?=（)", "", place).replace(".", "、")
    english = whole
    for chinese, other in _IN_ENGLISH.items():
        english = english.replace(chinese, other)
    return both("\N{WORD JOINER}".join(whole), english)


def reading_words(reading: str) -> Text:
    """Return what a reading does."""
    name, _, year = reading.partition("definition_of_")
    return t(f"reading_{reading}") if name else t("reading_definition_of", year=year)


def _of_verdicts(reports: Reports, year: int, judged: list[JudgedClaim]) -> Iterator[AuditFinding]:
    for one in judged:
        if one.is_accused:
            effect = kpi_effect(reports, year, one)
            size = float(
                abs(one.difference or Decimal(0)) / (abs(one.recomputed or Decimal(0)) or 1)
            )
            moves = 2 if effect is None else 0 if effect.is_moved else 1
            is_number = one.claim.is_numeric
            weight = (_ORDER.index(one.verdict), moves, -size if is_number else 0.0)
            yield AuditFinding(spaced([_accusation(one), _kpi(one, effect)]), weight)
        elif one.verdict == "cannot_check" and one.derivation:
            yield AuditFinding(_unchecked(one), (len(_ORDER), 0, 0.0))


def _accusation(one: JudgedClaim) -> Text:
    figure = _figure(one.claim)
    if not one.claim.is_numeric:
        assert one.derivation is not None
        lists = [joined(two.written.split(", ")) for two in (one.claim, *one.derivation.known)]
        return t("audit_disagrees_list", figure=figure, names=lists[0], others=lists[1])
    places = {
        "figure": figure,
        "recomputed": _stated(one.claim, one.value),
        "difference": _off(one),
    }
    if one.verdict == "disagrees":
        return t("audit_disagrees", **places)
    if one.derivation is None:
        return t("audit_missing_myriad", **places)
    return t("audit_under_reading", reading=reading_words(one.reading or ""), **places)


def _off(one: JudgedClaim) -> Item:
    """Return how much more is printed, in points where it is a percentage."""
    unit = "point" if one.claim.unit == "percent" else one.claim.unit
    return stated(Quantity(one.difference, unit, max(one.claim.decimals, 0)), is_signed=True)


def _kpi(one: JudgedClaim, effect: KpiEffect | None) -> Text:
    if effect is None:
        return t("audit_kpi_apart")
    after = f"{effect.as_recomputed} %"
    if one.claim.follows and one.claim.follows.relation == "definition":
        return t("audit_kpi_itself", after=after)
    if effect.is_moved:
        return t("audit_kpi_moved", before=f"{effect.as_printed} %", after=after)
    return t("audit_kpi_unmoved", after=after)


def _unchecked(one: JudgedClaim) -> Item:
    assert one.derivation is not None
    missing = one.derivation.missing
    if not missing:
        return t("audit_no_value", figure=_figure(one.claim))
    told = t("audit_missing", figure=_figure(one.claim), missing=joined(missing))
    likely, widest = feasible(one), feasible(one, "unknown")
    if likely is None or widest is None:
        return told
    if widest.high < widest.low:
        return spaced([told, t("audit_infeasible")])
    ends = {"low": likely.low, "high": likely.high, "least": widest.low, "most": widest.high}
    return spaced([told, t("audit_feasible", **{name: bare(end) for name, end in ends.items()})])


def _of_use(reports: Reports, year: int) -> Iterator[AuditFinding]:
    """Yield the figures that stand for what they are not."""
    weight = (_ORDER.index("agrees_under_reading"), 2, 0.0)
    for one in numerator_only(reports, year):
        recomputed = _stated(one.claim, one.value)
        figure = _figure(one.claim)
        words = t("audit_numerator_only", figure=figure, part=one.part.id, recomputed=recomputed)
        yield AuditFinding(spaced([words, t("audit_kpi_apart")]), weight)
    for claim in reports[year].claims.values():
        if claim.serves:
            served = {"used": Text(claim.serves.used_as), "is_really": Text(claim.serves.but_is)}
            words = t("audit_serves", figure=_figure(claim), **served)
            yield AuditFinding(spaced([words, t("audit_kpi_apart")]), weight)


def _figure(claim: Claim) -> Text:
    places = Run(tuple(map(place_words, claim.places)), {"zh-Hant": "；", "en": "; "})
    return t("audit_printed", id=claim.id, place=places, printed=claim.printed)


def _stated(claim: Claim, value: object) -> Item:
    number = Quantity(value, claim.unit, max(claim.decimals, 0))  # type: ignore[arg-type]
    return stated(number)

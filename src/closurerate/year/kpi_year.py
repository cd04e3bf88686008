"""A year's KPI as the notebooks use it: definition, counts, values, target, what it rests on."""

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from itertools import count

import pandas as pd

from closurerate.errors import InputError
from closurerate.kpi.counts import count_cases, read_counts
from closurerate.kpi.definition import Definition, KpiVersion, read_definition
from closurerate.kpi.effective import EffectiveRule
from closurerate.kpi.evaluate import Evaluation, achievement, evaluate, evaluate_groups, in_unit
from closurerate.press.print.escape import markdown_text
from closurerate.press.print.labels import Evidence
from closurerate.press.prose import Finding, KeyFigure, KeyFigures, Markdown
from closurerate.press.shown import Grounds
from closurerate.press.text import Item, bare, capital, formed, given_name, joined, t
from closurerate.quantity import Quantity
from closurerate.records.paths import cases_folder, kpi_file, resolved
from closurerate.records.placeholders import weakest
from closurerate.records.readings import adopted
from closurerate.records.years import Year, year_if_written
from closurerate.year.case_year import NATIONAL, CaseData, built, called, open_cases, say
from closurerate.year.narrative import figures as narrated
from closurerate.year.official import is_official

_OF_PRINTED_KPI = {"rate", "target", "achievement"}


@dataclass(frozen=True)
class KpiData:
    """One year's KPI with everything that it is shown beside.

    Args:
        counts: The year's cases counted by the version in force.
        author: What the year's author supplies; None where there is no such file.
        folder: Where the case file lies, for a restatement whose rule differs.
    """

    cases: CaseData
    definition: Definition
    counts: pd.DataFrame
    author: Year | None
    folder: str

    @property
    def year(self) -> int:
        """The ROC year."""
        return self.cases.year

    @property
    def version(self) -> KpiVersion:
        """The KPI as in force in the year."""
        return self.definition.in_force(self.year)

    @property
    def versions(self) -> dict[int, KpiVersion]:
        """The KPI's versions that had begun by the year; a later one does not change its report."""
        return {
            begun: version
            for begun, version in self.definition.versions.items()
            if begun <= self.year
        }

    @property
    def kpi_name(self) -> Item:
        """The KPI's name."""
        return given_name(self.definition.name)

    def evaluations(self, by: str | None = None, version: int | None = None) -> list[Evaluation]:
        """Return the KPI by group and in all, by the version in force or by another."""
        chosen = self.version if version is None else self.definition.version(version)
        return evaluate_groups(chosen, self.counts_by(chosen), by)

    def counts_by(self, version: KpiVersion) -> pd.DataFrame:
        """Return the year's cases counted by a version's rule; each rule is counted once.

        Raises:
            InputError: If it is not this KPI's rule and the case file is not there.
        """
        if version.rule not in self._counted:
            file = cases_folder(self.year, self.folder) / "cases.parquet"
            if not file.is_file():
                raise InputError(
                    f"{file}: is not there; {version.kpi} has thresholds of its own and needs the "
                    "cases."
                )
            self._counted[version.rule] = count_cases(file, self.year, version.rule)
        return self._counted[version.rule]

    @cached_property
    def _counted(self) -> dict[EffectiveRule, pd.DataFrame]:
        return {self.version.rule: self.counts}

    @cached_property
    def total(self) -> Evaluation:
        """The national value."""
        return self.evaluations()[-1]

    @property
    def counts_evidence(self) -> Evidence:
        """What the national counts of effective, closed and pending cases rest on."""
        return weakest(
            [
                self.cases.evidence_of(name, self.total.counts[name])
                for name in ("effective", "closed", "pending")
            ]
        )

    @property
    def evidence(self) -> Evidence:
        """What the national value rests on: its counts, and whether it is the one printed."""
        return self.at_best(self.counts_evidence)

    def at_best(self, evidence: Evidence) -> Evidence:
        """Return the evidence of a value of this KPI: only the printed KPI's can be published."""
        is_other = evidence == "published" and not self.is_printed
        return self.cases.evidence if is_other else evidence

    def given(self, year: int) -> Evidence:
        """Return what a year's facts rest on: its print, or its author where nothing is printed."""
        return "published" if year in self.cases.published else "supplied"

    @cached_property
    def is_printed(self) -> bool:
        """Whether this is the KPI of the printed reports, and not another put in its place."""
        return is_official(self.definition, self.cases.published)

    def grounds(
        self,
        evidence: Evidence | None = None,
        *,
        earlier: Container[int] = (),
        is_read: bool = False,
        is_as_printed: bool = False,
        is_of_rows_before: bool = False,
        figures: Iterable[str] = ("effective", "closed", "pending"),
    ) -> Grounds:
        """Return what a table or chart of the KPI rests on.

        Args:
            evidence: Where it is not that of the national value.
            earlier: The earlier years that stand beside this one.
            is_read: Whether a printed year's effective cases are those that a reading of its rate
                allows.
            is_as_printed, is_of_rows_before, figures: As of `CaseData.grounds`.
        """
        rests = evidence or self.evidence
        found = self.cases.grounds(
            rests,
            earlier=earlier,
            is_as_printed=is_as_printed,
            is_of_rows_before=is_of_rows_before,
            figures=(*figures, *(["rate"] if is_read else [])),
        )
        read = weakest([rests, "assumed"]) if is_read else rests
        return replace(found, evidence=read, counts=self.total.counts)

    @property
    def is_restatable(self) -> bool:
        """Whether the year's effective cases are known: synthetic ones must have been printed.

        Or a made-up year before stands beside them, so that both are told as they are.
        """
        is_known = self.counts_evidence == "published" or self.cases.counted_before is not None
        return not self.cases.is_synthetic or is_known

    @property
    def target(self) -> Fraction | None:
        """The year's target in the KPI's unit; see `target_of`."""
        return self.target_of(self.year)

    def target_of(self, year: int) -> Fraction | None:
        """Return the target of a year up to this one: its author's, else the definition's.

        Raises:
            InputError: If both say one and they differ.
        """
        author = self.author if year == self.year else year_if_written(year)
        dated = self.definition.target(year)
        own = author.targets.get(self.definition.id) if author else None
        if dated is not None and own is not None and dated != own:
            raise InputError(
                f"the target of {year} is {own} in data/years/{year}.yml and {dated} in "
                f"{self.definition.files[0]}: they must agree."
            )
        return own if own is not None else dated

    @property
    def shown_target(self) -> Quantity | None:
        """The year's target with as many decimals as it has, None where there is none."""
        return self.shown_target_of(self.year)

    def shown_target_of(self, year: int) -> Quantity | None:
        """Return the target of a year up to this one so, None where there is none."""
        target = self.target_of(year)
        if target is None:
            return None
        decimals = next(places for places in count() if not (target * 10**places) % 1)
        return Quantity(target, self.version.unit, decimals, self.at_best(self.given(year)))

    @property
    def achievement(self) -> Quantity:
        """How far the target was met, in percent, capped at 100."""
        return achieved(self.total, self.version, self.target, self.evidence)

    @cached_property
    def figures(self) -> dict[str, Quantity]:
        """Every figure that a sentence can name: counts, KPI, facts, and the year before's."""
        counted = self._national() | {
            "rate": self.total.quantity(self.evidence),
            "achievement": self.achievement,
            "achievement_uncapped": achieved(
                self.total, self.version, self.target, self.evidence, is_capped=False
            ),
        }
        before = self.cases.before
        previous = before.quantities() if before else {}
        if not self.is_printed:
            previous = {name: previous[name] for name in previous if name not in _OF_PRINTED_KPI}
        previous |= self.counted_before()
        named = counted | {f"{name}_previous": quantity for name, quantity in previous.items()}
        told = self.given(self.year)
        if self.author and self.cases.is_scaled:
            # A fraction's counts combine with no fact of the whole nation.
            alone = replace(self.author, facts={})
            named |= narrated(alone, counted, previous, None)
            named |= narrated(self.author, {}, previous, self.shown_target, told) | counted
        elif self.author:
            named = narrated(self.author, counted, previous, self.shown_target, told) | counted
        if self.shown_target is not None:
            named["target"] = self.shown_target
        return called(
            self.cases.figures() | named | self._indicators() | self._restated() | self._extremes()
        )

    def counted_before(self) -> dict[str, Quantity]:
        """Return rate and achievement of the year before where its own cases are counted."""
        report, year = self.cases.counted_before, self.year - 1
        if report is None:
            return {}
        counts = {name: int(claim.value) for name, claim in report.claims.items()}
        counts |= {"collected_twd": counts.pop("collected")} if "collected" in counts else {}
        version = self.definition.in_force(max(year, min(self.definition.versions)))
        value, evidence = evaluate(version, counts, None), report["closed"].evidence
        reached = achieved(value, version, self.target_of(year), evidence)
        found = {"rate": value.quantity(evidence), "achievement": reached}
        return {name: one for name, one in found.items() if one.value is not None}

    @cached_property
    def names(self) -> dict[str, Item]:
        """Words that a sentence can name: the year, the KPI, the highest and lowest branches.

        `figure` is what the national value is called, which nobody may have published.
        """
        return (
            self.cases.names
            | {"kpi": formed(self.kpi_name, markdown_text)}
            | {"figure": t(f"figure_{'published' if self.evidence == 'published' else 'counted'}")}
            | {
                f"{place}_branch": joined(self.cases.place(row.by) for row in rows)
                for place, rows in self.extreme_branches.items()
            }
        )

    def say(
        self,
        figures: Mapping[str, Quantity] | None = None,
        names: Mapping[str, Item] | None = None,
        *,
        zh: str,
        en: str,
        is_optional: bool | None = None,
        at_best: Evidence = "derived",
    ) -> Finding | Markdown:
        """Return a computed sentence on the KPI; see `closurerate.year.case_year.say`.

        Args:
            figures, names: What it can name besides the KPI's own figures and names.
            is_optional: As there; where nothing is said, a sentence that has figures of its own is.
        """
        return say(
            {**self.figures, **(figures or {})},
            zh=zh,
            en=en,
            names={**self.names, **(names or {})},
            is_optional=figures is not None if is_optional is None else is_optional,
            at_best=at_best,
        )

    def key_figures(self) -> KeyFigures:
        """Return the year's headline: the KPI, its parts, and how it stands to the target."""
        shown, unit = self.figures, t("unit_case")
        items = [
            KeyFigure(formed(self.kpi_name, capital), shown["rate"]),
            KeyFigure(
                t("achievement"), self.achievement, t("target_note", target=shown.get("target"))
            ),
            *(
                KeyFigure(t(name), bare(self.total.counts[name]), unit)
                for name in ("effective", "closed", "pending")
            ),
        ]
        return KeyFigures(items, self.grounds())

    @cached_property
    def extreme_branches(self) -> dict[str, list[Evaluation]]:
        """The branches of the highest and of the lowest value, all that tie; none without one."""
        rows = self.evaluations("branch")[:-1]
        values = {row.by: Fraction(row.value.value) for row in rows if row.value.value is not None}
        ends = {"highest": max(values.values()), "lowest": min(values.values())} if values else {}
        return {
            place: [row for row in rows if values.get(row.by) == end] for place, end in ends.items()
        }

    def _extremes(self) -> dict[str, Quantity]:
        return {
            place: rows[0].quantity(self.cases.evidence)
            for place, rows in self.extreme_branches.items()
        }

    def _national(self) -> dict[str, Quantity]:
        counts = self.total.counts
        values = {name: counts.get(name) for name in NATIONAL}
        values["collected"] = counts["collected_twd"]
        return {
            name: Quantity(
                value,
                "TWD" if name == "collected" else "case",
                0,
                self.cases.evidence_of(name, value),
            )
            for name, value in values.items()
            if value is not None
        }

    def _indicators(self) -> dict[str, Quantity]:
        return {
            name: Quantity(in_unit(item.value, "percent"), "percent", 4, self.evidence)
            for name, item in self.total.indicators.items()
        }

    def _restated(self) -> dict[str, Quantity]:
        """Return `rate_of_<year>`, as printed, and `rate_on_<version>`, this year's restated."""
        as_printed = {
            f"rate_of_{year}": report["rate"].quantity()
            for year, report in self.cases.published.items()
            if self.is_printed and "rate" in report
        }
        if not self.is_restatable:
            return as_printed
        return as_printed | {
            f"rate_on_{version}": self.evaluations(version=version)[-1].quantity(self.evidence)
            for version in self.versions
        }


def achieved(
    found: Evaluation,
    version: KpiVersion,
    target: Fraction | None,
    evidence: Evidence,
    *,
    is_capped: bool | None = None,
) -> Quantity:
    """Return how far a value met a target, in percent; capped where the register reads it so."""
    value, reached = in_unit(found.value.value, version.unit), None
    if value is not None and target is not None:
        if is_capped is None:
            is_capped = adopted("achievement_cap") == "capped"
        is_better = version.is_higher_better
        reached = achievement(value, target, is_capped=is_capped, is_higher_better=is_better)
    return Quantity(reached, "percent", 0 if reached in (None, 100) else 2, evidence)


def open_kpi(
    year: int,
    *,
    kpi: str = "effective_closure_rate",
    cases: str = "auto",
) -> KpiData:
    """Return a year's KPI on the case data that `make` has put in place.

    Args:
        kpi: Id of a definition in `data/kpi`.
        cases: As in `open_cases`.

    Raises:
        InputError: If the case data, their counts or the definition are not there or are damaged.
    """
    source = resolved(year, cases)
    counts = cases_folder(year, source) / f"counts.{kpi}.parquet"
    definition = read_definition(kpi_file(kpi), kpi_file)
    return KpiData(
        cases=open_cases(year, cases=source, definition=definition),
        definition=definition,
        counts=read_counts(built(counts, "02_kpi", year, source, kpi)),
        author=year_if_written(year),
        folder=source,
    )

"""A year's thresholds as the notebooks use them: the KPI, its scenario engine, what is declared."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from closurerate.kpi.evaluate import in_unit
from closurerate.press.print.labels import Evidence
from closurerate.press.prose import Finding, Markdown
from closurerate.press.shown import Grounds
from closurerate.press.text import Item
from closurerate.quantity import Exact, Quantity, rounded
from closurerate.records.paths import cases_folder, data_folder
from closurerate.study.disclosure import is_enough
from closurerate.study.settings import StudySettings, read_settings
from closurerate.study.thresholds.engine import ThresholdIndex, build_index
from closurerate.study.thresholds.parameters import Parameter, parameters
from closurerate.study.thresholds.repayments import read_repayments
from closurerate.study.thresholds.sensitivity import End, tornado
from closurerate.study.thresholds.variants import VariantOutcome, named_variants, outcomes
from closurerate.year.case_year import built
from closurerate.year.changes import change_unit
from closurerate.year.kpi_year import KpiData, open_kpi

Sayable = tuple[dict[str, Quantity], dict[str, Item]]
"""Figures and names that a sentence can hold."""


@dataclass(frozen=True)
class ThresholdData:
    """One year's KPI with the engine that moves its thresholds, and what the study declares."""

    kpi: KpiData
    index: ThresholdIndex
    settings: StudySettings

    @cached_property
    def moved(self) -> tuple[Parameter, ...]:
        """The thresholds with their declared ranges."""
        return parameters(self.index.version.rule, self.settings)

    @cached_property
    def ends(self) -> list[tuple[End, End]]:
        """The KPI at both ends of each threshold's range, the widest effect first."""
        return tornado(self.index, self.moved)

    @cached_property
    def variants(self) -> list[VariantOutcome]:
        """The KPI under each named variant."""
        return outcomes(self.index, named_variants(self.index, self.settings))

    @property
    def evidence(self) -> Evidence:
        """What the thresholds' effects rest on: the rows, real or made up."""
        return self.kpi.cases.evidence

    def grounds(self) -> Grounds:
        """Return what a table or chart of the thresholds rests on."""
        return self.kpi.grounds(self.evidence)

    def value(self, ratio: Exact | None, more: int = 0) -> Quantity:
        """Return a value of the KPI (a plain ratio where its unit is percent) as it is printed.

        `more` digits beyond the printed ones, which made-up rows do not bear; under 0 for fewer.
        """
        version = self.index.version
        value = in_unit(ratio, version.unit)
        return Quantity(value, version.unit, self._digits(more), self.evidence)

    def change(self, value: Exact | None, more: int = 0) -> Quantity:
        """Return a change of the KPI, which is in its printed unit; `more` as in `value`."""
        unit = change_unit(self.index.version.unit)
        return Quantity(value, unit, self._digits(more), self.evidence)

    def told(self, value: Exact | None, more: int = 0) -> Quantity:
        """Return a change as a sentence tells it: of one made-up year with a digit fewer.

        Not where that would print nought.
        """
        fewer = self.change(value, -1)
        is_rough = self.evidence == "illustration" and rounded(value or 0, fewer.decimals)
        return fewer if is_rough else self.change(value, more)

    def borne(self, most: int) -> int:
        """Return how many decimals of any figure the rows bear: of made-up ones two at most."""
        return min(most, 2) if self.evidence == "illustration" else most

    def _digits(self, more: int) -> int:
        own = self.index.version.decimals
        return max(0, own + (min(more, 0) if self.evidence == "illustration" else more))

    def is_public(self, effective: int) -> bool:
        """Tell whether the nation's effective cases moved by none, or by enough to be public."""
        moved = effective - self.index.official_effective()
        return not moved or is_enough(moved, self.settings.disclosure)

    def say(
        self, figures: Mapping[str, Quantity], names: Mapping[str, Item], *, zh: str, en: str
    ) -> Finding | Markdown:
        """Return a computed sentence that rests on the rows; see `KpiData.say`."""
        return self.kpi.say(figures, names, zh=zh, en=en, at_best=self.evidence)


def open_thresholds(data: KpiData | int) -> ThresholdData:
    """Return the thresholds of a year's KPI, on the part-paid cases that `make` has collected.

    Args:
        data: The KPI, or a year, of which the official one is opened.

    Raises:
        InputError: If the part-paid cases are not there, or are not those that were counted.
    """
    data = open_kpi(data) if isinstance(data, int) else data
    kpi = data.definition.id
    file = cases_folder(data.year, data.folder) / f"repayments.{kpi}.parquet"
    built(file, "04_thresholds", data.year, data.folder, kpi)
    index = build_index(read_repayments(file), data.counts, data.version)
    return ThresholdData(data, index, read_settings(data_folder() / "study.yml"))

"""A year's thresholds as the notebooks use them: the KPI, its scenario engine, what is declared."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from closurerate.press.print.labels import Evidence, Language
from closurerate.press.prose import Finding, Markdown
from closurerate.quantity import Exact, Quantity
from closurerate.records.paths import cases_folder, data_folder
from closurerate.study.settings import StudySettings, read_settings
from closurerate.study.thresholds.engine import ThresholdIndex, build_index
from closurerate.study.thresholds.repayments import read_repayments
from closurerate.year.case_year import built, resolved, say
from closurerate.year.kpi_year import KpiData, open_kpi

Facts = tuple[dict[str, Quantity], dict[str, str]]
"""Figures and names that a sentence can hold."""


@dataclass(frozen=True)
class ThresholdData:
    """One year's KPI with the engine that moves its thresholds.

    Parameters
    ----------
    kpi
        The year's KPI.
    index
        The scenario engine on the year's cases.
    settings
        What the study declares (`data/study.yml`).
    """

    kpi: KpiData
    index: ThresholdIndex
    settings: StudySettings

    @property
    def language(self) -> Language:
        """`zh-Hant` or `en`."""
        return self.kpi.language

    @property
    def evidence(self) -> Evidence:
        """What the thresholds' effects rest on: the rows, real or made up."""
        return self.kpi.cases.evidence

    def quantity(self, value: Exact | None, decimals: int) -> Quantity:
        """Return a value of the KPI with its unit and what it rests on."""
        return Quantity(value, self.index.version.unit, decimals, self.evidence)

    @property
    def source_line(self) -> str:
        """What stands below a table or chart of them."""
        return self.kpi.cases.source_line(self.evidence)

    @cached_property
    def figures(self) -> Mapping[str, Quantity]:
        """Every figure that a sentence can name."""
        return self.kpi.figures

    def say(
        self,
        figures: Mapping[str, Quantity] | None = None,
        names: Mapping[str, str] | None = None,
        *,
        zh: str,
        en: str,
        is_optional: bool = True,
    ) -> Finding | Markdown:
        """Return a computed sentence that rests on the rows; see `report.case_data.say`.

        Parameters
        ----------
        figures, names
            What it can name besides the KPI's own figures and names.
        zh, en, is_optional
            As there.
        """
        return say(
            {**self.figures, **(figures or {})},
            zh=zh,
            en=en,
            names={**self.kpi.names, **(names or {})},
            is_optional=is_optional,
            at_best=self.evidence,
        )


def open_thresholds(
    year: int,
    *,
    kpi: str = "effective_closure_rate",
    cases: str = "auto",
    language: Language = "zh-Hant",
) -> ThresholdData:
    """Return a year's thresholds on the case data that `make study` has put in place.

    Parameters
    ----------
    year, kpi, cases, language
        As in `closurerate.year.kpi_year.open_kpi`.

    Raises
    ------
    InputError
        If the case data, their counts or the part-paid cases are not there or do not belong
        together.
    """
    source = resolved(year, cases)
    data = open_kpi(year, kpi=kpi, cases=source, language=language)
    return thresholds_of(data)


def thresholds_of(data: KpiData) -> ThresholdData:
    """Return the thresholds of a KPI that is open already."""
    kpi = data.definition.id
    file = cases_folder(data.year, data.folder) / f"repayments.{kpi}.parquet"
    built(file, "04_thresholds", data.year, data.folder, kpi)
    index = build_index(read_repayments(file), data.counts, data.version)
    return ThresholdData(data, index, read_settings(data_folder() / "study.yml"))

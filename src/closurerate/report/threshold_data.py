"""A year's thresholds as the notebooks use them: the KPI, its scenario engine, what is declared."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from closurerate.paths import cases_folder, data_folder
from closurerate.quantity import Quantity
from closurerate.report.case_data import built, resolved, say
from closurerate.report.kpi_data import KpiData, open_kpi
from closurerate.report.labels import Evidence, Language
from closurerate.report.show import Finding, Markdown
from closurerate.study.repayments import read_repayments
from closurerate.study.settings import StudySettings, read_settings
from closurerate.study.thresholds import ThresholdIndex, build_index


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
            self.language,
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
        As in `closurerate.report.kpi_data.open_kpi`.

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

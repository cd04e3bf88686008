"""All that the audit asks of a year's rows, asked once for all of its pages."""

from dataclasses import dataclass

from closurerate.audit.rows.patterns import Patterns
from closurerate.audit.rows.recount import Recount, recount
from closurerate.audit.rows.settings import read_patterns
from closurerate.audit.rows.stocks import Stocks, stocks
from closurerate.audit.rows.windows import count_windows
from closurerate.records.paths import cases_folder, data_folder
from closurerate.study.disclosure import is_enough
from closurerate.study.settings import DisclosureRules, read_settings
from closurerate.year.kpi_year import KpiData


@dataclass(frozen=True)
class RowsAudit:
    """What a year's rows answer.

    Attributes:
        kpi: The year's KPI, whose rule has the tiers and ratios.
        disclosure: What a public page may show.
    """

    kpi: KpiData
    recount: Recount
    patterns: Patterns
    stocks: Stocks
    disclosure: DisclosureRules

    def is_public(self, count: int) -> bool:
        """Tell whether so many cases may be shown: none, or enough."""
        return count == 0 or is_enough(count, self.disclosure)


def open_rows(data: KpiData) -> RowsAudit:
    """Return what the rows of a year's case file answer; seconds for the nation.

    Its opening stock is held against the year before's file where there is one of the same kind.

    Raises:
        InputError: If a case file or a file of settings is not there or is damaged.
    """
    file, rule = cases_folder(data.year, data.folder) / "cases.parquet", data.version.rule
    before = cases_folder(data.year - 1, data.folder) / "cases.parquet"
    settings = read_patterns(data_folder() / "audit.yml")
    windows = count_windows(file, data.year, rule, settings)
    return RowsAudit(
        kpi=data,
        recount=recount(file, data.year, {rule: data.counts}),
        patterns=Patterns(data.year, windows, settings),
        stocks=stocks(data.counts, data.year, rule, file, before if before.is_file() else None),
        disclosure=read_settings(data_folder() / "study.yml").disclosure,
    )

"""A year of cases as a researcher holds it: opened, restricted, and tabled as DataFrames."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from html import escape
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from typing import Any
from weakref import finalize

import ibis
import numpy as np
import pandas as pd

from closurerate.cases.engine import ROW_NUMBER, opened
from closurerate.cases.scope import in_year, year_bounds
from closurerate.cases.source import is_synthetic
from closurerate.cases.vocabulary import BRANCHES, CATEGORIES, COLUMNS
from closurerate.errors import InputError
from closurerate.kpi.counts import count_cases
from closurerate.kpi.definition import Definition, KpiVersion, read_definition
from closurerate.kpi.effective import EffectiveRule
from closurerate.library import tables
from closurerate.library.own_cases import write_own_cases
from closurerate.quantity import number
from closurerate.records.documents import nearest
from closurerate.records.paths import ROC_OFFSET, cases_folder, kpi_file, resolved
from closurerate.study.thresholds.engine import ThresholdIndex, build_index
from closurerate.study.thresholds.repayments import Repayments, collect_repayments

column = ibis._
"""What a condition of `OpenYear.where` names a column of: `column.referred_amount_twd < 20_000`."""

OFFICIAL = "effective_closure_rate"
KINDS = {
    "extract": "an extract",
    "synthetic": "synthetic cases, none of them real",
    "own": "own cases",
}


def definition(name: str | Path) -> Definition:
    """Return a KPI's definition, by its id or by the path of a YAML file.

    >>> import closurerate as cr
    >>> cr.definition("effective_closure_rate").in_force(107).unit
    'percent'

    Raises:
        InputError: If there is none, or it is damaged: file, line, key, what would be right.
    """
    return read_definition(kpi_file(str(name)), kpi_file)


def open_year(roc_year: int, cases: str = "auto", kpi: str | Path = OFFICIAL) -> "OpenYear":
    """Return a year whose cases are in the project: an extract, or else synthetic ones.

    >>> import closurerate as cr
    >>> cr.year(107)
    year 107 (synthetic cases, none of them real): 50,154 closed, 38,319 pending

    Args:
        roc_year: As 107 for 2018.
        cases: `extract`, `synthetic`, `synthetic-0.01`; `auto` takes the best that there is.
        kpi: The KPI of its tables: an id, or the path of a definition.

    Raises:
        InputError: If there are no cases, with what would bring them.
    """
    _check_roc(roc_year)
    file = cases_folder(roc_year, resolved(roc_year, cases)) / "cases.parquet"
    if not file.is_file():
        raise InputError(
            f"year {roc_year}: there are no cases in {file.parent}: `make cases "
            f"YEAR={roc_year}` brings them, from an extract in data/raw/{roc_year}, or else "
            "synthetic ones of a year whose totals are printed; "
            "closurerate.own_cases opens a table of your own."
        )
    kind = "synthetic" if is_synthetic(file) else "extract"
    return OpenYear(roc_year, file, definition(kpi), kind)


def own_cases(table: Any, roc_year: int, kpi: str | Path = OFFICIAL) -> "OpenYear":
    """Return a year of cases from a DataFrame, an Arrow table, or what Arrow can read.

    >>> import closurerate as cr
    >>> cases = cr.year(107).cases()
    >>> cr.own_cases(cases[cases["branch"] == "花蓮"], 107)
    year 107 (own cases): 1,020 closed, 679 pending

    Args:
        table: A row for each case, with the columns of the case contract (data/README.md). Days may
            be dates, midnights or ISO text, amounts whole floats or text, words categories; columns
            of your own are kept.

    Raises:
        InputError: If it breaks the case contract: which rule, in how many rows, and where first.
    """
    _check_roc(roc_year)
    home = _Home()
    write_own_cases(table, roc_year, home.file)
    return OpenYear(roc_year, home.file, definition(kpi), "own", home=home)


def _check_roc(year: object) -> None:
    if not isinstance(year, int | np.integer):
        raise InputError(f"year {year!r}: must be a number, the ROC year, such as 107.")
    if year > ROC_OFFSET:
        raise InputError(
            f"year {year}: must be a ROC year; {year} is ROC year {year - ROC_OFFSET}."
        )


def _check_words(name: str, given: Iterable[object]) -> None:
    """Refuse a word that no case can have in a column of the contract."""
    words = next((column.values for column in COLUMNS if column.name == name), None)
    for value in given:
        if words and value is not None and value not in words:
            raise InputError(f"where: no {name} is {value!r}{nearest(value, words)}.")


class _Home:
    """A folder for a case file, which lasts as long as the year that holds it."""

    def __init__(self) -> None:
        folder = Path(mkdtemp(prefix="closurerate-"))
        self.file = folder / "cases.parquet"
        finalize(self, rmtree, folder, ignore_errors=True)


@dataclass(frozen=True, repr=False)
class OpenYear:
    """A year of cases with a KPI; `closurerate.year` and `own_cases` open one.

    Attributes:
        year: The ROC year.
        file: The case file, in the form of the case contract.
        kind: `extract`, `synthetic` (no real case) or `own`.
        limits: What it was restricted to.
    """

    year: int
    file: Path
    definition: Definition
    kind: str
    limits: tuple[str, ...] = ()
    home: "_Home | None" = field(default=None, compare=False)

    @property
    def version(self) -> KpiVersion:
        """The KPI as in force in the year."""
        return self.definition.in_force(self.year)

    def kpi(self, by: str | Sequence[str] = ()) -> pd.DataFrame:
        """Return the counts, the indicators and the KPI, by group and in all.

        >>> import closurerate as cr
        >>> cr.year(107).kpi("tier")[["closed", "effective", "value"]].round(2)
                          closed  effective  value
        tier (synthetic)
        ordinary           50032      16420  36.63
        special              109          9   6.01
        major                 13          1   0.59
        total              50154      16430  36.49

        Args:
            by: `branch`, `category`, `tier`, or several of them; nothing for the total alone.

        Returns:
            DataFrame: A row a group in the contract's order, `total` the last: `new`, `closed`,
                `effective`, `pending` (cases), each indicator and `value` (floats; percent where
                the KPI is in percent), and `exact`, the same as a Fraction; None where there is no
                value.
        """
        return tables.kpi_frame(self.version, self._counted(self.version.rule), by, self.kind)

    def compare(self, *kpis: str | Path | Definition, by: str | Sequence[str] = ()) -> pd.DataFrame:
        """Return what other KPIs make of the same cases, a column each, in each one's unit.

        >>> import closurerate as cr
        >>> cr.year(107).compare("effective_closure_rate", "clearance_rate").round(2)
                           effective_closure_rate  clearance_rate
        cases (synthetic)
        total                               36.49            98.2

        Args:
            kpis: Ids, paths of definitions, or definitions.
            by: As in `kpi`.
        """
        found = [item if isinstance(item, Definition) else definition(item) for item in kpis]
        columns = {}
        for item in found:
            version = item.in_force(self.year)
            table = tables.kpi_frame(version, self._counted(version.rule), by, self.kind)
            columns[item.id] = table["value"]
        return pd.DataFrame(columns)

    def scenarios(self, thresholds: pd.DataFrame, by: str | None = None) -> pd.DataFrame:
        """Return the KPI under other thresholds, exact, a row for each.

        >>> import closurerate as cr, pandas as pd
        >>> ratios = pd.DataFrame({"ratio_ordinary": [0.4, 0.5, 0.6]})
        >>> cr.year(107).scenarios(ratios)[["ratio_ordinary", "effective", "value"]].round(2)
           ratio_ordinary  effective  value
        0             0.4      16819  37.35
        1             0.5      16430  36.49
        2             0.6      16147  35.86

        Args:
            thresholds: A column for each that changes, such as `ratio_ordinary` or
                `boundary_major_twd`; each number is taken as it is printed (0.4 is 2/5). Other
                columns are kept.
            by: `branch` for a row for each branch, then the nation's.

        Returns:
            DataFrame: As given, and `effective` (cases), `value` (float) and `exact` (Fraction).

        Raises:
            InputError: If a column looks like a threshold and is none, or a number is impossible.
        """
        return tables.scenario_frame(self.index, thresholds, by)

    def where(self, *conditions: Any, **values: Any) -> "OpenYear":
        """Return the year restricted to some cases; all its methods then speak of these.

        >>> import closurerate as cr
        >>> few = cr.year(107).where(branch=["花蓮", "宜蘭"], category="健保")
        >>> few.where(cr.column.referred_amount_twd < 20_000).kpi()[["closed", "pending"]]
                           closed  pending
        cases (synthetic)
        total                 133      107

        Args:
            conditions: On `closurerate.column`, as Ibis has them.
            values: The value, or list of values, that a column has.

        Raises:
            InputError: If a column or a word is not known, or no case is left.
        """
        home = _Home()
        with opened(self.file) as cases:
            for name, value in values.items():
                if name not in cases.columns:
                    raise InputError(f"where: no column {name!r}{nearest(name, cases.columns)}.")
                is_one = isinstance(value, str) or not hasattr(value, "__iter__")
                wanted = [value] if is_one else list(value)
                _check_words(name, wanted)
                cases = cases.filter(cases[name].isin(wanted))
            try:
                cases = cases.filter(*conditions) if conditions else cases
            except (ibis.IbisError, AttributeError, TypeError) as error:
                raise InputError(f"where: {str(error).partition(chr(10))[0]}") from None
            if not in_year(cases, self.year).count().to_pyarrow().as_py():
                raise InputError(f"where: no case of {self.year} is left.")
            cases.drop(*[ROW_NUMBER] * (ROW_NUMBER in cases.columns)).to_parquet(home.file)
        said = [f"{name} {value}" for name, value in values.items()]
        limits = (*self.limits, *said, *map(str, conditions))
        return replace(self, file=home.file, limits=limits, home=home)

    def branch(self, name: str) -> "OpenYear":
        """Return the year of one branch, by its name in the cases.

        >>> import closurerate as cr
        >>> cr.year(107).branch("花蓮")
        year 107 (synthetic cases, none of them real, branch 花蓮): 1,020 closed, 679 pending
        """
        return self.where(branch=name)

    def cases(self, *columns: str) -> pd.DataFrame:
        """Return the cases as a DataFrame: all columns, or some.

        >>> import closurerate as cr
        >>> cr.year(107).cases("branch", "referred_amount_twd").shape
        (88473, 2)

        A nation's year takes some 5 GB with all columns: name those that you need.
        """
        with opened(self.file) as cases:
            names = columns or tuple(name for name in cases.columns if name != ROW_NUMBER)
            for name in names:
                if name not in cases.columns:
                    raise InputError(f"cases: no column {name!r}{nearest(name, cases.columns)}.")
            frame: pd.DataFrame = (
                in_year(cases, self.year)
                .select(*names)
                .to_pyarrow()
                .to_pandas(date_as_object=False)
            )
        return frame

    def repaid(self) -> pd.DataFrame:
        """Return the cases that were paid in part and closed in the year.

        >>> import closurerate as cr
        >>> cr.year(107).repaid().groupby("tier")["ratio"].median().round(2)
        tier
        ordinary    0.32
        special     0.46
        major       0.68
        Name: ratio, dtype: float64

        Returns:
            DataFrame: `branch`, `tier`, `referred_twd` and `paid_twd` (whole NTD), and `ratio`,
                paid over referred.
        """
        found = self._repayments
        return pd.DataFrame(
            {
                "branch": pd.Categorical.from_codes(found.branch, pd.Index(BRANCHES)),
                "tier": self._tiers(found.referred_twd),
                "referred_twd": found.referred_twd,
                "paid_twd": found.paid_twd,
                "ratio": found.paid_twd / found.referred_twd,
            }
        )

    def pending(self) -> pd.DataFrame:
        """Return the cases that were pending at the year's end.

        >>> import closurerate as cr
        >>> cr.year(107).pending().groupby("category", observed=True)["age_years"].mean().round(1)
        category
        財稅    0.6
        健保    0.6
        罰鍰    0.5
        費用    0.5
        Name: age_years, dtype: float64

        Returns:
            DataFrame: `branch`, `category`, `tier`, `referred_twd` (whole NTD), and `age_years`,
                the whole years since referral (of 365.25 days).
        """
        last = ibis.literal(year_bounds(self.year)[1])
        with opened(self.file) as cases:
            pending = in_year(cases, self.year).filter(lambda case: ~case.is_closed)
            found = pending.select(
                "branch",
                "category",
                referred_twd=pending.referred_amount_twd,
                age_years=(last.delta(pending.referred_on, unit="day") / 365.25).floor(),
            ).to_pyarrow()
        referred = found["referred_twd"].to_numpy()
        words = {"branch": BRANCHES, "category": CATEGORIES}
        return pd.DataFrame(
            {
                **{name: pd.Categorical(found[name].to_pandas(), words[name]) for name in words},
                "tier": self._tiers(referred),
                "referred_twd": referred,
                "age_years": found["age_years"].to_numpy().astype(int),
            }
        )

    def _tiers(self, referred_twd: Any) -> "pd.Categorical[str]":
        tiers = self.version.rule.tiers
        places = np.searchsorted([tier.from_twd for tier in tiers], referred_twd, side="right") - 1
        return pd.Categorical.from_codes(places, pd.Index([tier.name for tier in tiers]))

    @cached_property
    def index(self) -> ThresholdIndex:
        """The engine of threshold scenarios, made when first needed."""
        return build_index(self._repayments, self._counted(self.version.rule), self.version)

    @cached_property
    def _repayments(self) -> Repayments:
        return collect_repayments(self.file, self.year, self.version.rule)

    def _counted(self, rule: EffectiveRule) -> pd.DataFrame:
        if rule not in self._known:
            self._known[rule] = count_cases(self.file, self.year, rule)
        return self._known[rule]

    @cached_property
    def _known(self) -> dict[EffectiveRule, pd.DataFrame]:
        return {}

    def __repr__(self) -> str:
        """Return it in a line."""
        total = self.kpi().loc["total"].to_dict()
        limits = "".join(f", {limit}" for limit in self.limits)
        closed, pending = number(total["closed"]), number(total["pending"])
        return f"year {self.year} ({KINDS[self.kind]}{limits}): {closed} closed, {pending} pending"

    def _repr_html_(self) -> str:
        return f"<p>{escape(repr(self))}</p>{self.kpi().drop(columns='exact').to_html()}"

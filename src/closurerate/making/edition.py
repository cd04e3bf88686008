"""An edition: what is built of one year for one KPI, and where each of its files is.

Paths are below the project's folder, which must be the working one. A path carries the value of
each variable that it depends on (docs/decisions/0003).
"""

import re
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain
from pathlib import Path

from closurerate.intake.came.raw_folder import extract_state

NOTEBOOKS = ("01_cases", "02_kpi", "03_combination", "04_thresholds", "06_audit", "07_report")
SHIPPED = (*NOTEBOOKS, "template")
_FILLED_IN = re.compile(
    r"""^[^#\n]*\bvalue["']?:[ \t]+(?!(?:null|~)?[ \t]*(?:[#,}\r\n]|$))\S""",
    re.IGNORECASE | re.MULTILINE,
)


@dataclass(frozen=True)
class Edition:
    """What is built: a year's pages on one kind of case data, for one KPI, in some languages.

    Args:
        cases: `extract`, `synthetic`, or `auto`: the extract where there is one.
        fraction: Size of the synthetic cases, as a decimal such as `0.01`.
        parameters: `NAME=VALUE` for notebooks of one's own.
    """

    year: int
    kpi: str = "effective_closure_rate"
    cases: str = "auto"
    fraction: str = "1"
    languages: tuple[str, ...] = ("zh-Hant", "en")
    parameters: tuple[str, ...] = ()

    @cached_property
    def raw(self) -> str:
        """`extract`, `extract newer` (than what was taken in of it), or nothing."""
        return extract_state(
            Path(f"data/raw/{self.year}"), Path(f"data/cases/{self.year}/extract/cases.parquet")
        )

    @cached_property
    def source(self) -> str:
        """`extract`, `synthetic` or `synthetic-<fraction>`."""
        if self.cases == "extract" or (self.cases == "auto" and self.raw):
            return "extract"
        return "synthetic" if self.fraction == "1" else f"synthetic-{self.fraction}"

    @cached_property
    def before(self) -> "Edition":
        """The year before, on the same kind of case data."""
        return replace(self, year=self.year - 1, cases=self.source.partition("-")[0])

    @cached_property
    def has_before(self) -> bool:
        """Whether there are cases of the year before to compare with."""
        if self.source == "extract":
            return bool(self.before.raw)
        return self.before.year in printed_years(self.year)

    @property
    def folder(self) -> str:
        """Where the cases are, and what is counted of them."""
        return f"data/cases/{self.year}/{self.source}"

    @property
    def case_file(self) -> str:
        """The cases in contract form."""
        return f"{self.folder}/cases.parquet"

    @property
    def profile(self) -> str:
        """What the cases are, whatever the KPI."""
        return f"{self.folder}/profile.json"

    def counted(self, what: str) -> str:
        """Return the file of `counts`, `repayments` or `worlds` of the KPI."""
        ending = "json" if what == "worlds" else "parquet"
        return f"{self.folder}/{what}.{self.kpi}.{ending}"

    @property
    def checked(self) -> str:
        """The note that the KPI and what the study compares it with were found sound."""
        return f"data/cases/{self.year}/definitions.{self.kpi}"

    @property
    def out(self) -> str:
        """Where the reports are."""
        return f"reports/{self.year}/{self.source}"

    @property
    def pages(self) -> str:
        """The list of all pages, once they are linked to each other."""
        return f"{self.out}/pages.txt"

    @property
    def run(self) -> str:
        """What the yearly report was made from and by: its digest stands in the report's PDF."""
        return f"{self.folder}/run.{self.kpi}.json"

    @property
    def manifest(self) -> str:
        """The runs and every file of the reports, each with its digest."""
        return f"{self.out}/manifest.json"

    @property
    def breakpoints(self) -> str:
        """The exact breakpoints, for restricted eyes."""
        return f"{self.out}/restricted/{self.kpi}/breakpoints.csv"

    @cached_property
    def own(self) -> tuple[str, ...]:
        """Notebooks of one's own; one whose name make would take apart is left."""
        found = (Path(file).stem for file in found_files("notebooks/*.ipynb"))
        return tuple(n for n in found if n not in SHIPPED and re.fullmatch(r"[\w.-]+", n))

    def place(self, notebook: str) -> str:
        """Return where a notebook stands below the folder of a language, without its ending."""
        if notebook == "01_cases":
            return notebook
        given = "_".join(self.parameters).replace("=", "-") if notebook in self.own else ""
        return "/".join(filter(None, (self.kpi, given, notebook)))

    def executed(self, notebook: str) -> str:
        """Return the executed copy of a notebook, which is printed in each language."""
        return f"{self.out}/notebooks/{self.place(notebook)}.ipynb"

    def printed(self, notebook: str, *kinds: str) -> tuple[str, ...]:
        """Return a notebook's pages of some kinds, in each language."""
        return tuple(
            f"{self.out}/{language}/{self.place(notebook)}.{kind}"
            for language in self.languages
            for kind in kinds
        )


def found_files(*patterns: str) -> tuple[str, ...]:
    """Return the files that each pattern finds, in order."""
    found = chain.from_iterable(sorted(Path().glob(pattern)) for pattern in patterns)
    return tuple(p.as_posix() for p in found if p.is_file() and not p.name.startswith("."))


def printed_years(year: int, folder: Path = Path("data/published")) -> list[int]:
    """Return the years up to one of which a printed figure is filled in.

    The next year is among them where the one before is not: a synthetic year then goes by both.
    """
    printed = sorted(
        int(file.stem)
        for file in folder.glob("*.yml")
        if file.stem.isdigit() and _FILLED_IN.search(file.read_text("utf-8", "replace"))
    )
    last = year if year - 1 in printed else year + 1
    return [item for item in printed if item <= last]

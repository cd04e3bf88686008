"""A year's case data as the notebooks use them: source, profile, figures, and what they rest on."""

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from string import ascii_uppercase

import pandas as pd

from closurerate.audit.claims.findings import places_words
from closurerate.cases.profile import SMALL_TRAFFIC, Profile, read_profile
from closurerate.cases.source import Source, read_source
from closurerate.cases.vocabulary import BRANCHES
from closurerate.errors import InputError
from closurerate.intake.left.accounts import Intake, read_intake
from closurerate.kpi.definition import Definition, read_definition
from closurerate.press.foreign import visible
from closurerate.press.print.labels import Evidence
from closurerate.press.prose import Finding, Markdown, Notice, Several
from closurerate.press.shown import Grounds, Shown
from closurerate.press.table import share
from closurerate.press.text import Item, Text, as_written, both, clauses, t, unique, year_in_text
from closurerate.quantity import Quantity
from closurerate.records.claim import Claim
from closurerate.records.documents import nearest
from closurerate.records.paths import cases_folder, kpi_file, resolved, withheld_file
from closurerate.records.placeholders import derive, placeholders, weakest
from closurerate.records.published import Published, published_until
from closurerate.records.sealing import read_json
from closurerate.year.before import counted_report
from closurerate.year.official import PRINTED_KPI

_STEMS = "甲乙丙丁戊己庚辛壬癸子丑寅"
NATIONAL = ("new", "closed", "pending", "effective", "collected")
"""Totals that a printed report gives and a synthetic extract reproduces."""


@dataclass(frozen=True)
class CaseData:
    """One year's case data and all printed reports.

    Args:
        published: Printed figures by ROC year, of this year and earlier.
        intake: What the intake of its files came to; None where the case file came otherwise.
        counted_before: The year before as its own extract counts, where nothing of it is printed.
        withheld: Counts that no page shows, each as measure, key and word (`audit.disclosure`).
    """

    year: int
    source: Source
    profile: Profile
    published: Mapping[int, Published]
    intake: Intake | None = None
    counted_before: Published | None = None
    withheld: frozenset[tuple[str, str, str]] = frozenset()

    def public(self, count: Item, *, of: Iterable[str], by: str, word: str) -> Item:
        """Return a value of a group, or a mark where a count that it tells is withheld.

        Args:
            of: The measures that it is, or is computed from.
            by, word: The key that makes the groups, and which group.
        """
        is_hidden = any((measure, by, word) in self.withheld for measure in of)
        return t("withheld") if is_hidden else count

    def withheld_note(self, by: str) -> Item:
        """Return the reason of the marks in a table by a key; nothing where it has none."""
        return t("note_withheld") if any(key == by for _, key, _ in self.withheld) else ""

    @property
    def is_synthetic(self) -> bool:
        """Whether the rows are made up."""
        return self.source.kind == "synthetic"

    @property
    def evidence(self) -> Evidence:
        """What rests on the case rows: real ones, or made-up ones."""
        return "illustration" if self.is_synthetic else "extract"

    def evidence_of(self, name: str, value: int | None) -> Evidence:
        """Return what a national total rests on.

        A synthetic extract is made to meet the printed totals, so one that does follows from
        printed figures alone.
        """
        if not self.is_synthetic:
            return "extract"
        return "published" if value is not None and value == self._printed(name) else "illustration"

    def _printed(self, name: str) -> int | None:
        """Return a total that follows from the printed reports, None where it does not."""
        if name == "opening":
            return self._claim(self.year - 1, "pending")
        return self._claim(self.year, name)

    def _claim(self, year: int, name: str) -> int | None:
        report = self.published.get(year)
        return int(report[name].value) if report is not None and name in report else None

    @property
    def is_scaled(self) -> bool:
        """Whether the data are not of the nation's size, and compare with no printed figure."""
        return self.source.fraction not in (None, "1") or self.source.is_made_up

    @property
    def before(self) -> Published | None:
        """The year before, where this year's data compare with it: printed, or else counted."""
        printed = None if self.is_scaled else self.published.get(self.year - 1)
        return printed or self.counted_before

    @property
    def reports(self) -> dict[int, Published]:
        """The printed reports, and the year before as counted where it has none."""
        counted = {} if self.counted_before is None else {self.year - 1: self.counted_before}
        return dict(sorted((counted | dict(self.published)).items()))

    def printed_at(self, figures: Iterable[str]) -> tuple[str, ...]:
        """Return where figures stand in the latest printed report, by its own numbering.

        As few places as have them all, in the report's order; what is not printed there has none.

        Args:
            figures: Names, as sentences have them: `closed`, and of the year before
                `closed_previous`.
        """
        claims = filter(None, map(self._claim_in_latest, figures))
        found = set[str]()
        for claim in sorted(claims, key=lambda claim: len(claim.places)):
            if found.isdisjoint(claim.places):
                found.add(claim.places[0])
        reports = [self.published[year] for year in sorted(self.published, reverse=True)]
        order = [claim.places[0] for one in reports for claim in one.claims.values()]
        return tuple(sorted(found, key=order.index))

    def _claim_in_latest(self, figure: str) -> Claim | None:
        """Return what the latest report prints of a figure; None where it prints nothing."""
        base = figure.removesuffix("_previous")
        printed = self.published.get(self.year - (base != figure))
        latest = max(one.report.year for one in self.published.values()) if printed else None
        return printed.claims.get(base) if printed and printed.report.year == latest else None

    def report_source(self, figures: Iterable[str], *, is_as_printed: bool = True) -> list[Text]:
        """Return the latest printed report, or that figures come of its own, and their places.

        Nothing where no report is printed.
        """
        key = "source_report" if is_as_printed else "source_computed"
        years = [printed.report.year for printed in self.published.values()]
        if not years:
            return []
        source, places = t(key, year=max(years)), self.printed_at(figures)
        return [t("source_at", source=source, places=places_words(places)) if places else source]

    @property
    def reopened_word(self) -> Text:
        """What the cases between opening and closing stock are called.

        Nobody knows why the printed stocks and flows differ; synthetic data declare the difference
        reopened, real ones (and a made-up example of them) count it.
        """
        return t("gap" if self.is_synthetic and not self.source.is_made_up else "reopened")

    def place(self, name: str | None) -> Text:
        """Return what a branch, another group or the nation (None) is called.

        Synthetic rows say nothing of a branch that there is: theirs have letters.
        """
        if name is None:
            return t("nation")
        if self.is_synthetic and name in BRANCHES:
            return lettered(name)
        return t(name)

    def of_real_branches(self, shown: Shown) -> Several:
        """Return what speaks of how branches compare; nothing where they are made up."""
        return Several([] if self.is_synthetic else [shown])

    def _source_of_rows(self) -> Text:
        """Return what stands below a table or chart that rests on the case rows."""
        if self.is_synthetic:
            return t("source_made_up" if self.source.is_made_up else "source_synthetic")
        if self.intake is not None:
            return files_text(self.intake)
        source = self.source
        return t(
            "source_extract", name=as_written(source.name), sha=source.sha256[:12], rows=source.rows
        )

    def grounds(
        self,
        evidence: Evidence | None = None,
        *,
        earlier: Container[int] = (),
        is_as_printed: bool = False,
        is_of_rows_before: bool = False,
        figures: Iterable[str] = ("new", "closed", "pending"),
    ) -> Grounds:
        """Return what a table or chart of the case data rests on.

        Args:
            evidence: Where it is not that of the case rows.
            earlier: The earlier years that stand beside this one.
            is_of_rows_before: Whether the case rows of the year before stand beside these.
            is_as_printed: Whether what comes of the printed report stands there as it is.
            figures: Names of what is shown or computed from, as far as it is printed; of this year,
                and as far as the year before stands beside it, of that one.
        """
        evidence = evidence or self.evidence
        has_before = any(year in earlier for year in self.published if year < self.year)
        of_print = evidence == "published"
        names = [
            name
            for base in figures
            for name, is_shown in ((base, of_print), (f"{base}_previous", has_before))
            if is_shown
        ]
        sources = [] if of_print else [self._source_of_rows()]
        if of_print or has_before:
            sources += self.report_source(names, is_as_printed=is_as_printed)
        if self.counted_before is not None and self.year - 1 in earlier:
            sources.append(t("source_before", year=self.year - 1))
        if is_of_rows_before and not self.is_synthetic:
            is_open = self.counted_before is not None
            sources.append(
                t("source_before" if is_open else "source_rows_before", year=self.year - 1)
            )
        flow = self.profile.flow()
        return Grounds(evidence, clauses(unique(sources)), flow)

    @property
    def names(self) -> dict[str, Item]:
        """Words that a sentence can name: the year and the one before."""
        return {
            name: year_in_text(year)
            for name, year in (("year", self.year), ("previous", self.year - 1))
        }

    def say(self, *, zh: str, en: str, is_optional: bool = False) -> Finding | Markdown:
        """Return a computed sentence on the case data; see `say`."""
        return say(self.figures(), zh=zh, en=en, names=self.names, is_optional=is_optional)

    def notice(self) -> Several:
        """Return the box that says that the data are synthetic; nothing for real ones."""
        return Several([Notice(synthetic_notice(self.source))] if self.is_synthetic else [])

    def figures(self) -> dict[str, Quantity]:
        """Return this year's flow and structure, and the year before's printed figures."""
        flow = self.profile.flow()
        counted = {
            name: Quantity(value, "case", 0, self.evidence_of(name, value))
            for name, value in flow.items()
            if value is not None
        }
        before = self.before
        previous = {
            f"{name}_previous": quantity
            for name, quantity in (before.quantities() if before else {}).items()
        }
        return called(previous | counted | self._structure())

    @property
    def debtors(self) -> pd.DataFrame | None:
        """Large debtors and others, None where no obligor or no collection of the year is known."""
        table = self.profile.tables.get("debtors")
        is_known = table is not None and table["collected_twd"].notna().any()
        return table.fillna({"collected_twd": 0}) if table is not None and is_known else None

    def _structure(self) -> dict[str, Quantity]:
        groups = self.profile.tables["groups"]
        small = groups[groups["subcategory"] == SMALL_TRAFFIC]
        found = {"cases": Quantity(self.source.rows, "case", 0, self.evidence)}
        if "subcategory" not in self.profile.absent:
            found["small_traffic"] = Quantity(int(small["new"].sum()), "case", 0, self.evidence)
        debtors = self.debtors
        if debtors is not None:
            large = int(debtors.loc[debtors["is_large"], "collected_twd"].sum())
            of_large = self.evidence_of("large_debtors_collected", large)
            found["large_debtors"] = Quantity(large, "TWD", 0, of_large)
            collected = int(debtors["collected_twd"].sum())
            of_share = weakest([of_large, self.evidence_of("collected", collected)])
            found["large_debtors_share_counted"] = Quantity(
                share(large, collected), "percent", 2, of_share
            )
        return found


def called(figures: Mapping[str, Quantity]) -> dict[str, Quantity]:
    """Return figures, each with the name by which sentences name it where it has no other yet."""
    return {name: one if one.name else replace(one, name=name) for name, one in figures.items()}


def lettered(branch: str) -> Text:
    """Return what a branch is called where its cases are made up."""
    at = BRANCHES.index(branch)
    return both(f"分署{_STEMS[at]}", f"Branch {ascii_uppercase[at]}")


def open_cases(
    year: int,
    *,
    cases: str = "auto",
    definition: Definition | None = None,
) -> CaseData:
    """Return a year's case data, which `make cases` has put in place.

    Args:
        cases: `extract`, `synthetic`, `synthetic-<fraction>`; `auto` takes the extract where there
            is one.
        definition: The KPI whose rule counts the effective cases of the year before where nothing
            is printed of it; the official one where none is given.

    Raises:
        InputError: If they are not there.
    """
    source = resolved(year, cases)
    folder = cases_folder(year, source)
    file = built(folder / "cases.parquet", "01_cases", year, source)
    built(folder / "profile.json", "01_cases", year, source)
    printed, found = published_until(year), read_source(file)
    counted = None
    if source == "extract" and year - 1 not in printed:
        official = definition or read_definition(kpi_file(PRINTED_KPI), kpi_file)
        counted = counted_report(year - 1, official, found)
    return CaseData(
        year=year,
        source=found,
        profile=read_profile(folder / "profile.json"),
        published=printed,
        intake=read_intake(file),
        counted_before=counted,
        withheld=read_withheld(withheld_file(year)) if source == "extract" else frozenset(),
    )


def read_withheld(path: Path) -> frozenset[tuple[str, str, str]]:
    """Return the counts that are withheld, as `closurerate disclosure` wrote them; none without."""
    if not path.is_file():
        return frozenset()
    return frozenset((measure, key, word) for measure, key, word in read_json(path)["counts"])


def built(path: Path, target: str, year: int, source: str, kpi: str | None = None) -> Path:
    """Return a file that make builds on the way to a target.

    Raises:
        InputError: If it is not there, with the command that builds it.
    """
    if not path.is_file():
        _, _, fraction = source.partition("-")
        variables = {
            "KPI": kpi,
            "CASES": "synthetic" if source.startswith("synthetic") else None,
            "FRACTION": fraction,
        }
        given = "".join(f" {name}={value}" for name, value in variables.items() if value)
        raise InputError(f"{path}: is not there; `make {target} YEAR={year}{given}` builds it.")
    return path


def files_text(intake: Intake) -> Text:
    """Return in a line which files an extract came as."""
    first, *others = intake.files
    name = as_written(visible(first.name))
    if others:
        count, rows = len(intake.files), intake.totals["rows"]
        return t("intake_source_files", name=name, count=count, rows=rows)
    return t("source_extract", name=name, sha=first.sha256[:12], rows=first.rows)


def synthetic_notice(source: Source) -> Text:
    """Return the sentence that every page on synthetic data carries."""
    if source.is_made_up:
        return t("made_up_notice")
    if source.fraction not in (None, "1"):
        return t("synthetic_fraction_notice", fraction=source.fraction)
    return t("synthetic_notice")


def say(
    figures: Mapping[str, Quantity],
    *,
    zh: str,
    en: str,
    names: Mapping[str, Item] | None = None,
    is_optional: bool = False,
    at_best: Evidence = "derived",
) -> Finding | Markdown:
    """Return a computed sentence with the evidence of its weakest figure.

    Args:
        figures: What its placeholders stand for; derived ones as in
            `closurerate.records.placeholders`.
        zh, en: The sentence in Traditional Chinese and in English.
        names: Placeholders that are words and not quantities.
        is_optional: Whether a sentence with a figure that is not known, or has no value, gives way
            to one that says so.
        at_best: The evidence of what the sentence says besides its figures.

    Raises:
        InputError: If a placeholder stands for nothing and the sentence is not optional.
    """
    names = names or {}
    used = unique([*placeholders(zh), *placeholders(en)])
    found = {name: figures.get(name) or derive(name, figures) for name in used if name not in names}
    known = {name: quantity for name, quantity in found.items() if quantity is not None}
    is_told = all(item is not None and item.value is not None for item in found.values())
    if is_optional and not is_told:
        return Markdown(t("left_out_sentence"))
    if missing := [name for name in found if name not in known]:
        raise InputError(f"no figure for {{{missing[0]}}}{nearest(missing[0], figures)}.")
    places = {name: names[name] for name in used if name in names} | {
        name: t("not_defined") if item.value is None else item for name, item in known.items()
    }
    evidence = weakest([at_best, *(quantity.evidence for quantity in known.values())])
    return Finding(Text({"zh-Hant": zh, "en": en}, places), evidence)

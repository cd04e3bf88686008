"""Tables of the case data and of the KPI: printed strings under a caption."""

import re
from collections.abc import Iterable, Sequence
from fractions import Fraction

from closurerate.cases.vocabulary import BRANCHES, CATEGORIES, DISPOSITIONS
from closurerate.documents import read_document
from closurerate.kpi import notation
from closurerate.kpi.effective import Tier
from closurerate.kpi.formula import Formula as ParsedFormula
from closurerate.paths import kpi_folder
from closurerate.quantity import number, printed
from closurerate.report.case_data import CaseData
from closurerate.report.kpi_data import KpiData
from closurerate.report.labels import Language
from closurerate.report.series import ADOPTED, Point, both_series
from closurerate.report.show import Column, Formula, Markdown, Several, Table
from closurerate.report.words import word

_ORDERS = {"branch": BRANCHES, "category": CATEGORIES, "disposition": DISPOSITIONS}
_REPORT = re.compile(r"(\d+) annual performance report")
_FLOW = ("opening", "new", "reopened", "closed", "pending")


def headed(language: str, *keys: str) -> tuple[Column, ...]:
    """Return columns headed by words: the first to the left, the others to the right."""
    first, *others = (word(key, language) for key in keys)
    return (Column(first), *(Column(heading, "right") for heading in others))


def percent(part: int | Fraction, whole: int | Fraction, decimals: int = 2) -> str:
    """Return a share in percent as printed, a dash where the whole is 0."""
    return number(Fraction(100 * part, whole) if whole else None, decimals)


def source_table(data: CaseData) -> Table:
    """Return where the case data came from, and which optional columns they lack."""
    language = data.language
    absent = (
        "、".join(data.profile.absent) if language == "zh-Hant" else ", ".join(data.profile.absent)
    )
    digest = data.source.sha256
    rows = (
        (word("kind", language), word(f"kind_{data.source.kind}", language)),
        (word("file", language), data.source.name),
        (word("rows", language), number(data.source.rows)),
        (word("sha256", language), f"{digest[:32]}\n{digest[32:]}"),
        (word("absent_columns", language), absent or word("none", language)),
    )
    return Table(
        columns=(Column(word("item", language)), Column(word("value", language))),
        rows=rows,
        caption=word("caption_source", language),
        evidence=data.evidence,
        language=language,
    )


def flow_table(data: CaseData) -> Table:
    """Return opening, new, reopened, closed and pending cases of the year before and this one."""
    language = data.language
    rows = []
    before = data.published.get(data.year - 1)
    if before is not None:
        new, closed, pending = (int(before[key].value) for key in ("new", "closed", "pending"))
        cells = (pending + closed - new, new, None, closed, pending)
        rows.append((roc_year(data.year - 1, language), *(number(cell) for cell in cells)))
    flow = data.profile.flow()
    rows.append((roc_year(data.year, language), *(number(flow[name]) for name in _FLOW)))
    evidence = data.evidence_of("pending", flow["pending"])
    note = word("note_flow_plain", language)
    if before is not None and data.is_synthetic:
        note = word("note_flow", language, previous=data.year - 1, gap=number(flow["reopened"]))
    return Table(
        columns=headed(language, "year", *_FLOW),
        rows=tuple(rows),
        caption=word("caption_flow", language),
        note=note,
        source=data.source_line(evidence),
        evidence=evidence,
        language=language,
    )


def groups_table(data: CaseData, by: str) -> Table:
    """Return new, closed and pending cases by branch or category."""
    language = data.language
    names = ("new", "closed", "pending")
    sums = data.profile.tables["groups"].groupby(by)[list(names)].sum()
    rows = [
        (word(key, language), *(number(int(sums[name][key])) for name in names))
        for key in _ORDERS[by]
        if key in sums.index
    ]
    rows.append((word("total", language), *(number(int(sums[name].sum())) for name in names)))
    return Table(
        columns=headed(language, by, *names),
        rows=tuple(rows),
        caption=word("caption_groups", language, by=word(by, language).lower()),
        source=data.source_line(data.evidence),
        evidence=data.evidence,
        language=language,
        has_total=True,
    )


def dispositions_table(data: CaseData) -> Table:
    """Return the closed cases by disposition, with their shares."""
    language = data.language
    closed = data.profile.tables["groups"].groupby("disposition")["closed"].sum()
    whole = int(closed.sum())
    present = [name for name in DISPOSITIONS if name in closed.index]
    rows = [
        (word(name, language), number(int(closed[name])), percent(int(closed[name]), whole))
        for name in present
    ]
    rows.append((word("total", language), number(whole), percent(whole, whole)))
    columns = headed(language, "disposition", "closed", "share")
    return Table(
        columns=(*columns[:2], Column(f"{columns[2].heading} (%)", "right")),
        rows=tuple(rows),
        caption=word("caption_dispositions", language),
        source=data.source_line(data.evidence),
        evidence=data.evidence,
        language=language,
        has_total=True,
    )


def bands_table(data: CaseData, name: str) -> Table:
    """Return a table of bands: `amounts` of the new cases, or `ages` of the pending ones."""
    language = data.language
    table = data.profile.tables[name]
    edge, count, heading = {
        "amounts": ("from_twd", "new", "referred_amount"),
        "ages": ("from_years", "pending", "years_since"),
    }[name]
    whole, referred = int(table[count].sum()), int(table["referred_twd"].sum())
    labels = band_labels([int(item) for item in table[edge]])
    rows = tuple(
        (
            label,
            number(int(row[count])),
            percent(int(row[count]), whole),
            percent(int(row["referred_twd"]), referred),
        )
        for label, (_, row) in zip(labels, table.iterrows(), strict=True)
    )
    share = word("share", language) + " (%)"
    return Table(
        columns=(
            Column(word(heading, language)),
            Column(word(count, language), "right"),
            Column(share, "right"),
            Column(word("share_of_referred", language), "right"),
        ),
        rows=rows,
        caption=word(f"caption_{name}", language),
        source=data.source_line(data.evidence),
        evidence=data.evidence,
        language=language,
    )


def band_labels(edges: Sequence[int]) -> list[str]:
    """Return "1-999", "1,000-2,999", …, "10,000,000+" for lower ends of bands."""
    following = [*edges[1:], None]
    return [
        f"{number(edge)}+"
        if upper is None
        else f"{number(edge)}–{number(upper - 1)}"
        if upper - 1 > edge
        else number(edge)
        for edge, upper in zip(edges, following, strict=True)
    ]


def debtors_table(data: CaseData) -> Table | Markdown:
    """Return obligors and collections of large debtors and of others, or why that is left out."""
    if "debtors" not in data.profile.tables:
        names = joined((f"`{name}`" for name in data.profile.absent), data.language)
        return Markdown(word("left_out_columns", data.language, names=names))
    language, table = data.language, data.profile.tables["debtors"]
    whole = int(table["collected_twd"].sum())
    rows = tuple(
        (
            word("large_debtors" if row["is_large"] else "other_debtors", language),
            number(int(row["obligors"])),
            number(int(row["collected_twd"])),
            percent(int(row["collected_twd"]), whole),
        )
        for _, row in table.iterrows()
    )
    columns = headed(language, "item", "obligors", "collected", "share")
    return Table(
        columns=(*columns[:3], Column(f"{columns[3].heading} (%)", "right")),
        rows=rows,
        caption=word("caption_debtors", language),
        source=data.source_line(data.evidence),
        evidence=data.evidence,
        language=language,
    )


def definition_table(data: KpiData) -> Table:
    """Return the tiers and the ratio that a part-paid case must pass in each."""
    language = data.language
    rows = tuple(
        (word(tier.name, language), tier_range(tier, language), f"{float(tier.ratio):g}")
        for tier in data.version.rule.tiers
    )
    return Table(
        columns=headed(language, "tier", "referred_amount", "ratio_passed"),
        rows=rows,
        caption=word("caption_definition", language),
        language=language,
        source=_definition_source(data),
    )


def _definition_source(data: KpiData) -> str:
    """Return where the ratios in force are from: a printed report, or a proposal's own words."""
    begun = [
        year
        for section, year in data.definition.references
        if section == "ratios" and year <= data.version.version
    ]
    reference = data.definition.references["ratios", max(begun)]
    report = _REPORT.match(reference)
    return word("source_report", data.language, year=report[1]) if report else reference


def tier_range(tier: Tier, language: str) -> str:
    """Return a tier's range of referred amounts in words."""
    from_twd, below = number(tier.from_twd), number(tier.below_twd)
    if tier.below_twd is None:
        return word("tier_from", language, from_twd=from_twd)
    if tier.from_twd <= 1:
        return word("tier_below", language, below=below)
    return word("tier_between", language, from_twd=from_twd, below=below)


def formula(data: KpiData) -> Formula:
    """Return the KPI's formula as in force in the year."""
    return _shown_formula("I", data.version.formula)


def indicator_formulas(data: KpiData) -> Several:
    """Return the formula of each indicator."""
    return Several(
        [_shown_formula(name, written) for name, written in data.version.indicators.items()]
    )


def _shown_formula(symbol: str, written: ParsedFormula) -> Formula:
    return Formula(
        notation.mathml(symbol, written),
        notation.typst(symbol, written),
        notation.spoken(symbol, written),
    )


def readings_table(language: Language) -> Table:
    """Return the register of readings: what the source leaves open, what is adopted, and why."""
    register = read_document(kpi_folder() / "readings.yml")["readings"]
    rows = tuple(
        (
            entry["question"][language],
            entry["options"][entry["adopted"]][language]
            + (word("unsourced", language) if entry.get("status") == "unsourced" else ""),
            entry["reason"][language],
        )
        for entry in register.values()
    )
    return Table(
        columns=(
            Column(word("question", language), width=0.3),
            Column(word("adopted", language), width=0.25),
            Column(word("reason", language), width=0.45),
        ),
        rows=rows,
        caption=word("caption_readings", language),
        source="data/kpi/readings.yml",
        language=language,
    )


def kpi_table(data: KpiData, by: str | None = None) -> Table:
    """Return E, C, P, the indicators and the KPI, by group and in all."""
    language = data.language
    evaluations = data.evaluations(by)
    evidence = data.evidence if by is None else data.cases.evidence
    indicators = list(data.version.indicators)
    rows = tuple(
        (
            word("nation" if row.by is None else row.by, language),
            *(number(row.counts[name]) for name in ("effective", "closed", "pending")),
            *(
                number(None if item.value is None else Fraction(item.value) * 100, 2)
                for item in row.indicators.values()
            ),
            number(row.quantity().value, row.decimals),
        )
        for row in evaluations
    )
    columns = (
        *headed(language, by or "nation", "effective", "closed", "pending"),
        *(Column(f"{name} (%)", "right") for name in indicators),
        Column(
            f"{word('value', language)} ({word('unit_' + data.version.unit, language)})", "right"
        ),
    )
    caption = (
        word("caption_kpi", language, name=data.name)
        if by is None
        else word("caption_by", language, by=word(by, language).lower(), name=data.name)
    )
    return Table(
        columns=columns,
        rows=rows,
        caption=caption,
        source=data.cases.source_line(evidence),
        evidence=evidence,
        language=language,
        has_total=by is not None,
    )


def series_table(data: KpiData) -> Table:
    """Return both series across the change of definition, with the readings."""
    language = data.language
    points, unit = both_series(data), word("unit_" + data.version.unit, language)
    years = sorted({point.year for point in points})
    lines: dict[tuple[int | None, str], dict[int, Point]] = {}
    for point in points:
        readings = [point.reading] if point.reading else ["", ADOPTED, "nonlinear"]
        for reading in readings:
            lines.setdefault((point.version, reading), {})[point.year] = point
    has_readings = any(point.reading for point in points)
    wanted = [
        (version, reading)
        for version in ((None,) if data.is_printed else ()) + tuple(data.definition.versions)
        for reading in (("",) if version is None or not has_readings else (ADOPTED, "nonlinear"))
    ]
    rows = tuple(
        (
            _series_name(version, language),
            "" if not reading else word(_READING_WORD[reading], language),
            *(
                interval_text(lines.get((version, reading), {}).get(year), language)
                for year in years
            ),
        )
        for version, reading in wanted
        if (version, reading) in lines
    )
    return Table(
        columns=(
            Column(word("definition", language)),
            Column(word("reading", language)),
            *(Column(f"{roc_year(year, language)} ({unit})", "right") for year in years),
        ),
        rows=rows,
        caption=word("caption_series", language),
        note=word("note_series" if has_readings else "note_series_plain", language),
        source=word("source_report", language, year=max(data.cases.published, default=data.year)),
        evidence=data.evidence,
        language=language,
    )


_READING_WORD = {ADOPTED: "adopted_reading", "nonlinear": "other_reading"}


def _series_name(version: int | None, language: str) -> str:
    if version is None:
        return word("series_published", language)
    return word("series_restated", language, version=version)


def interval_text(point: Point | None, language: str) -> str:
    """Return a point or interval as printed, without its unit; a dash for nothing."""
    if point is None:
        return number(None)
    low = number(point.low.value, point.low.decimals)
    if point.is_point:
        return low
    return word("interval", language, low=low, high=number(point.high.value, point.high.decimals))


def roc_year(year: int, language: str) -> str:
    """Return a ROC year as it heads a column or row."""
    return word("roc_year", language, year=year, gregorian=year + 1911)


def joined(names: Iterable[str], language: str) -> str:
    """Return names as a list in a sentence."""
    return ("、" if language == "zh-Hant" else ", ").join(names)


def growth_table(data: KpiData) -> Table:
    """Return caseload and collections of the year before and this one, with change and growth."""
    language, figures = data.language, data.figures
    rows = []
    for name in ("new", "closed", "pending", "collected"):
        now, before = figures.get(name), figures.get(f"{name}_previous")
        if now is None or before is None:
            continue
        change = Fraction(now.value or 0) - Fraction(before.value or 0)
        rows.append(
            (
                word(name, language)
                + (" (NTD)" if language == "en" else "（元）") * (now.unit == "TWD"),
                number(before.value),
                number(now.value),
                number(change),
                percent(change, Fraction(before.value or 0)),
            )
        )
    return Table(
        columns=(
            Column(word("item", language)),
            Column(roc_year(data.year - 1, language), "right"),
            Column(roc_year(data.year, language), "right"),
            Column(word("change", language), "right"),
            Column(word("growth", language), "right"),
        ),
        rows=tuple(rows),
        caption=word("caption_growth", language, previous=data.year - 1, year=data.year),
        source=data.cases.source_line(data.evidence),
        evidence=data.evidence,
        language=language,
    )


def printed_target(data: KpiData) -> str:
    """Return the year's target as printed, or that none is set."""
    target = data.figures.get("target")
    return word("not_set", data.language) if target is None else printed(target, data.language)

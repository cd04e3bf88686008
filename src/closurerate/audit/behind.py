"""What is behind the named figures of a page: how each is computed, of what, and by whose rule.

It is taken along with an executed notebook, whose pages show it beside their numbers
(`press.ledger`).
"""

from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import Any

from closurerate.audit.claims.findings import place_words
from closurerate.kpi.counting_sql import counting_sql
from closurerate.kpi.effective import EffectiveRule
from closurerate.kpi.formula import measure, names_in
from closurerate.press.print.labels import LANGUAGES
from closurerate.press.text import Item, Run, Text, data_of, given_name, roc_year, said, t
from closurerate.press.words import vocabulary
from closurerate.quantity import Quantity
from closurerate.records.paths import data_folder, from_root, resolved
from closurerate.records.placeholders import COMPARISONS, operands
from closurerate.records.year_parts import Fact
from closurerate.year.case_year import CaseData, open_cases
from closurerate.year.kpi_year import KpiData, open_kpi

_PREVIOUS, _PRINTED = "_previous", "printed."
_SIGNS = {"plus": " + ", "minus": " − ", "share_of": " ÷ "}


def behind(*, year: int, cases: str, kpi: str | None) -> dict[str, Any]:
    """Return what is behind a notebook's numbers, as data.

    Returns:
        dict: `figures` by name, each with `key` (as sentences call it), `label`, `value`, `unit`,
            `decimals`, `evidence`, and as far as there are any `formula`, `parts` (names of other
            figures), `place` (in the printed report), `before` (name of last year's), `rule` (file
            and line), `sql` (what counts it); `inputs`, each with `name` and `sha256`; `reproduce`,
            lines of Python. Label, formula and place are said in each language.

    Raises:
        InputError: If the case data are not there.
    """
    found = open_kpi(year, kpi=kpi, cases=cases) if kpi else None
    data = found.cases if found else open_cases(year, cases=cases)
    known = found.figures if found else data.figures()
    facts = found.author.facts if found and found.author else {}
    figures = {one.name: _figure(name, one, data, facts, known) for name, one in known.items()}
    for name, told in _computed(found) if found else ():
        figures.setdefault(name, {}).update(told)
    if found and found.version.version == year:  # last year's was another measure
        for name in ("rate", "achievement"):
            figures.get(name, {}).pop("before", None)
    rule = found.version.rule if found else EffectiveRule((), (), ())
    tells = "reopened_on" not in data.profile.absent
    for name, sql in counting_sql(rule, year, tells_reopened=tells).items():
        if name in figures and (found or name != "effective"):
            figures[name]["sql"] = sql
    return {
        "year": year,
        "figures": figures,
        "inputs": [*_inputs(data, found)],
        "reproduce": _reproduced(year, resolved(year, cases), kpi),
    }


def _figure(
    name: str,
    one: Quantity,
    data: CaseData,
    facts: Mapping[str, Fact],
    known: Mapping[str, Quantity],
) -> dict[str, Any]:
    place = _place(one.name, data, facts)
    found: dict[str, Any] = {
        "key": name,
        "label": _said(_label(name, one, data.year, place)),
        **data_of(one),
    }
    if place:
        found["place"] = _said(place_words(place))
    if "." in name and not one.name.startswith(_PRINTED):
        found["parts"] = list(dict.fromkeys(known[part].name for part in operands(name)))
        found["formula"] = _said(_written(name, data.year))
    if f"{name}{_PREVIOUS}" in known:
        found["before"] = known[f"{name}{_PREVIOUS}"].name
    return found


def _said(item: Item) -> dict[str, str]:
    return {language: said(item, language) for language in LANGUAGES}


def _label(name: str, one: Quantity, year: int, place: str) -> Item:
    """Return what a figure is called: in the words of the pages as far as these have any."""
    base, *steps = name.split(".")
    if steps:
        is_compared = steps[0] in COMPARISONS
        words = _word(base, year) if is_compared else None
        return t(f"ledger_{steps[0]}", of=words) if words else t("ledger_computed")
    words = _word(name, year)
    if words is None:
        told = t("ledger_of_year", figure=name.replace("_", " "), year=roc_year(year))
        words = t("ledger_fact", place=place_words(place)) if place else told
    return t("ledger_printed", figure=words) if one.name.startswith(_PRINTED) else words


def _word(name: str, year: int) -> Text | None:
    """Return the pages' words for a figure, with its year; None where they have none."""
    base = name.removesuffix(_PREVIOUS)
    key = f"ledger_{base}" if f"ledger_{base}" in vocabulary() else base
    if "{" in vocabulary().get(key, {}).get("en", "{"):
        return None
    of = year - 1 if name.endswith(_PREVIOUS) else year
    return t("ledger_of_year", figure=t(key), year=roc_year(of))


def _written(name: str, year: int) -> Item:
    """Return an expression of a sentence (`records.placeholders`) as one writes it on paper."""

    def word(part: str) -> Item:
        return _word(part, year) or part.replace("_", " ")

    base, *steps = name.split(".")
    if steps[0] in COMPARISONS:
        change = (word(base), " − ", word(f"{base}{_PREVIOUS}"))
        whole = ("(", *change, ") ÷ ", word(f"{base}{_PREVIOUS}"))
        return Run(change if steps == ["change"] else whole)
    told: tuple[Item, ...] = (word(base),)
    for sign, part in zip(steps[::2], steps[1::2], strict=True):
        before = ("(", *told, ")") if sign == "share_of" and len(told) > 1 else told
        told = (*before, _SIGNS[sign], word(part))
    return Run(told)


def _place(name: str, data: CaseData, facts: Mapping[str, Fact]) -> str:
    """Return where in the report a figure stands that is taken from there."""
    if name in facts:
        return facts[name].source or ""
    if not name.startswith(_PRINTED):
        return ""
    figure, _, year = name.removeprefix(_PRINTED).partition("@")
    report = data.published.get(int(year))
    return report[figure].places[0] if report and figure in report else ""


def _computed(data: KpiData) -> Iterator[tuple[str, dict[str, Any]]]:
    """Give what the definition says of the KPI, its parts and its target."""
    version, year, rate = data.version, data.year, data.figures["rate"].name

    def written(section: str, *keys: str) -> str:
        file, line = data.definition.written_at(year, section, *keys)
        return f"{from_root(file).as_posix()}:{line}"

    names = {name: data.figures[name].name for name in version.indicators if name in data.figures}
    used = _parts(version.formula.node, data)
    yield (
        rate,
        {
            "label": _said(
                t("ledger_of_year", figure=given_name(data.definition.name), year=roc_year(year))
            ),
            "formula": _said(f"I = {version.formula.text}"),
            "parts": [*names.values(), *used],
            "rule": written("formula"),
        },
    )
    for name, called in names.items():
        formula = version.indicators[name]
        yield (
            called,
            {
                "label": _said(t("ledger_indicator", name=name, year=roc_year(year))),
                "formula": _said(f"{name} = {formula.text}"),
                "parts": _parts(formula.node, data),
                "rule": written("indicators", name),
            },
        )
    if "effective" in data.figures:
        yield data.figures["effective"].name, {"rule": written("ratios")}
    target = data.figures.get("target")
    if target is not None:
        for name in ("achievement", "achievement_uncapped"):
            parts = [rate, target.name]
            places = {"value": "I", "target": t("target")}
            way = "higher" if version.is_higher_better else "lower"
            written_so = _said(t(f"ledger_achieved_{way}", **places))
            yield data.figures[name].name, {"parts": parts, "formula": written_so}


def _parts(node: Any, data: KpiData) -> list[str]:
    counts = (measure(name) for name in sorted(names_in(node) - set(data.version.indicators)))
    return [data.figures[name].name for name in counts if name in data.figures]


def _inputs(data: CaseData, found: KpiData | None) -> Iterator[dict[str, str]]:
    yield {"name": data.source.name, "sha256": data.source.sha256}
    printed = [data_folder() / "published" / f"{year}.yml" for year in data.published]
    for path in (*(found.definition.files if found else ()), *printed):
        yield {"name": from_root(path).as_posix(), "sha256": sha256(path.read_bytes()).hexdigest()}


def _reproduced(year: int, cases: str, kpi: str | None) -> list[str]:
    """Return lines of Python that give a figure again; `{key}` stands for what it is called."""
    if kpi is None:
        opened = f'open_cases({year}, cases="{cases}")'
        return [
            "from closurerate.year.case_year import open_cases",
            f"data = {opened}",
            'data.figures()["{key}"]',
        ]
    return [
        "from closurerate.year.kpi_year import open_kpi",
        f'data = open_kpi({year}, kpi="{kpi}", cases="{cases}")',
        'data.figures["{key}"]',
    ]

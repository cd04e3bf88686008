"""What make and `closurerate build` are given, looked at before anything is made."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from difflib import get_close_matches
from fractions import Fraction
from pathlib import Path

CHOICES = {
    "REPORT_LANG": ("a language of the report", ("both", "zh-Hant", "en")),
    "CASES": ("a kind of case data", ("auto", "extract", "synthetic")),
}
ROC_OFFSET = 1911
_ROOT = Path(__file__).resolve().parents[3]


def problems(values: dict[str, str], typed: list[str]) -> Iterator[str]:
    """Give a sentence for each variable of the Makefile that is not as it must be."""
    for name, (what, choices) in CHOICES.items():
        if values[name] not in choices:
            few, last = ", ".join(choices[:-1]), choices[-1]
            yield f"{name}={values[name]} is not {what}: take {few} or {last}"
    yield from _year(values["YEAR"])
    yield from _fraction(values["FRACTION"])
    if not re.fullmatch("[1-9][0-9]*", values["JOBS"]):
        yield f"JOBS={values['JOBS']} is not a whole number from 1"
    yield from _kpi(values["KPI"])
    known = [*values, "SECONDS", "PYTHON"]
    assigned = re.findall(r"(?m)^(\w+) *[?:]?=", (_ROOT / "Makefile").read_text("utf-8"))
    for name in typed:
        if name not in assigned:
            there_are = _meant(name, known) or f"; there are {', '.join(known)}"
            yield f"{name} is not a variable of this Makefile{there_are}"


def _year(text: str) -> Iterator[str]:
    if not re.fullmatch("[1-9][0-9]{0,2}", text):
        found = re.search("[0-9]+", unicodedata.normalize("NFKC", text))
        year = int(found[0]) if found and len(found[0]) < 5 and "." not in text else 0
        gregorian = f"the Gregorian {year} is YEAR={year - ROC_OFFSET}"
        meant = gregorian if year > ROC_OFFSET else f"write YEAR={year}" if 0 < year < 1000 else ""
        yield f"YEAR={text} is not a ROC year such as 107" + (f" ({meant})" if meant else "")


def _fraction(text: str) -> Iterator[str]:
    decimal = decimal_of(text)
    if not decimal or text != decimal:
        meant = f" (write {decimal})" if decimal not in ("", "0") else ""
        yield f"FRACTION={text} is not a decimal over 0 and at most 1, such as 0.01{meant}"


def decimal_of(text: str) -> str:
    """Return a share over 0 and at most 1 as the one decimal that paths carry; else nothing."""
    plain = unicodedata.normalize("NFKC", text)
    try:
        value = Fraction(plain.rstrip("%")) / (100 if plain.endswith("%") else 1)
    except (ValueError, ZeroDivisionError):
        value = Fraction(0)
    return f"{float(value):.9f}".rstrip("0").rstrip(".") if 0 < value <= 1 else ""


def no_author(year: int, goals: Iterable[str]) -> str:
    """Return why a year cannot be reported yet: its author has not supplied what is theirs."""
    file = f"data/years/{year}.yml"
    if {"report", "07_report"}.isdisjoint(goals) or Path(file).is_file():
        return ""
    if year < 106:
        return f"year {year} has no report: the first that can be made is of 106"
    return (
        f"{file} is missing, which the author of the report supplies: `closurerate new-year {year}`"
        " writes one to fill in"
    )


def in_vain(parameters: Sequence[str], own: Sequence[str], goals: Iterable[str]) -> str:
    """Return why parameters are given in vain: no notebook of one's own, or its page, is asked."""
    asked = {name for goal in goals for name in (goal, Path(goal).stem)}
    if not parameters or not asked.isdisjoint(own):
        return ""
    there_are = f"there are {', '.join(own)}" if own else "there is none yet"
    return f"is for a notebook of yours, and none is asked for ({there_are})"


def _kpi(text: str) -> Iterator[str]:
    folder = _ROOT / "data" / "kpi"
    files = [*folder.glob("*.yml"), *folder.glob("proposals/*.yml")]
    ids = sorted({file.stem for file in files} - {"readings"})
    if text not in ids:
        yield (
            f"KPI={text} is not defined: there is neither data/kpi/{Path(text).stem}.yml nor "
            f"data/kpi/proposals/{Path(text).stem}.yml"
            if Path(text).stem not in ids
            else f"KPI={text} is a file, and KPI takes an id"
        ) + _meant(Path(text).stem, ids)


def _meant(name: str, known: list[str]) -> str:
    """Return which one was probably meant, whatever its case; nothing where none is near."""
    folded = {item.casefold(): item for item in known}
    near = get_close_matches(name.casefold(), folded, n=1, cutoff=0.5)
    return f"; did you mean {folded[near[0]]}" if near else ""

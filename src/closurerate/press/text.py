"""What is shown before its language is known: words by key, numbers, and runs of both.

An `Item` is any of them. `said` prints one in a reader's language, `data_of` as data.
"""

import datetime
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from numbers import Integral, Rational
from typing import TYPE_CHECKING, Any

from closurerate.press.heard import NUMERAL, announced, standing_at
from closurerate.press.print.labels import LANGUAGES, Language
from closurerate.press.words import vocabulary, word
from closurerate.quantity import MINUS, Exact, Quantity, number, printed, rounded, signed
from closurerate.records.paths import ROC_OFFSET
from closurerate.records.placeholders import fill

if TYPE_CHECKING:
    import pandas as pd

Item = Any
"""A `Text`, `Run`, `Digits` or `ByLanguage`; a quantity or exact number; or text as it stands."""


@dataclass(frozen=True)
class Text:
    """Words with values in their places.

    Args:
        words: Key of the vocabulary, or the words in each language.
        places: What stands in each `{name}`: a quantity with its unit, a whole number as digits.
            None for words in both languages that stand as they are, braces and all.
        form: What is done with the words once they are said, such as `str.lower`.
    """

    words: str | Mapping[str, str]
    places: Mapping[str, Any] | None = None
    form: Callable[[str], str] | None = None

    def said(self, language: Language) -> str:
        """Return the words in a language, their places filled."""
        key = self.words if isinstance(self.words, str) else ""
        known = vocabulary().get(key, {}) if isinstance(self.words, str) else self.words
        words, filled = known.get(language, ""), {}
        for name, item in (self.places or {}).items():
            if f"{{{name}}}" in words:  # what has no place in one language is not said there
                with standing_at(key, name):
                    filled[name] = said(item, language)
        if key:
            text = word(key, language, **filled)
        else:
            text = words if self.places is None else fill(words, filled)
        return text if self.form is None else self.form(text)


@dataclass(frozen=True)
class Run:
    """Items one after another, with what stands between them in each language."""

    items: tuple[Any, ...]
    between: str | Mapping[str, str] = ""
    form: Callable[[str], str] | None = None

    def said(self, language: Language) -> str:
        """Return all of them in a language."""
        between = self.between if isinstance(self.between, str) else self.between[language]
        text = between.join(said(item, language) for item in self.items)
        return text if self.form is None else self.form(text)


@dataclass(frozen=True)
class Digits:
    """A quantity that is printed otherwise than where it stands: without unit, or with a sign."""

    quantity: Quantity
    has_unit: bool = False
    is_signed: bool = False

    def said(self, language: Language) -> str:
        """Return it in a language."""
        if self.has_unit:
            text = printed(self.quantity, language, signed=self.is_signed)
        else:
            show = signed if self.is_signed else number
            text = show(self.quantity.value, self.quantity.decimals)
        return announced(text, self.quantity)


@dataclass(frozen=True)
class Cited:
    """Words of an author who wrote figures out that are known: they are told as such.

    Args:
        item: The words.
        known: What each numeral is that they can have.
    """

    item: Any
    known: Mapping[str, Quantity]

    def said(self, language: Language) -> str:
        """Return the words in a language."""
        text = said(self.item, language)
        for found in NUMERAL.findall(text):
            if found in self.known:
                announced(found, self.known[found])
        return text


@dataclass(frozen=True)
class ByLanguage:
    """Another item in each language, such as an amount in 億 or in billions."""

    items: Mapping[str, Any]

    def said(self, language: Language) -> str:
        """Return the one of a language."""
        return said(self.items[language], language)


def said(item: Any, language: Language) -> str:
    """Return an item in a reader's language: a quantity with its unit, a number as digits."""
    if isinstance(item, str):
        return item
    if isinstance(item, Quantity):
        return announced(printed(item, language), item)
    if item is None or isinstance(item, Rational | Decimal):
        return announced(number(exact(item)), Quantity(exact(item), ""))
    return item.said(language)  # type: ignore[no-any-return]


def exact(value: Any) -> Exact | None:
    """Return a number as Python's own, where it is numpy's."""
    return int(value) if isinstance(value, Integral) else value


@dataclass(frozen=True)
class Say:
    """Prints items in one language; what a chart is drawn with.

    Args:
        is_narrow: Whether the drawing is for a phone.
        drawn: The tables that were drawn, each under the name of its panel: the chart's data.
    """

    language: Language
    is_narrow: bool = False
    drawn: "list[tuple[str, pd.DataFrame]]" = field(default_factory=list, compare=False)

    def __call__(self, item: Any) -> str:
        """Return an item in this language."""
        return said(item, self.language)

    def frame(
        self, rows: Iterable[Sequence[Any]], *columns: str, panel: Any = ""
    ) -> "pd.DataFrame":
        """Return rows as a table to draw, their words and quantities said in this language."""
        import pandas as pd

        shown = [[self(cell) if isinstance(cell, _SAID) else cell for cell in row] for row in rows]
        return self.draws(pd.DataFrame(shown, columns=list(columns)), panel)

    def draws(self, frame: "pd.DataFrame", panel: Any = "") -> "pd.DataFrame":
        """Return a table that is drawn, and keep it as data of the chart or of a panel of it."""
        self.drawn.append((self(panel), frame))
        return frame


_SAID = (Text, Run, Digits, Cited, ByLanguage, Quantity)


def t(key: str, /, **places: Any) -> Text:
    """Return words of the vocabulary with what stands in their places."""
    return Text(key, places)


def both(zh: str, en: str, /, **places: Any) -> Text:
    """Return words given in both languages."""
    return Text({"zh-Hant": zh, "en": en}, places or None)


def bare(value: Quantity | Exact | None, decimals: int = 0, *, is_signed: bool = False) -> Digits:
    """Return a number that is printed without its unit.

    Args:
        value: A quantity with its own decimals, or a number.
        decimals: Digits after the point of a number.
        is_signed: Whether it carries a plus sign where it prints over 0, as a change does.
    """
    if not isinstance(value, Quantity):
        value = Quantity(value, "", decimals)
    return Digits(value, is_signed=is_signed)


def exactly(value: Exact, most: int = 6) -> Digits:
    """Return a number with as many digits after the point as it has, or so many at most."""
    exponent = rounded(value, most).normalize().as_tuple().exponent
    return bare(value, max(0, -int(exponent)))


def stated(quantity: Quantity, *, is_signed: bool = False) -> Digits:
    """Return a quantity that is printed with its unit in a table's cell too."""
    return Digits(quantity, has_unit=True, is_signed=is_signed)


_COMMA = {"zh-Hant": "、", "en": ", "}
_SEMICOLON = {"zh-Hant": "；", "en": "; "}
_SPACE = {"zh-Hant": "", "en": " "}


def joined(items: Iterable[Any]) -> Run:
    """Return items as a list in a sentence."""
    return Run(tuple(items), _COMMA)


def clauses(items: Iterable[Any]) -> Run:
    """Return items as clauses of one sentence."""
    return Run(tuple(items), _SEMICOLON)


def spaced(items: Iterable[Any]) -> Run:
    """Return sentences or words one after another; Chinese needs no space between them."""
    return Run(tuple(items), _SPACE)


def roc_year(year: int) -> Text:
    """Return a ROC year as it heads a column or row."""
    return t("roc_year", year=year, gregorian=str(year + ROC_OFFSET))


def year_in_title(year: int) -> Text:
    """Return a ROC year as it stands in a title, where English has both calendars."""
    return t("year_in_title", year=year, gregorian=str(year + ROC_OFFSET))


def year_in_text(year: int) -> Text:
    """Return a ROC year as it stands in a sentence."""
    return t("year_in_text", year=year, gregorian=str(year + ROC_OFFSET))


def year_short(year: int) -> Text:
    """Return a ROC year as it stands alone in a sentence."""
    return t("year_short", year=year, gregorian=str(year + ROC_OFFSET))


def roc_date(day: datetime.date) -> Text:
    """Return a day in the ROC calendar and the other."""
    year = day.year - ROC_OFFSET
    return t("roc_date", year=year, month=day.month, day=day.day, iso=day.isoformat())


def unique(items: Iterable[Any]) -> tuple[Any, ...]:
    """Return items without repetitions, in order; they need not be hashable."""
    kept: list[Any] = []
    for item in items:
        if item not in kept:
            kept.append(item)
    return tuple(kept)


def cited(item: Any, figures: Iterable[Quantity]) -> Cited:
    """Return an author's words, in which figures may stand that are known."""
    return Cited(item, {number(one.value, one.decimals): one for one in figures})


def given_name(words: Mapping[str, str]) -> Cited:
    """Return a name that people gave, by language: a numeral in it counts nothing."""
    numerals = {numeral for text in words.values() for numeral in NUMERAL.findall(text)}
    signs = str.maketrans({",": "", MINUS: "-"})
    known = {one: Quantity(Fraction(one.translate(signs)), "name") for one in numerals}
    return Cited(Text(words), known)


def as_written(text: str) -> Cited:
    """Return the name of a file, a sheet or a column, whose digits count nothing."""
    return given_name(dict.fromkeys(LANGUAGES, text))


def capital(text: str) -> str:
    """Return a text that begins with a capital letter."""
    return text[:1].upper() + text[1:]


def formed(item: Any, form: Callable[[str], str]) -> Text | Run:
    """Return an item whose words are changed once they are said, such as by `str.lower`."""
    if isinstance(item, Text) and item.form is None:
        return replace(item, form=form)
    return Run((item,), form=form)


def in_a_line(text: str) -> str:
    """Return a text of several lines as one."""
    return " ".join(text.split())


def data_of(item: Any) -> Any:
    """Return an item as data: exact values as text, words in every language."""
    if isinstance(item, Digits):
        return data_of(item.quantity)
    if isinstance(item, Cited):
        return data_of(item.item)
    if isinstance(item, Quantity):
        return {
            "value": None if item.value is None else str(item.value),
            "unit": item.unit,
            "decimals": item.decimals,
            "evidence": item.evidence,
        }
    if item is None or isinstance(item, str):
        return item
    if isinstance(item, int | Fraction | Decimal):
        return str(item)
    found: dict[str, Any] = {language: said(item, language) for language in LANGUAGES}
    if isinstance(item, Text):
        if isinstance(item.words, str):
            found["key"] = item.words
        if item.places:
            found["places"] = {name: data_of(place) for name, place in item.places.items()}
    elif isinstance(item, Run):
        found["items"] = [data_of(part) for part in item.items]
    return found

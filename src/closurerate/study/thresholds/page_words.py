"""How thresholds, changes and shares are written in tables and charts."""

from fractions import Fraction

from closurerate.press.print.labels import Language
from closurerate.press.words import word
from closurerate.quantity import Exact, number, rounded, signed
from closurerate.study.disclosure import is_enough
from closurerate.study.thresholds.page_data import ThresholdData
from closurerate.study.thresholds.parameters import Parameter

_AMOUNT_UNIT = {"zh-Hant": 10_000, "en": 1_000}


def parameter_name(data: ThresholdData, parameter: Parameter) -> str:
    """Return a threshold's name."""
    tier = data.index.version.rule.tiers[parameter.place].name_in(data.language)
    return word(f"threshold_{parameter.kind}", data.language, tier=tier)


def threshold_text(parameter: Parameter, value: Exact) -> str:
    """Return a threshold as it is written: a ratio by its own digits, an amount in NTD."""
    return ratio_text(value) if parameter.kind == "ratio" else number(value)


def ratio_text(value: Exact) -> str:
    """Return a ratio or factor with as many digits as it has, six at most."""
    return f"{rounded(value, 6).normalize():f}"


def amount_text(value: Exact, language: Language) -> str:
    """Return an amount in the unit of a chart's axis: 萬 in Chinese, thousands in English."""
    return f"{rounded(Fraction(value) / _AMOUNT_UNIT[language], 4).normalize():,f}"


def unit_name(data: ThresholdData) -> str:
    """Return the KPI's unit."""
    return word(f"unit_{data.index.version.unit}", data.language)


def is_public(data: ThresholdData, effective: int) -> bool:
    """Tell whether the nation's effective cases moved by none, or by enough to be public."""
    moved = effective - data.index.official_effective()
    return not moved or is_enough(moved, data.settings.disclosure)


def shown_if_public(data: ThresholdData, effective: int, text: str) -> str:
    """Return what rests on so many effective cases, or that it is withheld."""
    return text if is_public(data, effective) else word("threshold_withheld", data.language)


def moved_text(data: ThresholdData, effective: int, value: Exact | None, decimals: int) -> str:
    """Return a change that so many effective cases make, or that it is withheld."""
    return shown_if_public(data, effective, signed(value, decimals))

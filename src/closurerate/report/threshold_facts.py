"""The figures and names of the study of thresholds that a notebook's sentences can hold.

Each function returns both, for `ThresholdData.say`; what has no value, or rests on too few cases
to be public, is absent.
"""

from collections.abc import Sequence
from fractions import Fraction
from math import isnan

from closurerate.kpi.evaluate import in_unit, scale_of
from closurerate.quantity import Exact, Quantity
from closurerate.report.changes import change_unit
from closurerate.report.escape import markdown_text
from closurerate.report.sobol_charts import Panel
from closurerate.report.threshold_data import ThresholdData
from closurerate.report.threshold_tables import variant_name
from closurerate.report.threshold_words import is_public, parameter_name, threshold_text
from closurerate.report.uncertainty_tables import carried, errors_of
from closurerate.study.breakpoints import breakpoints, public_breakpoint
from closurerate.study.parameters import admissible, parameters
from closurerate.study.sensitivity import tornado
from closurerate.study.steps import step_function
from closurerate.study.variants import named_variants, outcomes

Facts = tuple[dict[str, Quantity], dict[str, str]]


def _change(data: ThresholdData, value: Exact | None, decimals: int) -> Quantity:
    return Quantity(value, change_unit(data.index.version.unit), decimals, data.evidence)


def _value(data: ThresholdData, value: Exact | None, decimals: int) -> Quantity:
    return Quantity(value, data.index.version.unit, decimals, data.evidence)


def tornado_facts(data: ThresholdData) -> Facts:
    """Return the threshold with the widest effect, `leading`, and what it does.

    `leading_from`, `leading_to`: its declared range; `leading_low`, `leading_high`: change of the
    KPI at its ends; `second_widest`: the widest change by any other threshold. Nothing where no
    threshold moves the KPI.
    """
    moved = parameters(data.index.version.rule, data.settings)
    (low, high), *others = tornado(data.index, moved)
    if not low.change and not high.change:
        return {}, {}
    decimals = data.index.version.decimals
    figures = {
        f"leading_{name}": _change(data, end.change, decimals)
        for name, end in (("low", low), ("high", high))
        if is_public(data, end.effective)
    }
    ends = [end for pair in others for end in pair]
    if ends and all(is_public(data, end.effective) for end in ends):
        widest = max(abs(Fraction(end.change or 0)) for end in ends)
        figures["second_widest"] = _change(data, widest, decimals + 1)
    return figures, {
        "leading": markdown_text(parameter_name(data, low.parameter).lower()),
        "leading_from": threshold_text(low.parameter, low.value),
        "leading_to": threshold_text(low.parameter, high.value),
    }


def share_facts(data: ThresholdData, panels: Sequence[Panel]) -> Facts:
    """Return `weightiest`, which explains most of the variance by itself, and `leading_share`.

    The share is the first-order index in percent: a figure where it is exact, and a name that tells
    its confidence interval where it is an estimate. Nothing where nothing varies.
    """
    if not panels:
        return {}, {}
    pairs = zip(panels[0].moved, panels[0].found.indices, strict=True)
    weightiest, index = max(pairs, key=lambda pair: pair[1].first or 0)
    names = {"weightiest": markdown_text(parameter_name(data, weightiest).lower())}
    share, interval = index.first or 0, index.first_interval
    if interval is None:
        exact = Quantity(Fraction(share) * 100, "percent", 2, data.evidence)
        return {"leading_share": exact}, names
    ends = (max(share - interval, 0.0), min(share + interval, 1.0))
    names["leading_share"] = " – ".join(f"{end * 100:.0f}" for end in ends) + " %"
    return {}, names


def variant_facts(data: ThresholdData) -> Facts:
    """Return `change_<variant>` and `effective_<variant>`, and as a name `<variant>`.

    Variants as in `closurerate.study.variants`; `uniform_1`, `uniform_2` in their order.
    """
    figures, names, seen = dict[str, Quantity](), dict[str, str](), 0
    for outcome in outcomes(data.index, named_variants(data.index, data.settings)):
        name = outcome.variant.name
        if name == "uniform":
            seen += 1
            name = f"uniform_{seen}"
        names[name] = variant_name(outcome.variant, data.language)
        if is_public(data, outcome.effective):
            decimals = data.index.version.decimals + 1
            figures[f"change_{name}"] = _change(data, outcome.change, decimals)
            figures[f"effective_{name}"] = Quantity(outcome.effective, "case", 0, data.evidence)
    return figures, names


def error_facts(data: ThresholdData) -> Facts:
    """Return the KPI once errors are put right.

    `errors_low`, `errors_high`: its interval; `worst_low`, `worst_high`: the worst cases.
    """
    found, decimals = errors_of(data), data.index.version.decimals
    figures = dict[str, Quantity]()
    for name, value in (("low", found.nation.low), ("high", found.nation.high)):
        if not isnan(value):
            exact = Fraction(value) * scale_of(data.index.version.unit)
            digits = min(decimals, carried(data, found.nation))
            figures[f"errors_{name}"] = _value(data, exact, digits)
    for name, worst in zip(("low", "high"), found.worst or (), strict=False):
        figures[f"worst_{name}"] = _value(
            data, in_unit(worst.value, data.index.version.unit), decimals
        )
    return figures, {}


def breakpoint_facts(data: ThresholdData) -> Facts:
    """Return the public breakpoints of the leading threshold.

    `down`, `up`: where they lie; `down_prints`, `up_prints`: what is printed beyond.
    """
    moved = parameters(data.index.version.rule, data.settings)
    leading = tornado(data.index, moved)[0][0].parameter
    figures, names = dict[str, Quantity](), dict[str, str]()
    for exact in breakpoints(data.index, step_function(data.index, leading)):
        found = public_breakpoint(
            exact, data.settings.disclosure, admissible(data.index.version.rule, leading)
        )
        side = "up" if found.direction == 1 else "down"
        if found.value is not None:
            names[side] = threshold_text(leading, found.value)
            figures[f"{side}_prints"] = _value(data, found.after, data.index.version.decimals)
    return figures, names

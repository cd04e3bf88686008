"""The figures and names of the study of thresholds that a notebook's sentences can hold.

Each function returns both, for `ThresholdData.say`; what has no value, or rests on too few cases
to be public, is absent.
"""

from fractions import Fraction

from closurerate.press.print.escape import markdown_text
from closurerate.quantity import Exact, Quantity
from closurerate.study.thresholds.breakpoints import breakpoints, public_breakpoint
from closurerate.study.thresholds.page_data import Facts, ThresholdData
from closurerate.study.thresholds.page_tables import variant_name
from closurerate.study.thresholds.page_words import is_public, parameter_name, threshold_text
from closurerate.study.thresholds.parameters import admissible, parameters
from closurerate.study.thresholds.sensitivity import tornado
from closurerate.study.thresholds.steps import step_function
from closurerate.study.thresholds.variants import named_variants, outcomes
from closurerate.year.changes import change_unit


def _change(data: ThresholdData, value: Exact | None, decimals: int) -> Quantity:
    return Quantity(value, change_unit(data.index.version.unit), decimals, data.evidence)


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


def variant_facts(data: ThresholdData) -> Facts:
    """Return `change_<variant>` and `effective_<variant>`, and as a name `<variant>`.

    Variants as in `closurerate.study.thresholds.variants`; `uniform_1`, `uniform_2` in their order.
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
            figures[f"{side}_prints"] = data.quantity(found.after, data.index.version.decimals)
    return figures, names

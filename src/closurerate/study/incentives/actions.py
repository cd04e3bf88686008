"""Actions on cases, as changes of a year's counts: what the study of incentives is about.

Each action is set against the year as it was, and says what would have been counted instead.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from numbers import Integral
from typing import Literal

from closurerate.errors import InputError
from closurerate.kpi.counts import MEASURES, Counts
from closurerate.kpi.evaluate import known_counts
from closurerate.quantity import whole_number
from closurerate.records.documents import nearest

Kind = Literal["pending", "effective", "ineffective"]
"""Of which cases: pending; closed as effective; closed otherwise (unpaid, or paid too little)."""

_KINDS: tuple[Kind, ...] = ("pending", "effective", "ineffective")


@dataclass(frozen=True)
class Action:
    """What is done to a case, and what it changes in the counts each time.

    Args:
        changes: Change of each count by name as in `kpi.counts.MEASURES`; None where it depends on
            an amount that nobody has said.
        serves: Whether it serves what the KPI is for, to bring in debts; None for what nobody at a
            branch decides, the referral of a case.
        taken_from: Of which cases it takes one; None where the case comes on top of the year's.
    """

    name: str
    changes: Mapping[str, int | None]
    serves: bool | None
    taken_from: Kind | None
    cases: int = 1

    def __post_init__(self) -> None:
        """Check the names of counts and kinds, and that changes are whole."""
        for count, change in self.changes.items():
            if count not in MEASURES:
                near = nearest(count, MEASURES)
                raise InputError(f"action {self.name}: {count!r} is no count{near}.")
            if change is not None and not isinstance(change, Integral):
                raise InputError(
                    f"action {self.name}: {count} must change by a whole number, found {change!r}."
                )
        if self.taken_from not in (None, *_KINDS):
            near = nearest(self.taken_from, _KINDS)
            raise InputError(f"action {self.name}: there are no {self.taken_from!r} cases{near}.")
        whole_number(self.cases, f"action {self.name}: cases", least=1)


def actions(parts: int = 2, amount_twd: int | None = None) -> dict[str, Action]:
    """Return the actions that are studied, by name.

    Every case split or merged counts as referred in the year, as its parts would be; cases of an
    earlier year leave `new` as it was. The parts are of the whole's kind: that a part may fall into
    a tier with a laxer ratio is a matter of thresholds. What is split keeps its money.

    Args:
        parts: Into how many cases one is split, and how many are merged into one; 2 or more.
        amount_twd: Referred amount of the case acted on, in NTD, over 0. One closed as effective
            pays it in full and within the year; one closed unpaid pays nothing. Without it, a KPI
            that counts money has no effect for actions that move money.

    Raises:
        InputError: If there are fewer than two parts or the amount is no whole NTD over 0.
    """
    parts = whole_number(parts, "parts: into how many cases one is split", least=2)
    if amount_twd is not None:
        amount_twd = whole_number(amount_twd, "amount_twd: NTD of a case", least=1)
    paid = dict.fromkeys(("closed_referred_twd", "closed_paid_twd", "collected_twd"), amount_twd)
    unpaid = {"closed_referred_twd": amount_twd}
    lost = _negative(paid)
    collected = {name: paid[name] for name in ("closed_paid_twd", "collected_twd")}
    found = [
        Action("close_effective", {**_CLOSE_EFFECTIVE, **paid}, True, "pending"),
        Action("collect_on_closed", {"effective": 1, **collected}, True, "ineffective"),
        Action("close_new_effective", {"new": 1, **_PAID_CASE, **paid}, True, None),
        Action("close_unpaid", {**_CLOSE_UNPAID, **unpaid}, False, "pending"),
        Action("refer_again", {"closed": 1, "new": 1, **unpaid}, False, "pending"),
        Action("refer_closed_again", {"new": 1, "pending": 1}, False, "ineffective"),
        Action("leave_effective_pending", {**_reversed(_CLOSE_EFFECTIVE), **lost}, False,
               "effective"),
        Action("leave_unpaid_pending", {**_reversed(_CLOSE_UNPAID), **_negative(unpaid)}, False,
               "ineffective"),
        Action("refer_new", {"new": 1, "pending": 1}, None, None),
    ]  # fmt: skip
    for kind, case in _CASES.items():
        more = {name: (parts - 1) * count for name, count in {**case, "new": 1}.items()}
        found.append(Action(f"split_{kind}", more, False, kind))
        found.append(Action(f"merge_{kind}", _reversed(more), False, kind, parts))
    return {action.name: action for action in found}


_PAID_CASE = {"effective": 1, "closed": 1}
_CLOSE_EFFECTIVE = {"effective": 1, "closed": 1, "pending": -1}
_CLOSE_UNPAID = {"closed": 1, "pending": -1}
_CASES: dict[Kind, dict[str, int]] = {
    "pending": {"pending": 1},
    "effective": _PAID_CASE,
    "ineffective": {"closed": 1},
}


def _reversed(changes: Mapping[str, int]) -> dict[str, int]:
    return {name: -change for name, change in changes.items()}


def _negative(amounts: Mapping[str, int | None]) -> dict[str, int | None]:
    return {name: None if amount is None else -amount for name, amount in amounts.items()}


def check_action(action: Action) -> Action:
    """Return an action as it is; InputError if it is none, such as the name of one."""
    if isinstance(action, Action):
        return action
    raise InputError(
        f"action: must be an Action, such as actions()['close_unpaid'], found {action!r}."
    )


def most_times(action: Action, counts: Counts) -> int | None:
    """Return how often an action is possible in a group; None where nothing limits it.

    InputError if a count is not known, or more are effective than closed.
    """
    check_action(action)
    counts = known_counts(counts)
    stocks = _stocks(counts)
    limits = [stocks[action.taken_from] // action.cases] if action.taken_from else []
    for name, change in action.changes.items():
        count = counts.get(name)
        if count is not None and change is not None and change < 0:
            limits.append(count // -change)
    return min(limits, default=None)


def _stocks(counts: Counts) -> dict[str, int]:
    known = {name: counts.get(name) for name in ("effective", "closed", "pending")}
    for name, count in known.items():
        if count is None:
            raise InputError(f"counts: {name}: must be a whole number from 0, found None.")
    effective, closed, pending = (int(count or 0) for count in known.values())
    if effective > closed:
        raise InputError(f"counts: {effective} effective cases are more than {closed} closed.")
    return {"pending": pending, "effective": effective, "ineffective": closed - effective}


def after(action: Action, counts: Counts, times: int) -> dict[str, int | None]:
    """Return the counts had an action been done some times more, or if negative fewer."""
    changed = known_counts(counts)
    for name, change in check_action(action).changes.items():
        count = changed.get(name)
        changed[name] = None if count is None or change is None else count + times * change
    return changed

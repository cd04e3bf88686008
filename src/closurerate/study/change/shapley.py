"""Splitting a difference among the factors that make it: the Shapley value, also in groups."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from itertools import chain, combinations, permutations, product
from math import factorial, prod

from closurerate.errors import InputError

Players = Sequence["str | Players"]
"""Names; a sequence among them is a group, whose members always come one after another."""

MOST_ORDERINGS = 40_320
"""Eight factors in no groups; more make too many orderings to go through one by one."""


def shapley(value: Callable[[frozenset[str]], Fraction], players: Players) -> dict[str, Fraction]:
    """Return each player's part of `value(all) - value(none)`; the parts sum to it exactly.

    A player's part is what joining adds, averaged over all orderings in which the members of a
    group join one after another. The parts of a group therefore sum to the part that the group
    would have as a single player.

    Args:
        value: The exact value when the players in the set have changed and the others have not.
        players: Names, and groups of them, to any depth.

    Raises:
        InputError: If there is no player, a name stands twice, or there are more than
            `MOST_ORDERINGS`.

    References:
        Without groups Shapley (1953); with groups Owen (1977, doi:10.1007/978-3-642-45494-3_7);
        with groups in groups Winter (1989, doi:10.1007/BF01268150). For decomposing a change:
        Shorrocks (2013, doi:10.1007/s10888-011-9214-z).
    """
    names = names_of(players)
    if not names or len(set(names)) < len(names):
        raise InputError(f"players {names}: there must be at least one, and each once.")
    count = _ordering_count(players)
    if count > MOST_ORDERINGS:
        raise InputError(f"{len(names)} players have {count:,} orderings: at most 40,320 are run.")
    times: Counter[tuple[str, frozenset[str]]] = Counter()
    for ordering in _orderings(players):
        joined: frozenset[str] = frozenset()
        for name in ordering:
            times[name, joined] += 1
            joined |= {name}
    known = {joined: value(joined) for joined in {before for _, before in times}}
    known[frozenset(names)] = value(frozenset(names))
    parts = dict.fromkeys(names, Fraction(0))
    for (name, before), number in times.items():
        parts[name] += Fraction(number, count) * (known[before | {name}] - known[before])
    return parts


def order_ends(
    value: Callable[[frozenset[str]], Fraction], players: Players
) -> dict[str, tuple[Fraction, Fraction]]:
    """Return the least and the most that each player's joining adds, over all orders of players.

    Groups are of no account. What joining adds depends on who came before, not in which order.
    """
    names = names_of(players)
    subsets = [
        frozenset(chosen) for size in range(len(names)) for chosen in combinations(names, size)
    ]
    known = {chosen: value(chosen) for chosen in [*subsets, frozenset(names)]}
    added = {
        name: [known[before | {name}] - known[before] for before in subsets if name not in before]
        for name in names
    }
    return {name: (min(moves), max(moves)) for name, moves in added.items()}


def names_of(players: Players) -> list[str]:
    """Return the names of all players, groups or none."""
    return list(
        chain.from_iterable([item] if isinstance(item, str) else names_of(item) for item in players)
    )


def _ordering_count(players: Players) -> int:
    groups = [item for item in players if not isinstance(item, str)]
    return factorial(len(players)) * prod(_ordering_count(group) for group in groups)


def _orderings(players: Players) -> Iterator[list[str]]:
    for order in permutations(players):
        inner = ([[item]] if isinstance(item, str) else list(_orderings(item)) for item in order)
        for chosen in product(*inner):
            yield list(chain.from_iterable(chosen))

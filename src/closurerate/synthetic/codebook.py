"""What the codes of synthetic cases stand for: categories, subcategories and referring agencies."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from closurerate.cases.vocabulary import BRANCHES, CATEGORIES
from closurerate.errors import InputError
from closurerate.synthetic.assumptions import Assumptions


@dataclass(frozen=True)
class Codebook:
    """What the codes of a block stand for.

    Attributes:
        agencies, subcategories (tuple of str): The words.
        agency_of (numpy.ndarray of int8): Place of the referring agency, by kind and branch.
        subcategory_of, category_of (numpy.ndarray of int8): Place of a kind's subcategory (-1:
            none) and category.
    """

    agencies: tuple[str, ...]
    subcategories: tuple[str, ...]
    agency_of: npt.NDArray[np.int8]
    subcategory_of: npt.NDArray[np.int8]
    category_of: npt.NDArray[np.int8]


def codebook(assumptions: Assumptions) -> Codebook:
    """Return what codes stand for under these assumptions."""
    agencies = tuple(name for network in assumptions.networks.values() for name in network)
    entries = list(assumptions.kinds.values())
    found = (entry["subcategory"] for entry in entries if entry["subcategory"])
    subcategories = tuple(dict.fromkeys(found))
    return Codebook(
        agencies=agencies,
        subcategories=subcategories,
        agency_of=np.array(
            [
                [agencies.index(_agency(assumptions, entry["network"], name)) for name in BRANCHES]
                for entry in entries
            ],
            dtype=np.int8,
        ),
        subcategory_of=np.array(
            [
                subcategories.index(entry["subcategory"]) if entry["subcategory"] else -1
                for entry in entries
            ],
            dtype=np.int8,
        ),
        category_of=np.array([CATEGORIES.index(entry["category"]) for entry in entries], np.int8),
    )


def _agency(assumptions: Assumptions, network: str, branch: str) -> str:
    """Return the agency of a network that refers to a branch."""
    for agency, branches in assumptions.networks[network].items():
        if branches == "*" or branch in branches:
            return agency
    raise InputError(
        f"data/synthetic.yml: networks.{network} has no agency that refers to {branch}; "
        'name the branch at one of them, or give one "*".'
    )

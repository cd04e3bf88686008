"""Reproducible analysis of the effective closure rate (有效結案率).

>>> import closurerate as cr
>>> cr.year(107).kpi("category")[["closed", "effective", "pending", "value"]].round(2)
                      closed  effective  pending  value
category (synthetic)
財稅                      4568       1364     4104  31.37
健保                      4348       1533     3424  38.90
罰鍰                     19181       5826    15082  33.53
費用                     22057       7707    15709  39.69
total                  50154      16430    38319  36.49
"""

from importlib import import_module
from typing import Any

_PLACES = {
    "year": "year",
    "own_cases": "library.opened",
    "definition": "library.opened",
    "column": "library.opened",
    "OpenYear": "library.opened",
    "plot": "library.plot",
    "set_theme": "library.theme",
    "InputError": "errors",
}
__all__ = sorted(_PLACES)


def __getattr__(name: str) -> Any:
    if name not in _PLACES:
        raise AttributeError(f"module 'closurerate' has no {name!r}: it has {', '.join(__all__)}")
    module = import_module(f"closurerate.{_PLACES[name]}")
    return module if _PLACES[name].split(".")[-1] == name else getattr(module, name)


def __dir__() -> list[str]:
    return [*__all__, "__version__"]

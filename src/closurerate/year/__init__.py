"""A year as the notebooks use it: its cases, its KPI, the years before, and the yearly pages.

Called, the room opens a year for a researcher (`closurerate.library.opened.open_year`):

>>> import closurerate as cr
>>> cr.year(107)
year 107 (synthetic cases, none of them real): 50,154 closed, 38,319 pending
"""

import sys
from importlib import import_module
from types import ModuleType
from typing import Any


class _Room(ModuleType):
    def __call__(self, *given: Any, **named: Any) -> Any:
        return import_module("closurerate.library.opened").open_year(*given, **named)


sys.modules[__name__].__class__ = _Room

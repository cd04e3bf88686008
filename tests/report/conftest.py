"""Each test of the report starts without a figure left open by the one before."""

from collections.abc import Iterator

import pytest
from matplotlib import pyplot


@pytest.fixture(autouse=True)
def no_open_figure() -> Iterator[None]:
    pyplot.close("all")
    yield
    pyplot.close("all")

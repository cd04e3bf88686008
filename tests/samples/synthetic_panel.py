"""A small synthetic panel, made once for all tests that ask for it."""

from fractions import Fraction
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

from closurerate.synthetic.assumptions import Assumptions, load_assumptions
from closurerate.synthetic.totals import PanelTotals, YearTotals, scaled
from closurerate.synthetic.year import make_synthetic
from kpi_samples import version_of

SMALL = Fraction(1, 200)
ASSUMPTIONS = Path(__file__).resolve().parents[2] / "data" / "synthetic.yml"


@pytest.fixture(scope="session")
def totals() -> PanelTotals:
    """Printed totals; 106's effective is the middle of what its printed rate allows."""
    return PanelTotals(
        106,
        YearTotals(9_359_813, 7_493_345, 2_762_047, 7_478_941, 27_591_251_282),
        YearTotals(10_214_937, 10_030_793, 3_286_050, 7_663_741, 29_998_900_437),
        version_of().rule,
    )


@pytest.fixture(scope="session")
def small_totals(totals: PanelTotals) -> PanelTotals:
    return scaled(totals, SMALL)


@pytest.fixture(scope="session")
def assumptions() -> Assumptions:
    return load_assumptions(ASSUMPTIONS)


@pytest.fixture(scope="session")
def panel_files(
    tmp_path_factory: pytest.TempPathFactory, totals: PanelTotals, assumptions: Assumptions
) -> dict[int, Path]:
    folder = tmp_path_factory.mktemp("panel")
    paths = {year: folder / str(year) / "cases.parquet" for year in (106, 107)}
    for year, path in paths.items():
        make_synthetic(year, path, totals=totals, assumptions=assumptions, fraction=SMALL)
    return paths


@pytest.fixture(scope="session")
def panel(panel_files: dict[int, Path]) -> dict[int, pd.DataFrame]:
    """Both years as frames; whole-number dates and exact integers are kept."""
    return {year: pq.read_table(path).to_pandas() for year, path in panel_files.items()}

"""Collections are brought to their total without a heap that an audit would ask about."""

from fractions import Fraction
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

from closurerate.synthetic.assumptions import Assumptions
from closurerate.synthetic.totals import PanelTotals
from closurerate.synthetic.year import make_synthetic


def test_no_amounts_are_cut_off_below_the_next_tier(
    tmp_path: Path, totals: PanelTotals, assumptions: Assumptions
) -> None:
    """Debts paid in full are scaled up within their tier; at this size eight would end there."""
    path = tmp_path / "cases.parquet"
    make_synthetic(107, path, totals=totals, assumptions=assumptions, fraction=Fraction(1, 40))
    amounts = pq.read_table(path, columns=["referred_amount_twd"])[0].to_numpy()
    assert np.count_nonzero(amounts == 199_999) <= 1
    assert amounts.min() >= assumptions.smallest_amount

"""Many synthetic worlds that meet the published totals, and what comes out in each."""

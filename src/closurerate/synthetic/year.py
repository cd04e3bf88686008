"""The synthetic national extract: invented cases that meet a year's published totals exactly.

It shows what the analysis does where no real extract is at hand. Only the totals are facts; branch,
category, tier, disposition, date and amount structure are assumptions (data/synthetic.yml).
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import pyarrow as pa

from closurerate.cases.source import Source, describe, mark, write_source
from closurerate.errors import InputError
from closurerate.records.writing import replacing
from closurerate.synthetic.assumptions import Assumptions
from closurerate.synthetic.assumptions import load_assumptions as load_assumptions
from closurerate.synthetic.block import Block, make_block
from closurerate.synthetic.encoding import column_batches, parquet_file
from closurerate.synthetic.nation import Nation, make_nation
from closurerate.synthetic.outcome import FIRST_STANDING, SECOND_STANDING, Standing
from closurerate.synthetic.panel import CARRIED, FRESH, REOPENED, SETTLED, PanelPlan, make_plans
from closurerate.synthetic.settlement import settle
from closurerate.synthetic.totals import PanelTotals as PanelTotals
from closurerate.synthetic.totals import YearTotals as YearTotals
from closurerate.synthetic.totals import scaled as scaled

Progress = Callable[[int, int], None]
"""Called with the rows written so far and the rows in all."""


@dataclass(frozen=True)
class SyntheticYear:
    """One year's synthetic cases in memory.

    Attributes:
        nation: What they were drawn from.
        blocks, standings: The cases, and how they stand at the year's end, by the name of their
            block.
    """

    year: int
    nation: Nation
    blocks: dict[str, Block]
    standings: dict[str, Standing]


def make_synthetic(
    year: int,
    out_path: Path,
    *,
    totals: PanelTotals,
    assumptions: Assumptions,
    fraction: Fraction = Fraction(1),
    seed: int = 107,
    progress: Progress | None = None,
) -> Source:
    """Write one year's file of a synthetic panel, and the record of its source beside it.

    The two files of a panel share the cases pending between them: same number, same debt. Each can
    be made alone. The same arguments give the same bytes, with the same versions of the libraries.

    Args:
        year: ROC year: the first or the second of the totals.
        out_path: Where the Parquet file belongs; it is replaced only when the new one is complete.
        totals: The nation's totals of both years, which are met exactly (`scaled` gives a
            fraction's).
        assumptions: From `load_assumptions`.
        fraction (fractions.Fraction): Size, as a share of the nation.
        seed: Seed of every random number.
        progress (callable, optional): Called after each batch with the rows written and the rows in
            all.

    Returns:
        Source: The record that was written: kind `synthetic`, with seed and fraction.

    Raises:
        InputError: If the year is not of this panel, or totals and assumptions cannot be met
            together.
    """
    drawn = draw_year(year, totals=totals, assumptions=assumptions, fraction=fraction, seed=seed)
    with replacing(out_path) as partial:
        _write(drawn, partial, mark(year, seed, str(fraction)), progress)
        source = describe(partial, name=out_path.name, year=year)
        # First the record, then the cases: a make that finds no cases after a kill runs again.
        write_source(out_path, source)
    return source


def draw_year(
    year: int,
    *,
    totals: PanelTotals,
    assumptions: Assumptions,
    fraction: Fraction = Fraction(1),
    seed: int = 107,
) -> SyntheticYear:
    """Return the cases that `make_synthetic` writes with the same arguments, without a file.

    Args:
        year, totals, assumptions, fraction, seed: As for `make_synthetic`.

    Raises:
        InputError: As `make_synthetic`.
    """
    if year not in totals.by_year():
        years = " and ".join(map(str, totals.by_year()))
        raise InputError(f"synthetic extract: totals are of {years}, so {year} cannot be made.")
    nation = make_nation(scaled(totals, fraction), assumptions, fraction, seed)
    plans = make_plans(nation)
    is_first = year == nation.totals.first_year
    own = SETTLED if is_first else FRESH
    names = (REOPENED, CARRIED, own)
    with ThreadPoolExecutor(max_workers=2) as pool:
        made = pool.map(lambda name: _block_of(nation, plans[name], is_first), names)
        pairs = dict(zip(names, made, strict=True))
    blocks = {name: block for name, (block, _) in pairs.items()}
    standings = {name: standing for name, (_, standing) in pairs.items()}
    settle(nation, blocks, standings, own, nation.totals.by_year()[year].collected_twd)
    return SyntheticYear(year, nation, blocks, standings)


def _block_of(nation: Nation, plan: PanelPlan, is_first: bool) -> tuple[Block, Standing]:
    block = make_block(nation, plan)
    make = (FIRST_STANDING if is_first else SECOND_STANDING)[plan.name]
    return block, make(nation, block)


def _write(drawn: SyntheticYear, path: Path, content: bytes, progress: Progress | None) -> None:
    """Write the cases; the next batch is made while one is being compressed."""
    nation, blocks, standings = drawn.nation, drawn.blocks, drawn.standings
    rows, written = sum(block.rows for block in blocks.values()), 0
    every = (
        batch for name in blocks for batch in column_batches(nation, blocks[name], standings[name])
    )
    with parquet_file(path, content) as writer:
        for batch in _ahead(every):
            writer.write_batch(batch, row_group_size=batch.num_rows)
            written += batch.num_rows
            if progress is not None:
                progress(written, rows)


def _ahead(items: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Yield items while the next one is being made in another thread."""
    with ThreadPoolExecutor(max_workers=1) as pool:
        coming = pool.submit(next, items, None)
        while (item := coming.result()) is not None:
            coming = pool.submit(next, items, None)
            yield item

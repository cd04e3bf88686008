from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from closurerate.errors import InputError
from closurerate.synthetic.assumptions import load_assumptions

ORIGINAL = Path(__file__).resolve().parents[2] / "data" / "synthetic.yml"
Entries = dict[str, Any]


def _without_unit(entries: Entries) -> None:
    del entries["part_share"]["unit"]


def _without_ground(entries: Entries) -> None:
    del entries["part_share"]["assumption"]


def _unknown(entries: Entries) -> None:
    entries["part_shares"] = entries["part_share"]


def _missing(entries: Entries) -> None:
    del entries["part_share"]


def _kind_without_amount(entries: Entries) -> None:
    del entries["ordinary_amount"]["value"]["toll"]


def _odds_of_nowhere(entries: Entries) -> None:
    entries["full_odds"]["value"]["branch"]["台北"] = 1.0


def _unknown_kind(entries: Entries) -> None:
    entries["part_odds"]["value"]["kind"]["tolls"] = 1.0


def _kind_without_category(entries: Entries) -> None:
    kind = entries["kinds"]["value"]["toll"]
    kind["categroy"] = kind.pop("category")


def _shares(entries: Entries) -> None:
    entries["case_mix"]["value"]["toll"] += 0.01


def _category(entries: Entries) -> None:
    entries["kinds"]["value"]["toll"]["category"] = "罰款"


@pytest.mark.parametrize(
    ("damage", "sentence"),
    [
        (_without_unit, "part_share: the key 'unit' is missing"),
        (_without_ground, "part_share: must have one of assumption"),
        (_unknown, "unknown key 'part_shares'; did you mean 'part_share'"),
        (_missing, "the key 'part_share' is missing"),
        (
            _kind_without_category,
            "value.toll: unknown key 'categroy'; did you mean 'category'",
        ),
        (_kind_without_amount, "ordinary_amount.value: the key 'toll' is missing"),
        (_odds_of_nowhere, "full_odds.value.branch: unknown key '台北'"),
        (_unknown_kind, "part_odds.value.kind: there is no kind of debt 'tolls'; did you mean"),
        (_shares, "case_mix.value: the shares add up to 1.01"),
        (_category, "kinds.value.toll.category: must be one of .*found '罰款'"),
    ],
)
def test_a_damaged_file_is_refused_with_its_key(
    tmp_path: Path, damage: Callable[[Entries], None], sentence: str
) -> None:
    entries = yaml.safe_load(ORIGINAL.read_text(encoding="utf-8"))
    damage(entries)
    path = tmp_path / "synthetic.yml"
    path.write_text(yaml.safe_dump(entries, allow_unicode=True), encoding="utf-8")
    with pytest.raises(InputError, match=rf"synthetic\.yml, line \d+: .*{sentence}"):
        load_assumptions(path)


def test_a_file_that_is_no_mapping_or_not_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there is no such file"):
        load_assumptions(tmp_path / "none.yml")
    path = tmp_path / "synthetic.yml"
    path.write_text("- a\n- b\n")
    with pytest.raises(InputError, match="must hold keys and values"):
        load_assumptions(path)
    path.write_text("a: [\n")
    with pytest.raises(InputError, match="line 2: is not valid YAML"):
        load_assumptions(path)


def test_the_file_names_the_published_share() -> None:
    assumptions = load_assumptions(ORIGINAL)
    assert float(assumptions.large_share) == pytest.approx(0.4369, abs=1e-4)
    traffic = [
        kind for kind, entry in assumptions.kinds.items() if entry["subcategory"] == "交通小額"
    ]
    assert sum(assumptions.case_mix[kind] for kind in traffic) == pytest.approx(0.766)

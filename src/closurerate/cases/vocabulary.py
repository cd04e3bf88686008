"""What a case file is made of: its columns, their types and the words that they may hold."""

from dataclasses import dataclass

import pyarrow as pa

BRANCHES = (
    "臺北", "新北", "桃園", "新竹", "臺中", "彰化", "嘉義",
    "臺南", "高雄", "屏東", "花蓮", "宜蘭", "士林",
)  # fmt: skip
CATEGORIES = ("財稅", "健保", "罰鍰", "費用")
DISPOSITIONS = (
    "paid_in_full", "part_certificate", "part_withdrawn", "part_returned", "unpaid_certificate",
    "unpaid_withdrawn", "unpaid_returned", "other",
)  # fmt: skip
OBLIGOR_KINDS = ("person", "company")
MAX_REFERRED_TWD = 10**12


@dataclass(frozen=True)
class ContractColumn:
    """One column of the contract.

    Attributes:
        arrow_type: The type that it must have; a string may come dictionary-encoded, large or as a
            view.
        is_nullable, is_optional: Whether a row may leave it empty, and a file the whole column out.
        values: The words that it may hold; None: any.
    """

    name: str
    arrow_type: pa.DataType
    is_nullable: bool = False
    is_optional: bool = False
    values: tuple[str, ...] | None = None


COLUMNS = (
    ContractColumn("case_id", pa.string()),
    ContractColumn("branch", pa.string(), values=BRANCHES),
    ContractColumn("category", pa.string(), values=CATEGORIES),
    ContractColumn("referring_agency", pa.string(), is_nullable=True, is_optional=True),
    ContractColumn("obligor_id", pa.string(), is_nullable=True, is_optional=True),
    ContractColumn("subcategory", pa.string(), is_nullable=True, is_optional=True),
    ContractColumn("prior_case_id", pa.string(), is_nullable=True, is_optional=True),
    ContractColumn(
        "obligor_kind", pa.string(), is_nullable=True, is_optional=True, values=OBLIGOR_KINDS
    ),
    ContractColumn("referred_on", pa.date32()),
    ContractColumn("closed_on", pa.date32(), is_nullable=True),
    ContractColumn("reopened_on", pa.date32(), is_nullable=True, is_optional=True),
    ContractColumn("disposition", pa.string(), is_nullable=True, values=DISPOSITIONS),
    ContractColumn("referred_amount_twd", pa.int64()),
    ContractColumn("paid_amount_twd", pa.int64()),
    ContractColumn("collected_in_year_twd", pa.int64(), is_nullable=True, is_optional=True),
)  # fmt: skip
"""The contract's columns in its order."""


def schema() -> pa.Schema:
    """Return the Arrow schema of a case file that has every column of the contract."""
    return pa.schema(
        pa.field(column.name, column.arrow_type, nullable=column.is_nullable) for column in COLUMNS
    )


def is_text(arrow_type: pa.DataType) -> bool:
    """Tell whether a type holds text, plainly or dictionary-encoded."""
    if pa.types.is_dictionary(arrow_type):
        return is_text(arrow_type.value_type)
    return bool(
        pa.types.is_string(arrow_type)
        or pa.types.is_large_string(arrow_type)
        or pa.types.is_string_view(arrow_type)
    )


AMOUNTS = frozenset(column.name for column in COLUMNS if column.name.endswith("_twd"))
"""Contract columns of money."""

DAYS = frozenset(column.name for column in COLUMNS if column.name.endswith("_on"))
"""Contract columns of days."""

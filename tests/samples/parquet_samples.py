"""Parquet files whose footer tells of other rows than there are."""

from pathlib import Path

_PLACES = {"of the file": 0, "of its column": 1, "of its row group": -1}


def claim_rows(path: Path, place: str, rows: int, claimed: int) -> None:
    """Let the footer of a file of `rows` rows claim others in one of its places."""
    content = path.read_bytes()
    start = len(content) - 8 - int.from_bytes(content[-8:-4], "little")
    parts = content[start:-8].split(_varint(rows))
    told = [_varint(rows)] * (len(parts) - 1)
    told[_PLACES[place]] = _varint(claimed)
    footer = b"".join(part + number for part, number in zip(parts, [*told, b""], strict=True))
    path.write_bytes(content[:start] + footer + len(footer).to_bytes(4, "little") + b"PAR1")


def _varint(number: int) -> bytes:
    """Return a whole number as the footer writes it."""
    number, written = number * 2, b""
    while number > 127:
        written += bytes([number & 127 | 128])
        number >>= 7
    return written + bytes([number])

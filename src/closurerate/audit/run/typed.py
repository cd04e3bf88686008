"""Paper and file matched by eye: two groups of the printed digest, typed as they stand on paper."""

import hashlib
import re
from collections.abc import Mapping

from closurerate.errors import InputError
from closurerate.records.sealing import groups_of

MASK = "••••"
_GROUP = "[0-9a-f]{4}"


def asked_groups(digest: str) -> tuple[int, int]:
    """Return which two groups are to be typed, from 1: another digest asks for others."""
    chosen = hashlib.sha256(digest.encode()).digest()
    first = chosen[0] % 16
    second = (first + 1 + chosen[1] % 15) % 16
    low, high = sorted((first + 1, second + 1))
    return low, high


def with_gaps(digest: str) -> str:
    """Return the groups as printed, but for those that are to be typed."""
    asked = asked_groups(digest)
    groups = enumerate(groups_of(digest), start=1)
    return " ".join(MASK if place in asked else group for place, group in groups)


def typed_groups(text: str, digest: str) -> dict[int, str]:
    """Return groups as typed, by their place: `3:ab12,11:cd34`, or the two that are asked for.

    InputError where it is neither.
    """
    words = re.split(r"[\s,]+", text.strip().lower())
    if all(re.fullmatch(_GROUP, word) for word in words) and len(words) == 2:
        return dict(zip(asked_groups(digest), words, strict=True))
    found = [re.fullmatch(rf"(1[0-6]|[1-9]):({_GROUP})", word) for word in words]
    typed = {int(one[1]): one[2] for one in found if one}
    if len(typed) != len(words) or len(typed) < 2:
        low, high = asked_groups(digest)
        raise InputError(
            f"--typed {text!r}: must be two groups of the paper's sixteen with their places, such "
            f"as 3:ab12,11:cd34, or groups {low} and {high} alone, such as 'ab12 cd34'."
        )
    return typed


def mistyped(typed: Mapping[int, str], digest: str) -> list[str]:
    """Return in words which groups on paper are not those of the file."""
    groups = groups_of(digest)
    return [
        f"group {place} is {group} on paper, and another in the file: they are not of one run"
        for place, group in typed.items()
        if groups[place - 1] != group
    ]

"""What is to be made again, and why: by the times of files, as make goes by them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from closurerate.errors import InputError
from closurerate.making.recipes import Recipe


@dataclass(frozen=True)
class Again:
    """A recipe whose files are to be made again.

    Args:
        why: Which file is missing or newer, or is itself made again.
        waits: Places of the steps before it that must have ended.
    """

    recipe: Recipe
    why: str
    waits: tuple[int, ...]


def stale_steps(recipes: Iterable[Recipe], files: Iterable[str]) -> list[Again]:
    """Return what is to be made for files to be up to date, each step after those it waits for.

    InputError if a file is missing that nothing makes.
    """
    by_file = {file: recipe for recipe in recipes for file in recipe.makes}
    steps: list[Again] = []
    looked_at: dict[Recipe, int | None] = {}

    def place_of(file: str) -> int | None:
        """Return the place of the step that makes a file again; None where nothing need be done."""
        recipe = by_file.get(file)
        if recipe is None:
            if not Path(file).exists():
                raise InputError(f"{file}: is missing, and nothing makes it; put it back.")
            return None
        if recipe not in looked_at:
            again = {need: place for need in recipe.needs if (place := place_of(need)) is not None}
            before = [place for need in recipe.after if (place := place_of(need)) is not None]
            why = _why(recipe, again)
            if why:
                steps.append(Again(recipe, why, tuple({*again.values(), *before})))
            looked_at[recipe] = len(steps) - 1 if why else None
        return looked_at[recipe]

    for file in files:
        place_of(file)
    return steps


def _why(recipe: Recipe, again: Iterable[str]) -> str:
    """Return why a recipe's files are old; nothing where they are not."""
    for file in recipe.makes:
        if not Path(file).exists():
            return f"{file} is missing"
    if recipe.changed:
        return recipe.changed
    for need in again:
        return f"{need} is made again"
    oldest = min(Path(file).stat().st_mtime_ns for file in recipe.makes)
    newer = (need for need in recipe.needs if Path(need).stat().st_mtime_ns > oldest)
    return next((f"{need} is newer" for need in newer), "")


def roots(steps: Sequence[Again]) -> list[str]:
    """Return why anything is old: the reasons of those steps that wait for no other's result."""
    return list(dict.fromkeys(step.why for step in steps if not step.why.endswith("made again")))

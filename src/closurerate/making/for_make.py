"""The rules as make reads them, or why there are none; the Makefile runs this file by its path.

That is before there is an environment: only the standard library may be imported.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

END = " ;; "
"""What stands between two lines, as `$(shell …)` of make joins them."""


def lines(given: dict[str, str], typed: list[str], wanted: list[str]) -> Iterator[str]:
    """Give the lines of a Makefile: `OK` and rules, or `no` and a sentence.

    Args:
        given: The variables.
        typed: Names of those that were typed.
        wanted: The targets that were typed.
    """
    from closurerate.making.edition import Edition
    from closurerate.making.given import in_vain, no_author, problems
    from closurerate.making.recipes import asked, goals, recipes

    if found := next(problems(given, typed), None):
        yield f"no {found}"
        return
    both = given["REPORT_LANG"] == "both"
    edition = Edition(
        int(given["YEAR"]),
        given["KPI"],
        given["CASES"],
        given["FRACTION"],
        ("zh-Hant", "en") if both else (given["REPORT_LANG"],),
        tuple(given["PARAMS"].split()),
    )
    if found := no_author(edition.year, wanted):
        yield f"no YEAR={edition.year}: {found}"
        return
    if found := in_vain(edition.parameters, edition.own, wanted):
        yield f"no PARAMS={given['PARAMS']} {found}"
        return
    yield "OK := yes"
    yield f"OWN := {' '.join(edition.own)}"
    yield f"REPORTS := {edition.out}"
    counted = sorted(Path(f"data/cases/{edition.year}").glob(f"*/counts.{edition.kpi}.parquet"))
    yield f"HAS_CASES := {edition.raw and 'extract'} {' '.join(map(str, counted))}"
    named = goals(edition)
    yield f".PHONY: {' '.join(named)} changed"
    for goal in named:
        yield f"{goal}: {' '.join(asked(edition, (goal,)))}"
    for recipe in recipes(edition, tuple(wanted)):
        made = " ".join(recipe.makes)
        if len(recipe.makes) > 1:
            # A pattern with several targets is made at once, by any make; `%` is the full stop.
            made = " ".join(re.sub(r"\.(?=\w+$)", "%", file) for file in recipe.makes)
        needs = " ".join((*map(_named, recipe.needs), *(["changed"] if recipe.changed else [])))
        command = " ".join(map(_quoted, recipe.command))
        yield f"{made}: {needs} | $(READY) {' '.join(recipe.after)}; $(RUN) {command}"


def _named(file: str) -> str:
    """Return a file as make names it, a blank in it kept; nothing where make knows no way."""
    if re.search(r"[\t\n:;|%*?\[\]\\=~]", file):
        return ""
    return re.sub(r"([ #])", r"\\\1", file.replace("$", "$$"))


def _quoted(word: str) -> str:
    plain = re.fullmatch(r"[\w./=-]+", word)
    return word if plain else '"' + word.replace("$", "$$").replace("#", "\\#") + '"'


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    first = sys.argv.index("--")
    second = sys.argv.index("--", first + 1)
    variables = dict(item.split("=", 1) for item in sys.argv[1:first])
    text = END.join(lines(variables, sys.argv[first + 1 : second], sys.argv[second + 1 :]))
    sys.stdout.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
    sys.stdout.write(f"{text}\n")

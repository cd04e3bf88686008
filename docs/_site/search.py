"""Search in both languages: Han characters are found by pairs of adjacent ones."""

import re

from sphinx.application import Sphinx
from sphinx.search.en import SearchEnglish

_SPLIT = r"""
var splitQuery = (query) => query
  .split(/[^\p{Letter}\p{Number}_]+/gu)
  .flatMap((term) => /^[\u4e00-\u9fff]{3,}$/.test(term)
    ? [...Array(term.length - 1).keys()].map((place) => term.slice(place, place + 2)) : [term])
  .filter((term) => term);
"""
_HAN = re.compile("[\u4e00-\u9fff]{2,}")


class SearchBoth(SearchEnglish):
    """English by its stems; what is Chinese in pairs of characters, as a query is split too."""

    js_splitter_code = _SPLIT

    def split(self, input: str) -> list[str]:
        """Return the words of a text."""
        runs = _HAN.findall(input)
        pairs = [run[place : place + 2] for run in runs for place in range(len(run) - 1)]
        return [*super().split(input), *pairs]


def setup(app: Sphinx) -> None:
    """Let this be how the site is searched."""
    app.add_search_language(SearchBoth)

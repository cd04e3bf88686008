"""Search in both languages: a run of Han characters is found by any two adjacent ones."""

import re

from sphinx.application import Sphinx
from sphinx.search.en import SearchEnglish

_HAN = re.compile("[\u4e00-\u9fff]{2,}")


class SearchBoth(SearchEnglish):
    """English by its stems; what is Chinese whole and in pairs of characters."""

    def split(self, input: str) -> list[str]:
        """Return the words of a text."""
        runs = [run[0] for run in _HAN.finditer(input)]
        pairs = [run[place : place + 2] for run in runs for place in range(len(run) - 1)]
        return [*super().split(input), *runs, *pairs]


def setup(app: Sphinx) -> None:
    """Let this be how the site is searched."""
    app.add_search_language(SearchBoth)

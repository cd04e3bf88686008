"""A distribution beside last year's: figures and bars in one table, what is unusual marked."""

from collections.abc import Sequence
from dataclasses import dataclass

from closurerate.cases.profile import AMOUNT_EDGES_TWD
from closurerate.intake.validation.shares import Share
from closurerate.press.cells import band_labels, percent, roc_year
from closurerate.press.print.escape import html_lines, html_text
from closurerate.press.print.frame import Bundle, bundle, caption_html, scroll_html
from closurerate.press.print.labels import Language
from closurerate.press.print.prose import Column, Table
from closurerate.press.print.style import PALETTE
from closurerate.press.words import word
from closurerate.quantity import number, signed

MARK = "▲"
_WIDTH, _BAR, _GAP = 150, 7, 2
"""Of the bars, in pixels: length of the longest, thickness, distance within a pair."""


@dataclass(frozen=True)
class Distribution:
    """One distribution in two years, as a table with a pair of bars in each row.

    Parameters
    ----------
    shares
        Its groups, in order; one or more.
    years
        ROC years: this one and the one before.
    language
        `zh-Hant` or `en`.
    """

    shares: Sequence[Share]
    years: tuple[int, int]
    language: Language

    def table(self) -> Table:
        """Return the figures without the bars."""
        return Table(
            columns=(
                Column(word("validation_group", self.language)),
                *(Column(heading, "right") for heading in self._headings()),
            ),
            rows=tuple(
                (group_name(share, self.language), *_figures(share)) for share in self.shares
            ),
            caption=self.caption,
            language=self.language,
        )

    @property
    def caption(self) -> str:
        """What is spread over what."""
        return word(f"validation_by_{self.shares[0].of}", self.language)

    def _headings(self) -> list[str]:
        now, before = (roc_year(year, self.language) for year in self.years)
        return [
            word("validation_count_of", self.language, year=now),
            word("validation_share_of", self.language, year=now),
            word("validation_share_of", self.language, year=before),
            word("validation_difference", self.language),
        ]

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> Bundle:
        table = self.table()._repr_mimebundle_()
        return bundle(self._html(), table["text/vnd.typst"], table["text/plain"])

    def _html(self) -> str:
        heads = [("left", html_text(word("validation_group", self.language)))]
        heads.append(("left", self._legend()))
        heads += [("right", html_lines(heading)) for heading in self._headings()]
        head = "".join(f'<th scope="col" class="{align}">{text}</th>' for align, text in heads)
        longest = max(max(share.now, share.before) for share in self.shares)
        body = "".join(self._row(share, float(longest)) for share in self.shares)
        return (
            f'<figure class="table whole" lang="{self.language}">\n'
            + caption_html(self.caption, "")
            + scroll_html(
                self.caption,
                '<table style="--share:1;--print-size:8.5pt">\n'
                f"<thead><tr>{head}</tr></thead>\n<tbody>\n{body}</tbody>\n</table>",
            )
            + "</figure>"
        )

    def _legend(self) -> str:
        now, before = (html_text(roc_year(year, self.language)) for year in self.years)
        return (
            f'<span style="color:{PALETTE.accent}">■</span> {now}<br>'
            f'<span style="color:{PALETTE.context}">■</span> {before}'
        )

    def _row(self, share: Share, longest: float) -> str:
        odd = f' style="background:{PALETTE.warning_tint}"' if share.is_unusual else ""
        cells = "".join(f'<td class="right">{html_text(text)}</td>' for text in _figures(share))
        name = html_text(group_name(share, self.language))
        return (
            f'<tr{odd}><th scope="row" class="left">{name}</th>'
            f"<td>{_bars(share, longest)}</td>{cells}</tr>\n"
        )


def _figures(share: Share) -> tuple[str, ...]:
    return (
        number(share.cases),
        percent(share.cases, share.whole),
        percent(share.cases_before, share.whole_before),
        f"{MARK} " * share.is_unusual + signed(share.points, 2),
    )


def _bars(share: Share, longest: float) -> str:
    """Return this year's bar over last year's; the figures beside them say the same in words."""
    bars = "".join(
        f'<rect y="{place * (_BAR + _GAP)}" width="{_WIDTH * float(value) / longest:.1f}" '
        f'height="{_BAR}" fill="{colour}"/>'
        for place, (value, colour) in enumerate(
            ((share.now, PALETTE.accent), (share.before, PALETTE.context))
        )
    )
    height = 2 * _BAR + _GAP
    return (
        f'<svg viewBox="0 0 {_WIDTH} {height}" width="{_WIDTH}" height="{height}" '
        f'aria-hidden="true" style="display:block;margin-top:0.2em;max-width:100%">{bars}</svg>'
    )


def group_name(share: Share, language: str) -> str:
    """Return what a group of a distribution is called."""
    if share.of == "amount":
        assert isinstance(share.group, int)
        return band_labels(AMOUNT_EDGES_TWD)[share.group]
    if share.of in ("referral", "closing"):
        return word("validation_month", language, month=share.group)
    return word(str(share.group), language)

"""Colours, fonts and the saving of charts."""

import base64
import io
import itertools
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import matplotlib
import numpy as np
import pytest
from fontTools.ttLib import TTFont
from matplotlib import pyplot
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

import closurerate
from chart_rules import contrast
from closurerate.errors import InputError
from closurerate.press.print import fonts
from closurerate.press.print.dark import in_the_dark
from closurerate.press.print.looks import PALETTE, chart_size
from closurerate.press.print.style import chart_style
from closurerate.press.print.svg import save_svg

# Full protanopia, deuteranopia and tritanopia: Machado, Oliveira & Fernandes 2009, table 1.
DEFICIENCIES = {
    "normal": np.eye(3),
    "protan": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "deutan": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "tritan": np.array(
        [
            [1.255528, -0.076749, -0.178779],
            [-0.078411, 0.930809, 0.147602],
            [0.004733, 0.691367, 0.303900],
        ]
    ),
}


def linear(colour: str) -> np.ndarray:
    channels = np.array([int(colour[start : start + 2], 16) for start in (1, 3, 5)]) / 255
    return np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)


def lab(rgb: np.ndarray) -> np.ndarray:
    matrix = np.array(
        [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    )
    xyz = matrix @ np.clip(rgb, 0, 1) / np.array([0.9505, 1, 1.089])
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def contrast_on_white(colour: str) -> float:
    return float(1.05 / (linear(colour) @ [0.2126, 0.7152, 0.0722] + 0.05))


def draw(label: str = "臺北", language: str = "zh-Hant") -> Figure:
    with chart_style(language):
        figure, ax = pyplot.subplots(figsize=chart_size(6))
        ax.plot([1, 2, 3], [1, 4, 2], "o-", label=label)
        ax.set_ylabel("件數")
        ax.legend()
    pyplot.close(figure)
    return figure


@pytest.mark.parametrize("sight", DEFICIENCIES)
def test_meanings_stay_apart_whatever_the_reader_sees(sight: str) -> None:
    seen = [lab(DEFICIENCIES[sight] @ linear(colour)) for colour in PALETTE.meanings]
    apart = [np.linalg.norm(one - other) for one, other in itertools.combinations(seen, 2)]
    assert min(apart) >= 20


@pytest.mark.parametrize("scheme", [str, in_the_dark])
def test_meanings_and_text_stand_out_on_the_mark_of_made_up_cases(
    scheme: Callable[[str], str],
) -> None:
    for colour in (*PALETTE.meanings, PALETTE.ink, PALETTE.muted, PALETTE.uncounted):
        both = (to_rgb(scheme(colour)), to_rgb(scheme(PALETTE.made_up)))
        assert contrast(*both) >= 4.5, colour


def test_meanings_and_text_stand_out_on_white() -> None:
    text = (PALETTE.ink, PALETTE.muted, PALETTE.accent, PALETTE.warning_ink, PALETTE.uncounted)
    for colour in (*PALETTE.meanings, *text):
        assert contrast_on_white(colour) >= 4.5


def test_style_leaves_no_trace() -> None:
    before = dict(matplotlib.rcParams)
    with chart_style("en"):
        assert matplotlib.rcParams["font.family"] == [fonts.SANS]
    assert dict(matplotlib.rcParams) == before


def test_import_has_no_side_effect() -> None:
    code = (
        "import matplotlib; from matplotlib import font_manager as f;"
        "before = dict(matplotlib.rcParams), len(f.fontManager.ttflist);"
        "import closurerate.press.print.prose, closurerate.press.export.build;"
        "assert before == (dict(matplotlib.rcParams), len(f.fontManager.ttflist))"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_unknown_language_is_refused() -> None:
    with pytest.raises(InputError, match="zh-Hant, en"), chart_style("fr"):
        pass


def test_style_does_not_inherit_what_a_user_has_set() -> None:
    expected = save_svg(draw(), "zh-Hant")
    with matplotlib.rc_context({"axes.facecolor": "red", "lines.linewidth": 9}):
        assert save_svg(draw(), "zh-Hant") == expected


def test_the_same_figure_gives_the_same_svg() -> None:
    figure = draw()
    assert save_svg(figure, "zh-Hant") == save_svg(figure, "zh-Hant") == save_svg(draw(), "zh-Hant")


def test_svg_has_text_in_our_font_and_nothing_from_outside() -> None:
    svg = save_svg(draw("臺北 $x$ 36.489"), "zh-Hant")
    root = ElementTree.fromstring(svg)
    texts = [element for element in root.iter() if element.tag.endswith("}text")]
    assert "臺北 $x$ 36.489" in {text.text for text in texts}
    assert all("'Noto Sans TC'" in text.get("style", "") for text in texts)
    assert "http" not in svg.replace('xmlns="http://www.w3.org/2000/svg"', "")
    assert "<style" not in svg
    assert "<metadata" not in svg


def test_the_index_of_a_symbol_stands_lower_in_a_chart() -> None:
    root = ElementTree.fromstring(save_svg(draw("I1 > I2 + I10"), "en"))
    (told,) = [text for text in root.iter() if len(text) and text[0].tag.endswith("}tspan")]
    assert "".join(told.itertext()) == "I1 > I2 + I10"
    lowered = [part.text for part in told if part.get("class") == "index"]
    assert lowered == ["1", "2"]
    ways = [float(part.get("dy", "0em")[:-2]) * (0.7 if "class" in part.attrib else 1)
            for part in told]  # fmt: skip
    assert sum(ways) == pytest.approx(0)


def test_identifiers_of_two_charts_do_not_meet() -> None:
    def identifiers(svg: str) -> set[str]:
        return {element.get("id", "") for element in ElementTree.fromstring(svg).iter()} - {""}

    one, other = identifiers(save_svg(draw("甲"), "en")), identifiers(save_svg(draw("乙"), "en"))
    assert one
    assert one.isdisjoint(other)


def test_missing_glyph_is_an_error() -> None:
    with pytest.raises(InputError, match="no glyph"):
        save_svg(draw("臺北\N{PILE OF POO}"), "zh-Hant")


def test_another_font_is_an_error() -> None:
    figure = draw()
    figure.axes[0].set_title("標題", fontfamily="DejaVu Sans")
    with pytest.raises(InputError, match="chart_style"):
        save_svg(figure, "zh-Hant")


def test_a_logarithmic_axis_needs_plain_numbers() -> None:
    figure = draw()
    with chart_style("zh-Hant"):
        figure.axes[0].set_yscale("log")
    with pytest.raises(InputError, match="formatter"):
        save_svg(figure, "zh-Hant")


def test_fonts_cover_the_report_and_say_what_they_lack() -> None:
    fonts.require_glyphs("終結情形★▲●□−①②√≥，。「」abc 123\n\u200b\u2009", "here")
    with pytest.raises(InputError, match=r"here.*U\+1F4A9"):
        fonts.require_glyphs("好\N{PILE OF POO}", "here")


@pytest.mark.parametrize("family", fonts.FAMILIES)
def test_a_subset_has_its_characters_and_is_the_same_twice(family: str) -> None:
    woff = fonts.subset_font(family, "有效結案率36.49%")
    assert woff == fonts.subset_font(family, "有效結案率36.49%")
    with TTFont(io.BytesIO(base64.b64decode(woff))) as font:
        assert font.flavor == "woff"
        covered = {chr(code) for code in font.getBestCmap()}
        made = font["head"].modified
    with TTFont(fonts.font_path(family)) as whole:
        assert made == whole["head"].modified
    assert covered == set("有效結案率36.49%")


def test_every_colour_of_pages_and_charts_is_of_the_palette():
    package = Path(closurerate.__file__).parent
    files = [path for end in ("py", "j2", "typ") for path in package.rglob(f"*.{end}")]
    coloured = {path for path in files if re.search(r"#[0-9A-Fa-f]{6}\b", path.read_text("utf-8"))}
    assert coloured == {package / "press" / "print" / "looks.py"}

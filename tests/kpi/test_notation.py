"""A formula as it is shown: MathML and Typst that mean what was written, and words for it."""

import io
import re
from collections.abc import Iterator
from fractions import Fraction
from xml.etree import ElementTree

import pytest
import typst
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from closurerate.kpi import notation
from closurerate.kpi.definition import read_definition
from closurerate.kpi.formula import (
    Formula,
    Name,
    Node,
    Number,
    Operation,
    parse_formula,
)
from closurerate.records.paths import kpi_file, kpi_folder

NAMES = ("E", "C", "P", "new", "I1", "I2")
M = "{http://www.w3.org/1998/Math/MathML}"


def every_formula() -> Iterator[tuple[str, Formula]]:
    for file in sorted(kpi_folder().rglob("*.yml")):
        if file.stem != "readings":
            definition = read_definition(file, kpi_file)
            for version in definition.versions.values():
                yield "I", version.formula
                yield from version.indicators.items()


FORMULAS = list(dict.fromkeys(every_formula()))


def formula(text: str) -> Formula:
    return parse_formula(text, NAMES, "here")


def compiled(sources: list[str]) -> bytes:
    page = "\n".join(f'#math.equation(block: true, alt: "x", $ {item} $)\n' for item in sources)
    result = typst.Compiler(page.encode("utf-8")).compile(format="pdf")
    assert isinstance(result, bytes)
    return result


@pytest.mark.parametrize(
    "name", sorted({path.stem for path in kpi_folder().rglob("*.yml")} - {"readings"})
)
def test_each_definition_is_set_by_typst(name: str) -> None:
    definition = read_definition(kpi_file(name), kpi_file)
    sources = [
        notation.typst(symbol, written)
        for version in definition.versions.values()
        for symbol, written in [("I", version.formula), *version.indicators.items()]
    ]
    text = PdfReader(io.BytesIO(compiled(sources))).pages[0].extract_text()
    assert text.count("=") >= len(sources)
    assert all("$" not in source for source in sources)


@pytest.mark.parametrize(
    ("symbol", "written"), FORMULAS, ids=lambda item: getattr(item, "text", item)
)
def test_each_formula_is_one_math_element_with_the_same_names(
    symbol: str, written: Formula
) -> None:
    root = ElementTree.fromstring(notation.mathml(symbol, written))
    assert root.tag == f"{M}math"
    assert all(element.tag.startswith(M) for element in root.iter())
    assert all(
        len(element) == 2 for kind in ("mfrac", "msup", "msub") for element in root.iter(M + kind)
    )
    assert meaning(root[0]) == meaning_of(Operation("=", (Name(symbol), written.node)))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("E / C", "I = frac(E, C)"),
        ("365 * P / C", "I = frac(365 P, C)"),
        ("2 * I1 * I2 / (I1 + I2)", "I = frac(2 I_1 I_2, I_1 + I_2)"),
        ("sqrt(I1 * I2)", "I = sqrt(I_1 I_2)"),
        ("min(I1, I2)", 'I = op("min")(I_1, I_2)'),
        ("C / new", 'I = frac(C, "new")'),
        ("(E + C)^2", "I = (E + C)^(2)"),
        ("E - (C - P)", "I = E - (C - P)"),
        ("E * 2", "I = E times 2"),
        ("-E^2", "I = -E^(2)"),
        ("(-E)^2", "I = (-E)^(2)"),
    ],
)
def test_typst_is_what_it_should_be(text: str, expected: str) -> None:
    told = re.sub(" +", " ", notation.typst("I", formula(text)))
    assert re.sub(r"upright\((\w)\)", r"\1", told) == expected
    assert not re.search(r"(?<![\w\"(])[ECPI](?![\w\"])", told), "no letter is set slanted"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("E / C", "I = E ÷ C"),
        ("E / (C + P)", "I = E ÷ (C + P)"),
        ("E - (C - P)", "I = E − (C − P)"),
        ("E / (C * P)", "I = E ÷ (C × P)"),
        ("E / (C / P)", "I = E ÷ (C ÷ P)"),
        ("(E * C) / P", "I = (E × C) ÷ P"),
        ("(E + C)^2", "I = (E + C)^2"),
        ("(E * C)^2", "I = (E × C)^2"),
        ("(E^2)^2", "I = (E^2)^2"),
        ("-(E + C)", "I = −(E + C)"),
        ("(-E)^2", "I = (−E)^2"),
        ("-E^2", "I = −E^2"),
        ("min(E, C + P)", "I = min(E, C + P)"),
        (
            "(I1^2 * I2 + I1 * I2^2) / (I1^2 + I2^2)",
            "I = (I1^2 × I2 + I1 × I2^2) ÷ (I1^2 + I2^2)",
        ),
    ],
)
def test_words_cannot_be_misread(text: str, expected: str) -> None:
    """What stands as alternative text must mean the formula, read by the usual precedence."""
    assert notation.spoken("I", formula(text)) == expected


leaves = st.sampled_from([Name(name) for name in NAMES]) | st.integers(0, 9).map(
    lambda value: Number(Fraction(value), str(value))
)


def nodes(inner: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    one, two = st.tuples(inner), st.tuples(inner, inner)
    squared = st.tuples(inner, st.just(Number(Fraction(2), "2")))
    return (
        st.builds(Operation, st.sampled_from(["+", "-", "*", "/", "min"]), two)
        | st.builds(Operation, st.just("^"), squared)
        | st.builds(Operation, st.sampled_from(["negative", "sqrt"]), one)
    )


trees = st.recursive(leaves, nodes, max_leaves=8)


def meaning_of(node: Node) -> object:
    """Return a tree as nested tuples, numbers and names by their text."""
    match node:
        case Number(text=text):
            return text
        case Name(name=name):
            return name
        case Operation(sign=sign, parts=parts):
            return ("neg" if sign == "negative" else sign, *map(meaning_of, parts))


def meaning(element: ElementTree.Element) -> object:
    """Return what a presentation element means to a reader, by the usual precedence."""
    tokens = tokens_of(element)
    result, rest = joined(tokens, 0)
    assert rest == len(tokens), tokens
    return result


Token = tuple[str, object]


def tokens_of(element: ElementTree.Element) -> list[Token]:
    tag = element.tag.removeprefix(M)
    if tag in ("mi", "mn"):
        return [("item", element.text)]
    if tag == "mo":
        return [("sign", element.text)]
    if tag == "msub":
        return [("item", f"{element[0].text}{element[1].text}")]
    if tag == "mfrac":
        return [("item", ("/", meaning(element[0]), meaning(element[1])))]
    if tag == "msqrt":
        inside = [token for child in element for token in tokens_of(child)]
        return [("item", ("sqrt", joined(inside, 0)[0]))]
    if tag == "msup":
        return [("power", (tokens_of(element[0]), meaning(element[1])))]
    assert tag == "mrow", tag
    return [token for child in element for token in tokens_of(child)]


LEVELS = {"=": 0, "+": 1, "−": 1, "×": 2}


def joined(tokens: list[Token], at: int, level: int = 0) -> tuple[object, int]:
    """Read tokens from a position at a level of precedence: = then + − then products."""
    if level == 3:
        return factor(tokens, at)
    left, at = joined(tokens, at, level + 1)
    while at < len(tokens):
        kind, sign = tokens[at]
        is_sign = kind == "sign" and LEVELS.get(str(sign)) == level
        is_beside = level == 2 and (kind != "sign" or sign == "(")
        if not (is_sign or is_beside):
            break
        right, at = joined(tokens, at + is_sign, level + 1)
        left = ({"−": "-", "×": "*"}.get(str(sign), str(sign)) if is_sign else "*", left, right)
    return left, at


def factor(tokens: list[Token], at: int) -> tuple[object, int]:
    kind, content = tokens[at]
    if kind == "power":
        base, exponent = content  # type: ignore[misc]
        inner, rest = factor(base, 0)
        assert rest == len(base), base
        return ("^", inner, exponent), at + 1
    if kind == "item" and content in ("min", "max"):
        inside: list[object] = []
        at += 1
        while tokens[at] != ("sign", ")"):
            item, at = joined(tokens, at + 1, 1)
            inside.append(item)
        return (content, *inside), at + 1
    if kind == "item":
        return content, at + 1
    if content == "(":
        inner, at = joined(tokens, at + 1, 1)
        assert tokens[at] == ("sign", ")"), tokens
        return inner, at + 1
    assert content == "−", tokens
    inner, at = joined(tokens, at + 1, 2)
    return ("neg", inner), at


def normal(meant: object) -> object:
    """Return a meaning without what does not change it: the order of nested products and sums."""
    if not isinstance(meant, tuple):
        return meant
    sign, *parts = meant
    parts = [normal(part) for part in parts]
    if sign in "+*":
        flat: list[object] = []
        for part in parts:
            is_same = isinstance(part, tuple) and part[0] == sign
            flat += part[1:] if is_same else [part]  # type: ignore[index]
        return (sign, *flat)
    if sign == "neg" and isinstance(parts[0], tuple) and parts[0][0] == "*":
        return normal(("*", ("neg", parts[0][1]), *parts[0][2:]))
    if sign == "-":
        return normal(("+", parts[0], ("neg", parts[1])))
    return (sign, *parts)


@settings(max_examples=150, deadline=None)
@given(trees)
def test_mathml_means_what_was_written(node: Node) -> None:
    root = ElementTree.fromstring(notation.mathml("I", Formula("", node)))
    assert normal(meaning(root[0])) == normal(("=", "I", meaning_of(node)))


def test_typst_sets_whatever_can_be_written() -> None:
    found: list[str] = []

    @settings(max_examples=60, deadline=None, database=None, derandomize=True)
    @given(trees)
    def collect(node: Node) -> None:
        found.append(notation.typst("I", Formula("", node)))

    collect()
    assert compiled(found).startswith(b"%PDF")


@pytest.mark.parametrize(
    ("written", "spoken"),
    [("E / C", "I = E ÷ C × 100%"), ("E - C", "I = (E − C) × 100%"), ("E", "I = E × 100%")],
)
def test_a_value_in_percent_is_the_whole_formula_times_100_percent(
    written: str, spoken: str
) -> None:
    found = formula(written)
    forms = [
        form("I", found, is_percent=True)
        for form in (notation.mathml, notation.typst, notation.spoken)
    ]
    assert forms[2] == spoken
    text = "".join(ElementTree.fromstring(forms[0]).itertext())
    assert text == spoken.replace(" ", "").replace("÷", "")
    assert compiled([forms[1]]).startswith(b"%PDF")
    left, times, right = ElementTree.fromstring(forms[0])[0][2]
    assert (times.text, right.text) == ("×", "100%")
    assert left.tag in (f"{M}mfrac", f"{M}mrow", f"{M}mi")

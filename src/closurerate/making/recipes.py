"""What each built file is made of, and by which command: the only place that says so.

Paths are below the project's folder, which must be the working one.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from closurerate.making.edition import NOTEBOOKS, Edition, found_files, printed_years

CODE = "src/closurerate"
_LINES = {"02_kpi": 1, "04_thresholds": 1, "06_audit": 1, "07_report": 2}
"""The line of the terminal on which a notebook's bar stands, where several run at once."""


@dataclass(frozen=True)
class Recipe:
    """How files are made: they are old where one that is needed is newer.

    Args:
        command: A command of `closurerate`, which makes all of them at once.
        after: What is made before, where it is old, without making these old.
        changed: What makes them old whatever the times of files are, in words; else empty.
    """

    makes: tuple[str, ...]
    needs: tuple[str, ...]
    command: tuple[str, ...]
    after: tuple[str, ...] = ()
    changed: str = ""

    @property
    def name(self) -> str:
        """The command, and the notebook that it is about, as in `html 02_kpi`."""
        about = self.command[1] if self.command[1].endswith(".ipynb") else ""
        return f"{self.command[0]} {Path(about).stem}".rstrip()


def goals(edition: Edition) -> dict[str, tuple[str, ...]]:
    """Return by name what can be asked for, as the files that it comes to."""
    own = {name: edition.printed(name, "html", "pdf") for name in edition.own}
    one = {
        **{name: edition.printed(name, "html") for name in ("01_cases", "02_kpi")},
        **{name: edition.printed(name, "html", "pdf") for name in NOTEBOOKS[2:]},
    }
    measured = (edition.profile, edition.counted("counts"), edition.counted("repayments"))
    return {
        # The longest first: the others are made beside it.
        "report": (*one["07_report"], *one["01_cases"], *one["02_kpi"]),
        "audit": one["06_audit"],
        "study": (*one["03_combination"], *one["04_thresholds"], edition.breakpoints),
        **one,
        **own,
        "cases": (edition.case_file,),
        "measured": measured,
    }


def targets(edition: Edition) -> tuple[str, ...]:
    """Return the names of `goals` that people ask for; `measured` is the lab's."""
    return tuple(name for name in goals(edition) if name != "measured")


def asked(edition: Edition, names: tuple[str, ...]) -> tuple[str, ...]:
    """Return the files that goals come to, each once; the list of linked pages last.

    And after it the manifest, where the yearly report is among them or it is there already.
    """
    found = goals(edition)
    files = dict.fromkeys(chain.from_iterable(found[name] for name in names if name in found))
    is_read = any(file.endswith(".html") for file in files)
    if not is_read:
        return tuple(files)
    is_told = edition.printed("07_report", "pdf")[0] in files or Path(edition.manifest).is_file()
    return (*files, edition.pages, *([edition.manifest] if is_told else []))


def recipes(edition: Edition, names: tuple[str, ...]) -> Iterator[Recipe]:
    """Give the recipes of all that some goals can take, and of the list of their pages."""
    code = _Code(edition.year)
    yield from _of_cases(edition, code)
    yield from _of_counts(edition, code)
    yield from _of_notebooks(edition, code)
    report = edition.executed("07_report")
    told = (*_of_kpi(edition), "--cases", edition.source)
    needs = (report, *code.export, *code.run)
    yield Recipe((edition.run,), needs, ("record", *told, "--out", edition.run))
    for executed, kinds in _printed(edition).items():
        for kind in kinds:
            languages = chain.from_iterable(("--language", item) for item in edition.languages)
            inside = executed.removeprefix(f"{edition.out}/notebooks/").removesuffix(".ipynb")
            out = f"{edition.out}/{{language}}/{inside}.{kind}"
            run = (edition.run,) if (executed, kind) == (report, "pdf") else ()
            yield Recipe(
                tuple(out.replace("{language}", item) for item in edition.languages),
                (executed, *run, *code.export),
                (kind, executed, *languages, *(("--run", *run) if run else ()), "--out", out),
            )
    last = (edition.pages, edition.manifest)
    pages = [file for file in asked(edition, names) if file not in last]
    yield Recipe(
        (edition.pages,), tuple(sorted(pages)), ("links", edition.out, "--out", edition.pages)
    )
    command = ("manifest", *told, "--out", edition.manifest)
    yield Recipe((edition.manifest,), (edition.pages, *code.run), command)


def steps_to(recipes: Iterable[Recipe], files: Iterable[str]) -> list[Recipe]:
    """Return the recipes that files are made by, directly or not, in the order of what is made."""
    by_file = {file: recipe for recipe in recipes for file in recipe.makes}
    found: dict[Recipe, None] = {}

    def follow(file: str) -> None:
        recipe = by_file.get(file)
        if recipe is not None and recipe not in found:
            for need in recipe.needs:
                follow(need)
            found[recipe] = None

    for file in files:
        follow(file)
    return list(found)


def is_code(file: str) -> bool:
    """Tell whether a file that is needed is code or words of the package, and no input."""
    return file.startswith(f"{CODE}/")


def _printed(edition: Edition) -> Mapping[str, tuple[str, ...]]:
    """Return the executed notebooks, and of which kinds their pages are."""
    names = (*NOTEBOOKS, *edition.own)
    return {
        edition.executed(name): ("html",) if name in ("01_cases", "02_kpi") else ("html", "pdf")
        for name in names
    }


def _of_cases(edition: Edition, code: "_Code") -> Iterator[Recipe]:
    """Give the recipes of the definitions' check and of the case files."""
    yield Recipe(
        (edition.checked,),
        (*found_files("data/kpi/*.yml", "data/kpi/proposals/*.yml"), "data/study.yml", *code.kpi),
        ("definitions", *_of_kpi(edition), "--out", edition.checked),
    )
    for one in (edition, edition.before):
        if one is not edition and not edition.has_before:
            continue
        is_extract = one.source == "extract"
        kind = "extract" if is_extract else "synthetic"
        size = () if is_extract else ("--fraction", one.fraction)
        year = ("--year", str(one.year), "--kind", kind)
        # What the extract was compared with; the year before is taken in by itself.
        last = (one.before.case_file,) if one is edition and edition.has_before else ()
        is_changed = is_extract and one.raw.endswith("newer")
        yield Recipe(
            (one.case_file,),
            (*_deciding(one.year), *code.intake, *last) if is_extract else code.invented,
            ("cases", *year, *size, "--out", one.case_file),
            (edition.checked,),
            f"the extract in data/raw/{one.year} has changed" if is_changed else "",
        )


def _of_counts(edition: Edition, code: "_Code") -> Iterator[Recipe]:
    """Give the recipes of what is counted of the cases, and of the worlds beside synthetic ones."""
    counts, repayments = edition.counted("counts"), edition.counted("repayments")
    given = ("--year", str(edition.year), "--cases", edition.case_file)
    # One process counts and, where that is not done yet, describes: what is described is of no KPI.
    is_described = Path(edition.profile).is_file()
    if is_described:
        needs = (edition.case_file, *code.cases)
        yield Recipe((edition.profile,), needs, ("profile", *given, "--out", edition.profile))
    defined = found_files(f"data/kpi/{edition.kpi}.yml", f"data/kpi/proposals/{edition.kpi}.yml")[
        :1
    ]
    profile = () if is_described else (edition.profile,)
    described = () if is_described else ("--profile", edition.profile)
    yield Recipe(
        (counts, repayments, *profile),
        (edition.case_file, *defined, *_told(counts), *_told(repayments), *code.kpi, *code.measure),
        (
            *("count", *given, "--kpi", edition.kpi, "--repayments", repayments),
            *(*described, "--out", counts),
        ),
        (edition.checked,),
    )
    if edition.source != "extract":
        worlds = edition.counted("worlds")
        yield Recipe(
            (worlds,),
            ("data/worlds.yml", *code.invented, *_compared(edition), *code.kpi, *code.study),
            ("worlds", *_of_kpi(edition), "--fraction", edition.fraction, "--out", worlds),
            (edition.checked,),
        )


def _of_notebooks(edition: Edition, code: "_Code") -> Iterator[Recipe]:
    """Give the recipes of the executed notebooks and of the breakpoints."""
    counts, repayments = edition.counted("counts"), edition.counted("repayments")
    worlds = () if edition.source == "extract" else (edition.counted("worlds"),)
    given = ("--year", str(edition.year), "--cases", edition.source)
    authored = found_files(*(f"data/years/{one.year}.yml" for one in (edition, edition.before)))
    is_extract = edition.source == "extract"
    withheld = found_files(f"data/withheld/{edition.year}.json") if is_extract else ()
    shown = (edition.profile, *withheld, *code.published, *authored, *code.report)
    before = (edition.before.case_file,) if edition.has_before else ()
    compared = (repayments, *before, *_compared(edition), *code.study)
    also = {
        "03_combination": compared,
        "04_thresholds": (*compared, *worlds, "data/worlds.yml"),
        "06_audit": (edition.case_file, *before, "data/audit.yml", "data/study.yml", *code.audit),
        "07_report": (repayments, *worlds, *code.study, "data/study.yml", "data/worlds.yml"),
    }
    for name in (*NOTEBOOKS, *edition.own):
        of_kpi = () if name == "01_cases" else ("--kpi", edition.kpi)
        needs = (counts, "data/kpi/readings.yml", *also.get(name, ())) if of_kpi else ()
        own = edition.parameters if name in edition.own else ()
        parameters = chain.from_iterable(("--parameter", item) for item in own)
        line = ("--line", str(_LINES.get(name, 0)))
        notebook, executed = f"notebooks/{name}.ipynb", edition.executed(name)
        yield Recipe(
            (executed,),
            (notebook, *shown, *needs),
            ("notebook", notebook, *given, *of_kpi, *parameters, *line, "--out", executed),
            (edition.checked,) if of_kpi else (),
        )
    yield Recipe(
        (edition.breakpoints,),
        (repayments, counts, "data/study.yml", *code.study),
        ("breakpoints", *given, "--kpi", edition.kpi, "--out", edition.breakpoints),
    )


def _of_kpi(edition: Edition) -> tuple[str, ...]:
    return ("--year", str(edition.year), "--kpi", edition.kpi)


def _deciding(year: int) -> tuple[str, ...]:
    """Return what decides what the rows of an extract mean."""
    names = found_files("data/columns/*.yml", f"data/corrections/{year}.yml")
    return ("data/vocabulary.yml", *names)


def _compared(edition: Edition) -> tuple[str, ...]:
    """Return the definitions that the study names, as their last check found: no draft's."""
    return ("data/study.yml", *_told(edition.checked))


def _told(made: str) -> tuple[str, ...]:
    """Return the files that a command wrote down that a file was made of (`….d`), still there."""
    note = Path(f"{made}.d")
    text = note.read_text(encoding="utf-8") if note.is_file() else ""
    return tuple(name for name in text.partition(":")[2].split() if Path(name).is_file())


def _computing(*patterns: str) -> tuple[str, ...]:
    """Return modules but for pages and drawings: nothing that is computed depends on these."""
    shows = ("page", "drawing")
    return tuple(
        file
        for file in found_files(*patterns)
        if not any(word in Path(file).name for word in shows)
    )


class _Code:
    """Which code and shipped data stand behind a result."""

    def __init__(self, year: int) -> None:
        records = found_files(f"{CODE}/*.py", f"{CODE}/records/*.py", f"{CODE}/records/*.yml")
        self.cases = (*records, *found_files(f"{CODE}/cases/*.py"))
        self.kpi = (*records, *found_files(f"{CODE}/kpi/*.py"))
        self.measure = (*self.cases, f"{CODE}/study/thresholds/repayments.py")
        self.study = _computing(f"{CODE}/study/*.py", f"{CODE}/study/*/*.py")
        taking = _computing(f"{CODE}/intake/*.py", f"{CODE}/intake/*/*.py")
        told = f"{CODE}/intake/validation/"
        self.intake = (*self.cases, *(file for file in taking if not file.startswith(told)))
        self.published = tuple(f"data/published/{item}.yml" for item in printed_years(year))
        self.invented = (
            *("data/synthetic.yml", "data/kpi/readings.yml", *self.published, *self.cases),
            *found_files(f"{CODE}/synthetic/*.py"),
        )
        press = (f"{CODE}/press/*.py", f"{CODE}/press/*/*.py", f"{CODE}/press/vocabulary/*.yml")
        pages = ("intake/*page*.py", "study/*page*.py", "study/*/*page*.py", "study/*/*drawing*.py")
        self.report = (
            *(*records, *found_files(*press, f"{CODE}/year/*.py", f"{CODE}/audit/claims/*.py")),
            f"{CODE}/audit/behind.py",
            *found_files(*(f"{CODE}/{page}" for page in pages)),
        )
        self.audit = found_files(f"{CODE}/audit/*.py", f"{CODE}/audit/rows/*")
        self.run = found_files(f"{CODE}/audit/run/*.py")
        templates = f"{CODE}/press/export/templates"
        self.export = (*self.report, *found_files(f"{templates}/*", f"{templates}/*/*"))

"""`closurerate verify`, `sign`, `new-key`; and `record`, `manifest`, by which a build is told."""

import argparse
import os
import sys
from collections.abc import Callable
from contextlib import chdir
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from closurerate.cli.options import add_command, tell
from closurerate.errors import InputError

if TYPE_CHECKING:
    from closurerate.audit.run.checking import Checked
    from closurerate.cli.options import Commands


def add_commands(commands: "Commands") -> None:
    """Add the commands to the parser."""
    told = "check a folder of reports against its manifest, or make it again and compare"
    verify = add_command(commands, "verify", _verify, told)
    verify.add_argument("folder", type=Path, metavar="DIR", help="such as reports/107/synthetic")
    verify.add_argument("--kpi", help="of which --typed is, where the folder holds several")
    verify.add_argument("--public-key", type=Path, metavar="FILE", help="of whoever signed it")
    typed = "two groups of the digest that the PDF's last page prints, such as 3:ab12,11:cd34"
    verify.add_argument("--typed", nargs="?", const="", metavar="GROUPS", help=typed)
    again = "make all of it again in a fresh folder, and compare each file"
    verify.add_argument("--rebuild", action="store_true", help=again)

    sign = add_command(commands, "sign", _sign, "sign the manifest of a folder of reports")
    sign.add_argument("folder", type=Path, metavar="DIR")
    sign.add_argument("--key", type=Path, required=True, metavar="FILE", help="a secret key")

    made = "write a secret key for sign, and its public key as FILE.pub"
    add_command(commands, "new-key", _new_key, made).add_argument("file", type=Path, metavar="FILE")

    for name, run, what in (
        ("record", _record, "write what a yearly report was made from and by"),
        ("manifest", _manifest, "write the manifest of a folder of reports"),
    ):
        written = add_command(commands, name, run, what, "--year", "--kpi", "--out")
        written.add_argument("--cases", required=True, help="extract, synthetic, synthetic-0.01 …")


def _record(options: argparse.Namespace) -> None:
    from closurerate.audit.run.form import canonical
    from closurerate.audit.run.record import edition_of, run_record
    from closurerate.records.writing import write_text

    record = run_record(edition_of(options.year, options.kpi, options.cases))
    write_text(options.out, canonical(record))


def _manifest(options: argparse.Namespace) -> None:
    from closurerate.audit.run.manifest import write_manifest
    from closurerate.audit.run.record import edition_of

    edition = edition_of(options.year, options.kpi, options.cases)
    if Path(edition.manifest) != options.out:
        raise InputError(f"--out {options.out}: must be {edition.manifest}, beside what it is of.")
    write_manifest(edition)


def _verify(options: argparse.Namespace) -> None:
    from closurerate.audit.run.checking import check_folder

    checked = check_folder(options.folder)
    typed = None if options.typed is None else _typed(checked, options)
    found = [*checked.differences, *_signature(options), *(typed or ())]
    for line in found:
        sys.stdout.write(f"{line}\n")
    if checked.gone:
        more = f" and {len(checked.gone) - 1} more" if len(checked.gone) > 1 else ""
        raise InputError(
            f"{options.folder}: its manifest names {checked.gone[0]}{more}, which is not there; "
            "get the folder whole."
        )
    if not found:
        _tell_right(checked, options)
    if options.rebuild:
        again = _made_again(checked, options.folder.resolve())
        sys.stdout.write("".join(f"{line}\n" for line in again))
        found += again
    if found:
        raise SystemExit(1)


def _signature(options: argparse.Namespace) -> list[str]:
    if options.public_key is None:
        return []
    from closurerate.audit.run.signing import unsigned

    return [line for line in [unsigned(options.folder, options.public_key)] if line]


def _typed(checked: "Checked", options: argparse.Namespace) -> list[str]:
    """Return in words which groups of the paper are not the file's; ask for them on a terminal."""
    from closurerate.audit.run.typed import asked_groups, mistyped, typed_groups, with_gaps

    known = checked.document.get("fingerprints", {})
    kpi = options.kpi or next(iter(known), "")
    if kpi not in known or (options.kpi is None and len(known) > 1):
        there_are = ", ".join(known) or "none"
        raise InputError(f"{options.folder}: --kpi must name one of its reports: {there_are}.")
    digest, text = known[kpi], options.typed
    if not text:
        low, high = asked_groups(digest)
        if not sys.stdin.isatty():
            raise InputError(
                f"--typed: give groups {low} and {high} of the PDF's last page, such as "
                f"--typed {low}:ab12,{high}:cd34."
            )
        sys.stdout.write(f"{with_gaps(digest)}\n")
        answers = {place: _answer(input, f"group {place}: ").strip() for place in (low, high)}
        text = ",".join(f"{place}:{answer}" for place, answer in answers.items())
    return mistyped(typed_groups(text, digest), digest)


def _answer(ask: Callable[[str], str], what: str) -> str:
    try:
        return ask(what)
    except EOFError:
        raise InputError(f"{what.strip(' :')}: nothing was typed.") from None


def _made_again(checked: "Checked", folder: Path) -> list[str]:
    """Return in words what differs where all is made again, in a folder that then goes.

    That is beside the case data, of which it holds a copy: as safe as they are, and out of git.
    It is compared with the files as they lie there, whatever the manifest says of them.
    """
    from closurerate.audit.run.checking import check_folder
    from closurerate.audit.run.form import RESTRICTED, files_of
    from closurerate.audit.run.rebuilding import copy_sources, differences, rebuilt
    from closurerate.audit.run.record import entries
    from closurerate.cli.build import tell_ended
    from closurerate.press.shown import reader_language
    from closurerate.records.paths import project_root

    was, project, language = checked.document, project_root(), reader_language()
    languages = was["parameters"]["languages"]
    os.environ["REPORT_LANG"] = languages[0] if len(languages) == 1 else "both"  # as when built
    beside = project / "data" / "cases"
    beside.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=".verify-", dir=beside) as fresh:
        copy_sources(project, Path(fresh), was["parameters"]["year"])
        with chdir(fresh):
            for number, ended in enumerate(rebuilt(was), start=1):
                tell_ended(ended, f"[{number:2}]")
            again = Path(fresh, was["folder"])
            now = check_folder(again).document
            here = {**was, "outputs": entries(files_of(folder), folder)}
            found = differences(here, now, (folder, again), language)
            found += _of_restricted(folder / RESTRICTED, again / RESTRICTED)
    if not found:
        tell(f"Made again, each of the {checked.files} files is the same.")
    return found


def _of_restricted(folder: Path, again: Path) -> list[str]:
    """Return in words which restricted files differ, where both have any."""
    from closurerate.audit.run.checking import read_manifest

    if not folder.is_dir() or not again.is_dir():
        return []
    was, now = (read_manifest(one)["outputs"] for one in (folder, again))
    return [f"restricted/{name}: is another" for name in was if was[name] != now.get(name)]


def _tell_right(checked: "Checked", options: argparse.Namespace) -> None:
    from closurerate.audit.run.form import SIGNATURE
    from closurerate.audit.run.typed import with_gaps

    tell(f"{options.folder}: its {checked.files} files are as they were made.")
    if options.public_key is not None:
        tell("Its manifest is signed by this key.")
    elif (options.folder / SIGNATURE).is_file():
        tell("Its signature was not checked: that needs --public-key.")
    if options.typed is not None:
        tell("What was typed from paper is in the file.")
        return
    for kpi, digest in checked.document.get("fingerprints", {}).items():
        tell(f"{kpi}, as the PDF's last page has it: {with_gaps(digest)}")


def _sign(options: argparse.Namespace) -> None:
    from getpass import getpass

    from closurerate.audit.run.checking import check_folder
    from closurerate.audit.run.signing import sign_folder

    checked = check_folder(options.folder)
    if wrong := [*checked.differences, *(f"{name}: is gone" for name in checked.gone)]:
        raise InputError(f"{options.folder}: is not as it was made, and not signed: {wrong[0]}.")
    signed = sign_folder(options.folder, options.key, lambda: _answer(getpass, "Password: "))
    tell(f"{signed}")


def _new_key(options: argparse.Namespace) -> None:
    from closurerate.audit.run.signing import write_new_key

    public = write_new_key(options.file)
    tell(f"{options.file}: keep it to yourself; give away {public}")

"""A folder of reports held to its manifest: what is altered, typed, signed or made again."""

import hashlib
import json
import re
import shutil
import stat
from collections.abc import Callable
from contextlib import chdir
from pathlib import Path
from typing import Any

import pypdf
import pytest
from rocrate.rocrate import ROCrate

from closurerate.audit.run.checking import check_folder, read_manifest
from closurerate.audit.run.first_cell import first_difference
from closurerate.audit.run.form import canonical, files_of, fingerprint
from closurerate.audit.run.manifest import write_manifest
from closurerate.audit.run.rebuilding import copy_sources, differences, rebuilt
from closurerate.audit.run.record import code_version, edition_of
from closurerate.audit.run.signing import unsigned
from closurerate.audit.run.typed import asked_groups, typed_groups
from closurerate.cli import main
from closurerate.errors import InputError
from closurerate.records.sealing import UNSEALED, groups_of, seal, write_json
from project_copy import FRACTION, clone, reported, run_make, tree

KPI, SOURCE = "effective_closure_rate", f"synthetic-{FRACTION}"
Capture = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy in which the report was built, with something restricted beside it."""
    folder = clone(reported(tmp_path_factory), tmp_path_factory.mktemp("run") / "project")
    restricted = folder / "reports" / "107" / SOURCE / "restricted" / KPI
    restricted.mkdir(parents=True)
    (restricted / "breakpoints.csv").write_text("exact\n0.5031\n", "utf-8")
    with chdir(folder):
        write_manifest(edition_of(107, KPI, SOURCE))
    return folder


@pytest.fixture(scope="module")
def built(project: Path) -> Path:
    return project / "reports" / "107" / SOURCE


@pytest.fixture
def received(built: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(built, tmp_path / "received"))


@pytest.fixture(scope="module")
def manifest(built: Path) -> dict[str, Any]:
    return read_manifest(built)


def said(capture: Capture, *arguments: object) -> tuple[int, str, str]:
    try:
        status = main([str(one) for one in arguments])
    except SystemExit as stop:
        status = int(stop.code or 0)
    return status, *capture.readouterr()


def test_which_code_runs_is_told_with_its_commit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def told(*commit: str) -> list[object]:
        monkeypatch.setattr("closurerate.audit.run.record.commit_of", lambda _: commit)
        code = code_version()
        return [code["commit"], code["is_clean"]]

    assert told() == [None, None]
    assert told("abc123") == ["abc123", True]
    assert told("abc123-dirty") == ["abc123", False]
    package = tmp_path / "closurerate"
    (package / "__pycache__").mkdir(parents=True)
    (package / "a.py").write_text("1", "utf-8")
    monkeypatch.setattr("closurerate.audit.run.record._PACKAGE", package)
    before = code_version()["sha256"]
    assert (
        before == hashlib.sha256(f"{hashlib.sha256(b'1').hexdigest()}  a.py\n".encode()).hexdigest()
    )
    (package / "__pycache__" / "a.pyc").touch()
    assert code_version()["sha256"] == before


# The manifest -----------------------------------------------------------------------------------
def test_it_says_what_went_in_what_came_out_and_which_came_from_which(
    project: Path, built: Path, manifest: dict[str, Any]
) -> None:
    run = manifest["runs"][KPI]
    assert manifest["parameters"]["languages"] == ["zh-Hant", "en"]
    assert run["parameters"] == {
        "year": 107, "kpi": KPI, "cases": "synthetic", "fraction": FRACTION,
    }  # fmt: skip
    cases = f"data/cases/107/{SOURCE}/cases.parquet"
    for name in (cases, "data/published/107.yml", "data/study.yml", f"data/kpi/{KPI}.yml"):
        assert run["inputs"][name] == manifest["inputs"][name] == entry_of(project / name)
    assert run["lock"] == {"requirements.lock": entry_of(project / "requirements.lock")}
    assert run["code"]["commit"] is None is run["code"]["is_clean"]
    assert set(run["shown"]) == {f"notebooks/{KPI}/07_report.shown.json"}
    assert set(manifest["outputs"]) == set(files_of(built))
    for name, entry in manifest["outputs"].items():
        assert entry == entry_of(built / name)
    made = {file: step for step in manifest["steps"] for file in step["made"]}
    page = f"reports/107/{SOURCE}/en/{KPI}/07_report.pdf"
    behind, names = set(), [page]
    while names:
        names = [one for name in names if name in made for one in made[name]["from"]]
        behind |= {*names}
    assert {cases, "data/synthetic.yml", "notebooks/07_report.ipynb"} <= behind


def entry_of(path: Path) -> dict[str, object]:
    content = path.read_bytes()
    return {"sha256": hashlib.sha256(content).hexdigest(), "size": len(content)}


def test_it_is_the_same_the_second_time_and_in_another_folder(
    project: Path, built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = tree(built)
    other = clone(project, tmp_path / "elsewhere")
    code = read_manifest(built)["runs"][KPI]["code"]
    monkeypatch.setattr("closurerate.audit.run.record.code_version", lambda: code)
    with chdir(other):
        for command, out in (
            ("record", f"data/cases/107/{SOURCE}/run.{KPI}.json"),
            ("manifest", f"reports/107/{SOURCE}/manifest.json"),
        ):
            Path(out).unlink()
            given = ("--year", "107", "--kpi", KPI, "--cases", SOURCE, "--out", out)
            assert main([command, *given]) == 0
    assert tree(other / "reports" / "107" / SOURCE) == before
    told = "".join(before[name].decode() for name in before if name.endswith((".json", "jsonld")))
    assert str(project.parent) not in told


def test_what_is_restricted_is_told_in_there_alone(built: Path, received: Path) -> None:
    told = (built / "manifest.json").read_text("utf-8")
    assert "restricted" not in told
    assert "breakpoints" not in told
    assert set(read_manifest(built / "restricted")["outputs"]) == {f"{KPI}/breakpoints.csv"}
    shutil.rmtree(received / "restricted")
    assert check_folder(received).differences == ()


def test_the_papers_digest_is_that_of_the_run(
    project: Path, built: Path, manifest: dict[str, Any]
) -> None:
    file = project / "data" / "cases" / "107" / SOURCE / f"run.{KPI}.json"
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    assert manifest["fingerprints"] == {KPI: digest}
    assert fingerprint(manifest["runs"][KPI]) == digest
    assert canonical(manifest["runs"][KPI]) == file.read_text("utf-8")
    for language in ("zh-Hant", "en"):
        pages = pypdf.PdfReader(built / language / KPI / "07_report.pdf").pages[-2:]
        printed = [
            re.findall(r"\b[0-9a-f]{4}(?: [0-9a-f]{4}){15}\b", p.extract_text()) for p in pages
        ]
        assert printed == [[]] * (len(pages) - 1) + [[" ".join(groups_of(digest))]]


def test_the_crate_is_read_by_its_library(built: Path, manifest: dict[str, Any]) -> None:
    crate = ROCrate(built)
    files = {entity.id: entity for entity in crate.data_entities if entity.type == "File"}
    others = set(manifest["outputs"]) - {"ro-crate-metadata.json", "trace.jsonld"}
    assert set(files) == others
    for name in others:
        entry = manifest["outputs"][name]
        assert files[name]["sha256"] == entry["sha256"]
        assert files[name]["contentSize"] == str(entry["size"])
    assert crate.root_dataset["identifier"] == [f"sha256:{manifest['fingerprints'][KPI]}"]
    actions = [one for one in crate.contextual_entities if one.type == "CreateAction"]
    assert len(actions) == len(manifest["steps"])
    (pdf,) = (one for one in actions if one["name"] == "pdf 07_report")
    assert {one.id for one in pdf["result"]} == {
        f"{at}/{KPI}/07_report.pdf" for at in ("zh-Hant", "en")
    }


def test_the_statement_keeps_the_rules_of_its_vocabulary(
    built: Path, manifest: dict[str, Any]
) -> None:
    told = json.loads((built / "trace.jsonld").read_text("utf-8"))
    (tro,) = told["@graph"]
    artifacts = tro["trov:hasComposition"]["trov:hasArtifact"]
    digests = {one["@id"]: one["trov:hash"]["trov:hashValue"] for one in artifacts}
    whole = hashlib.sha256("".join(sorted(digests.values())).encode()).hexdigest()
    assert tro["trov:hasComposition"]["trov:hasFingerprint"]["trov:hash"]["trov:hashValue"] == whole
    read, made = (
        {
            one["trov:path"]: digests[one["trov:artifact"]["@id"]]
            for one in places["trov:hasArtifactLocation"]
        }
        for places in tro["trov:hasArrangement"]
    )
    assert read.items() >= {name: one["sha256"] for name, one in manifest["inputs"].items()}.items()
    assert (
        made[f"en/{KPI}/07_report.pdf"] == manifest["outputs"][f"en/{KPI}/07_report.pdf"]["sha256"]
    )
    (performance,) = tro["trov:hasPerformance"]
    assert manifest["fingerprints"][KPI] in performance["rdfs:comment"]
    identifiers = re.findall(r'"@id": "([^"]+)"', json.dumps(told))
    assert {performance["trov:wasConductedBy"]["@id"], "arrangement/0"} <= {*identifiers}


def test_what_was_not_built_is_not_told(tmp_path: Path, capsys: Capture) -> None:
    given = ("--year", "107", "--kpi", KPI, "--cases", "synthetic-0.5")
    manifest = "reports/107/synthetic-0.5/manifest.json"
    before = tree(Path("data"))
    for command, out, told in (
        ("record", "data/run.json", "07_report.ipynb: was not executed yet"),
        ("manifest", manifest, "holds no reports to write a manifest of"),
        ("manifest", "data/manifest.json", f"must be {manifest}"),
    ):
        status, _, error = said(capsys, command, *given, "--out", out)
        assert (status, error.count("\n"), told in error) == (2, 1, True)
    out, none = tmp_path / "a.pdf", tmp_path / "none.json"
    status, _, error = said(capsys, "pdf", tmp_path / "a.ipynb", "--run", none, "--out", out)
    assert (status, f"--run {none}: there is no such file" in error) == (2, True)
    assert tree(Path("data")) == before
    assert not Path(manifest).parent.exists()
    assert not list(tmp_path.iterdir())


# A folder that was received ---------------------------------------------------------------------
def test_one_flipped_byte_in_any_file_is_found(received: Path) -> None:
    assert check_folder(received).differences == ()
    files = [path for path in sorted(received.rglob("*")) if path.is_file()]
    assert len(files) > 15
    for path in files:
        content = path.read_bytes()
        path.write_bytes(flipped(content, len(content) // 2))
        if path.name == "manifest.json":
            with pytest.raises(InputError, match=r"manifest\.json: is not as it was written"):
                check_folder(received)
        else:
            name = path.relative_to(received).as_posix()
            (found,) = check_folder(received).differences
            assert found.startswith(f"{name}: is altered: ")
        path.write_bytes(content)


def flipped(content: bytes, at: int) -> bytes:
    return content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]


def test_each_byte_of_the_manifest_counts(received: Path) -> None:
    path = received / "manifest.json"
    content = path.read_bytes()
    for at in range(0, len(content), 211):
        path.write_bytes(flipped(content, at))
        with pytest.raises(InputError, match=r"manifest\.json"):
            read_manifest(received)


def test_what_is_cut_added_or_removed_is_named(received: Path, capsys: Capture) -> None:
    page, pdf = (received / "en" / KPI / f"07_report.{kind}" for kind in ("html", "pdf"))
    page.write_bytes(page.read_bytes()[:-1])
    (received / "restricted" / "new.csv").touch()
    (received / "notes.txt").touch()
    status, out, error = said(capsys, "verify", received)
    size = page.stat().st_size
    assert (status, error) == (1, "")
    assert out.splitlines() == [
        f"en/{KPI}/07_report.html: has {size} bytes, and had {size + 1}",
        "notes.txt: is not in the manifest",
        "restricted/new.csv: is not in the manifest",
    ]
    pdf.unlink()
    status, _, error = said(capsys, "verify", received)
    assert status == 2
    assert error.count("\n") == 1
    assert f"its manifest names en/{KPI}/07_report.pdf, which is not there" in error


def test_an_altered_input_is_found_where_it_is_at_hand(
    project: Path, manifest: dict[str, Any], tmp_path: Path, capsys: Capture
) -> None:
    other = clone(project, tmp_path / "elsewhere")
    folder = other / "reports" / "107" / SOURCE
    assert len(manifest["inputs"]) > 10
    for name in manifest["inputs"]:
        path = other / name
        content = path.read_bytes()
        path.write_bytes(flipped(content, len(content) // 2))
        (found,) = check_folder(folder).differences
        assert found.startswith(f"{name}: is altered: ")
        path.write_bytes(content)
    (other / "data" / "study.yml").unlink()
    status, out, _ = said(capsys, "verify", folder)
    assert (status, out) == (1, "data/study.yml: is not there any more\n")


def test_what_is_whole_says_so(received: Path, capsys: Capture, manifest: dict[str, Any]) -> None:
    status, out, error = said(capsys, "verify", received)
    assert (status, error) == (0, "")
    assert f"its {len(manifest['outputs']) + 1} files are as they were made." in out
    groups = groups_of(manifest["fingerprints"][KPI])
    hidden = [groups[place - 1] for place in asked_groups(manifest["fingerprints"][KPI])]
    assert out.split()[-16:] == ["••••" if one in hidden else one for one in groups]
    assert said(capsys, "verify", received, "--quiet") == (0, "", "")


Change = Callable[[dict[str, Any]], object]


def renamed(name: str) -> Change:
    def change(document: dict[str, Any]) -> None:
        document["outputs"][name] = document["outputs"].pop("pages.txt")

    return change


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (renamed("../pages.txt"), "names '../pages.txt', which is not inside the folder"),
        (renamed("en/../../pages.txt"), "which is not inside the folder"),
        (renamed("/pages.txt"), "names '/pages.txt', which is not inside the folder"),
        (renamed("C:/pages.txt"), "which is not inside the folder"),
        (renamed("en\\pages.txt"), "which is not inside the folder"),
        (renamed("./pages.txt"), "which is not inside the folder"),
        (renamed(""), "which is not inside the folder"),
        (lambda document: document.update(format="other"), "its format is 'other'"),
        (lambda document: document.pop("outputs"), "is no manifest of closurerate ('outputs')"),
        (lambda document: document.update(outputs=[]), "is no manifest of closurerate"),
        (lambda document: document["outputs"].update(a={}), "is no manifest of closurerate"),
        (lambda document: document["outputs"].update(a={"size": 1, "sha256": "ab"}), "no digest"),
        (lambda document: document["runs"][KPI].update(date=""), "has another digest than it says"),
    ],
)
def test_a_manifest_that_says_what_none_says_is_refused(
    received: Path, capsys: Capture, change: Change, told: str
) -> None:
    document = read_manifest(received)
    del document["seal"]
    change(document)
    write_json(document, received / "manifest.json")
    refused(received, capsys, told)


def refused(received: Path, capsys: Capture, told: str, *options: object) -> None:
    """Hold `verify` to one sentence and exit status 2, and to writing nothing."""
    before = tree(received)
    status, out, error = said(capsys, "verify", received, *options)
    assert (status, out) == (2, "")
    assert error.count("\n") == 1
    assert told in error
    assert tree(received) == before


def test_a_manifest_that_is_missing_cut_or_no_json_is_refused(
    received: Path, capsys: Capture
) -> None:
    path = received / "manifest.json"
    text = path.read_text("utf-8")
    for content in (text[: len(text) // 2], "", "not JSON", "[]"):
        path.write_text(content, "utf-8")
        refused(received, capsys, "manifest.json: is not as it was written")
    path.write_text(f'{{"a": 1, "a": 2, "seal": "{UNSEALED}"}}', "utf-8")
    seal(path)
    refused(received, capsys, "it names a twice")
    path.write_text(f"[{UNSEALED}", "utf-8")
    seal(path)
    refused(received, capsys, "manifest.json: is no manifest of closurerate")
    path.unlink()
    refused(received, capsys, "holds no manifest.json; name the folder of a year's reports")
    refused(received, capsys, "holds no manifest.json", "--rebuild")


# Typed from paper -------------------------------------------------------------------------------
def test_groups_typed_from_paper(
    received: Path, capsys: Capture, manifest: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    digest = manifest["fingerprints"][KPI]
    groups, (low, high) = groups_of(digest), asked_groups(digest)
    right = f"{groups[low - 1]} {groups[high - 1].upper()}"
    for typed in (right, f"3:{groups[2]},11:{groups[10]}", f" 16:{groups[15]}  1:{groups[0]}"):
        status, out, error = said(capsys, "verify", received, "--typed", typed)
        assert (status, error) == (0, "")
        assert out.endswith("What was typed from paper is in the file.\n")
    wrong = f"3:{groups[2]},11:{'0000' if groups[10] != '0000' else '1111'}"
    status, out, _ = said(capsys, "verify", received, "--typed", wrong)
    assert status == 1
    assert out.startswith("group 11 is ")
    assert groups[10] not in out
    told = f"give groups {low} and {high} of the PDF's last page"
    refused(received, capsys, told, "--typed")
    refused(received, capsys, "--kpi must name one of its reports", "--typed", right, "--kpi", "a")
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    answers = iter([groups[low - 1], groups[high - 1]])
    monkeypatch.setattr("builtins.input", lambda _: next(answers))
    status, out, _ = said(capsys, "verify", received, "--typed")
    assert status == 0
    assert out.splitlines()[0].count("••••") == 2

    def ended(_: str) -> str:
        raise EOFError

    monkeypatch.setattr("builtins.input", ended)
    status, _, error = said(capsys, "verify", received, "--typed")
    assert (status, error) == (2, f"closurerate: group {low}: nothing was typed.\n")


NO_GROUPS = (
    "", "ab12", "3:ab12", "0:ab12,1:ab12", "17:ab12,1:ab12", "3:ab12,3:ab12", "3:ab1,4:ab12",
    "ab12 cd34 ef56", "xy12 cd34",
)  # fmt: skip


@pytest.mark.parametrize("text", NO_GROUPS)
def test_what_is_no_two_groups_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="must be two groups of the paper's sixteen"):
        typed_groups(text, "0" * 64)


def test_any_two_groups_may_be_asked_for() -> None:
    digests = [hashlib.sha256(str(number).encode()).hexdigest() for number in range(400)]
    asked = [asked_groups(digest) for digest in digests]
    assert {place for pair in asked for place in pair} == set(range(1, 17))
    assert all(low < high for low, high in asked)


# Signed -----------------------------------------------------------------------------------------
def test_a_signature_is_checked_by_its_key(received: Path, tmp_path: Path, capsys: Capture) -> None:
    key, other = tmp_path / "a.key", tmp_path / "b.key"
    for one in (key, other):
        assert said(capsys, "new-key", one)[0] == 0
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    public = ("--public-key", f"{key}.pub")
    status, out, _ = said(capsys, "verify", received, *public)
    assert (status, out) == (1, "manifest.json.minisig: is missing: nobody has signed\n")
    assert said(capsys, "sign", received, "--key", key)[0] == 0
    signature = received / "manifest.json.minisig"
    content = signature.read_bytes()
    assert said(capsys, "sign", received, "--key", key)[0] == 0
    assert signature.read_bytes() == content
    status, out, _ = said(capsys, "verify", received, *public)
    assert (status, "Its manifest is signed by this key.\n" in out) == (0, True)
    assert "was not checked" in said(capsys, "verify", received)[1]
    status, out, _ = said(capsys, "verify", received, "--public-key", f"{other}.pub")
    assert status == 1
    assert out.startswith("manifest.json.minisig: is not this key's signature of the manifest")
    lines = content.splitlines(keepends=True)
    for changed in (b"", flipped(content, len(lines[0]) + 40), b"".join(lines[:2]), lines[0] * 4):
        signature.write_bytes(changed)
        assert unsigned(received, Path(public[1])).startswith("manifest.json.minisig: is not")
    signature.write_bytes(content)
    document = read_manifest(received)
    del document["seal"]
    write_json({**document, "date": "2018-12-30"}, received / "manifest.json", indent=1)
    assert said(capsys, "verify", received, *public)[0] == 1


def test_what_is_no_key_is_refused(received: Path, tmp_path: Path, capsys: Capture) -> None:
    key = tmp_path / "a.key"
    said(capsys, "new-key", key)
    status, _, error = said(capsys, "new-key", key)
    assert (status, "a.key: is there already, and a key is never replaced" in error) == (2, True)
    content = key.read_bytes()
    refused(received, capsys, "there is no such key file", "--public-key", tmp_path / "none")
    refused(received, capsys, "is no public key of minisign's", "--public-key", key)
    for damaged in (b"", content[:-20], flipped(content, 60)[:40], b"\xff" * 99):
        key.write_bytes(damaged)
        status, out, error = said(capsys, "sign", received, "--key", key)
        assert (status, out, error.count("\n")) == (2, "", 1)
        assert "cannot sign" in error
    key.write_bytes(content)
    (received / "pages.txt").write_text("", "utf-8")
    status, _, error = said(capsys, "sign", received, "--key", key)
    assert (status, "is not as it was made, and not signed: pages.txt" in error) == (2, True)
    assert not (received / "manifest.json.minisig").exists()


def test_a_key_with_a_password_asks_for_it(
    received: Path, tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    from minisign import KeyPair

    pair = KeyPair.generate()
    (tmp_path / "a.pub").write_bytes(bytes(pair.public_key))
    pair.secret_key.encrypt("open", opslimit=32768, memlimit=1 << 20)
    (tmp_path / "a.key").write_bytes(bytes(pair.secret_key))
    for password, status in (("shut", 2), ("open", 0)):
        monkeypatch.setattr("getpass.getpass", lambda _, password=password: password)
        assert said(capsys, "sign", received, "--key", tmp_path / "a.key")[0] == status
    assert unsigned(received, tmp_path / "a.pub") == ""


# Made again -------------------------------------------------------------------------------------
def test_the_first_cell_that_differs_is_named(built: Path) -> None:
    path = next((built / "notebooks" / KPI).glob("02_kpi.shown.json"))
    was = json.loads(path.read_text("utf-8"))
    assert first_difference(was, was, "en") == ""
    place = next(
        at for at, item in enumerate(was) if item["kind"] == "table" and len(item["rows"]) > 2
    )
    now = json.loads(path.read_text("utf-8"))
    table = now[place]
    table["rows"][2][1] = {"value": "7/2", "unit": "", "decimals": 1}
    table["rows"][3:] = []
    now[place + 1 :] = []
    told = first_difference(was, now, "en")
    caption, heading = table["caption"]["en"], table["columns"][1]["heading"]["en"]
    assert told.startswith(f"table {table['id']} “{caption}”, row 3 “")
    assert f", column 2 “{heading}”: was " in told
    assert told.endswith(", is 3.5")
    table["caption"]["en"] = "another"
    table["rows"] = was[place]["rows"]
    assert first_difference(was, now, "en").endswith(f"caption.en: was {caption}, is another")
    assert first_difference(was, was[:-1], "en").endswith(", is nothing")


def test_what_was_made_otherwise_is_told_before_what_came_of_it(
    built: Path, received: Path, manifest: dict[str, Any]
) -> None:
    shown = received / "notebooks" / KPI / "07_report.shown.json"
    shown.write_text(shown.read_text("utf-8").replace('"en": "', '"en": "not ', 1), "utf-8")
    now = json.loads(json.dumps(manifest))
    name = f"notebooks/{KPI}/07_report.shown.json"
    now["outputs"][name] = entry_of(shown)
    now["runs"][KPI]["inputs"]["data/study.yml"]["sha256"] = "0" * 64
    now["runs"][KPI]["code"]["commit"] = "abcdef"
    del now["outputs"]["pages.txt"]
    told = differences(manifest, now, (built, received), "en")
    assert [line.partition(": ")[0] for line in told] == [
        "code", "inputs", "first cell", name, "pages.txt",
    ]  # fmt: skip
    assert told[0] == "code: commit: was nothing, is abcdef"
    assert told[1].startswith("inputs: data/study.yml: was ")
    assert told[2].startswith("first cell: page 07_report, ")
    assert told[-1].endswith(", is nothing")
    assert differences(manifest, manifest, (built, built), "en") == []


def test_a_fresh_folder_holds_sources_alone_and_all_is_made_in_it(
    project: Path, manifest: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fresh = tmp_path / "fresh"
    copy_sources(project, fresh, 107)
    assert sorted(path.name for path in fresh.iterdir()) == [
        "data", "notebooks", "requirements.lock", "src",
    ]  # fmt: skip
    assert not (fresh / "data" / "cases").exists()
    asked = []
    monkeypatch.setattr(
        "closurerate.audit.run.rebuilding.run_steps",
        lambda steps, jobs, options: asked.extend(steps) or iter([]),
    )
    with chdir(fresh):
        assert list(rebuilt(manifest)) == []
    made = {file for step in asked for file in step.recipe.makes}
    pages = {f"reports/107/{SOURCE}/{name}" for name in manifest["outputs"]}
    assert {file for file in pages if file.endswith((".html", ".pdf", ".ipynb"))} <= made
    assert asked[-1].recipe.name == "manifest"
    own = {
        **manifest,
        "outputs": {**manifest["outputs"], f"notebooks/{KPI}/branch-a/own.ipynb": {}},
    }
    with chdir(fresh), pytest.raises(InputError, match="a notebook of one's own, run with param"):
        list(rebuilt(own))


def test_a_step_that_fails_is_told(project: Path, manifest: dict[str, Any], tmp_path: Path) -> None:
    copy_sources(project, tmp_path / "fresh", 107)
    (tmp_path / "fresh" / "data" / "kpi" / f"{KPI}.yml").write_text("id: none\n", "utf-8")
    with chdir(tmp_path / "fresh"), pytest.raises(InputError, match="definitions: "):
        list(rebuilt(manifest))


@pytest.mark.exhaustive
def test_a_small_year_made_again_is_the_same(project: Path, tmp_path: Path) -> None:
    other = clone(project, tmp_path / "project")
    shutil.rmtree(other / "reports" / "107" / SOURCE / "restricted")
    done = run_make(other, "verify", f"FRACTION={FRACTION}")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "files is the same.\n" in done.stdout
    study = other / "data" / "study.yml"
    study.write_text(study.read_text("utf-8") + "\n", "utf-8")
    done = run_make(other, "verify", f"FRACTION={FRACTION}")
    assert done.returncode == 2  # make's own, of the command's 1
    assert "\ninputs: data/study.yml: was " in done.stdout

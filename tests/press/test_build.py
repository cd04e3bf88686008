"""Files: written whole, or left as they were."""

import stat
from pathlib import Path

import nbformat
import pytest
from nbformat import v4

from closurerate.errors import InputError
from closurerate.press.export.build import build
from report_samples import both_prints, prose

both = pytest.mark.parametrize(("kind", "start"), [("html", b"<!DOCTYPE"), ("pdf", b"%PDF")])


@both
def test_it_writes_the_same_file_twice(tmp_path: Path, kind: str, start: bytes) -> None:
    executed = tmp_path / "executed.ipynb"
    nbformat.write(both_prints(prose("## 甲")), executed)
    one, other = tmp_path / "new" / "one", tmp_path / "new" / "other"
    build(kind, executed, one, "zh-Hant")
    build(kind, executed, other, "zh-Hant")
    assert one.read_bytes().startswith(start)
    assert one.read_bytes() == other.read_bytes()
    assert stat.S_IMODE(one.stat().st_mode) == 0o644
    assert sorted(path.name for path in one.parent.iterdir()) == ["one", "other"]


@both
def test_what_was_there_stays_when_it_fails(tmp_path: Path, kind: str, start: bytes) -> None:
    executed, out = tmp_path / "executed.ipynb", tmp_path / "out"
    out.write_bytes(b"before")
    failed = v4.new_output("error", ename="ValueError", evalue="no", traceback=[])
    nbformat.write(both_prints(v4.new_code_cell("1", outputs=[failed])), executed)
    with pytest.raises(InputError, match="cell 1"):
        build(kind, executed, out, "zh-Hant")
    assert out.read_bytes() == b"before"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["executed.ipynb", "out"]


@both
def test_no_remains_when_the_disk_refuses(
    tmp_path: Path, kind: str, start: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    executed, out = tmp_path / "executed.ipynb", tmp_path / "out"
    out.write_bytes(b"before")
    nbformat.write(both_prints(prose("## 甲")), executed)

    def refuse(self: Path, target: Path) -> None:
        raise PermissionError

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(PermissionError):
        build(kind, executed, out, "zh-Hant")
    assert out.read_bytes() == b"before"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["executed.ipynb", "out"]


@both
def test_what_is_no_notebook_is_refused(tmp_path: Path, kind: str, start: bytes) -> None:
    executed = tmp_path / "executed.ipynb"
    with pytest.raises(InputError, match="cannot be read"):
        build(kind, executed, tmp_path / "out", "zh-Hant")
    for content in (
        "not JSON",
        "[]",
        '{"nbformat": 4}',
        "\ud800".encode("utf-8", "replace").decode(),
    ):
        executed.write_text(content, encoding="utf-8")
        with pytest.raises(InputError, match="is not a notebook"):
            build(kind, executed, tmp_path / "out", "zh-Hant")
    assert not (tmp_path / "out").exists()

"""The locks hold what pyproject.toml declares, with hashes and without an address."""

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
LOCKS = {
    "requirements.lock": ("dependencies", "test", "environment"),
    "requirements-lab.lock": ("dependencies", "environment", "lab"),
    "requirements-docs.lock": ("docs",),
    "requirements-uv.lock": ("uv",),
    "requirements-axe.lock": ("axe",),
}
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
_ENTRY = re.compile(
    r"^(?P<pin>[A-Za-z0-9][^ \n]*==[^\n\\]+?) \\\n"
    r"(?P<hashes>(?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)"
    r"(?P<via>(?:    #[^\n]*\n)*)",
    re.MULTILINE,
)


@dataclass(frozen=True)
class Pin:
    """One entry of a lock."""

    requirement: Requirement
    hashes: tuple[str, ...]
    declared_in: tuple[str, ...]

    @property
    def name(self) -> str:
        return canonicalize_name(self.requirement.name)

    @property
    def version(self) -> str:
        (specifier,) = self.requirement.specifier
        assert specifier.operator == "=="
        return specifier.version


def pins_of(text: str) -> list[Pin]:
    """Return the entries of a lock; every line must belong to one, or to the comment on top."""
    rest = _ENTRY.sub("", text)
    assert [line for line in rest.splitlines() if line and not line.startswith("#")] == []
    return [
        Pin(
            Requirement(entry["pin"]),
            tuple(re.findall(r"sha256:[0-9a-f]{64}", entry["hashes"])),
            tuple(re.findall(r"closurerate \(pyproject\.toml(?::(\w+))?\)", entry["via"])),
        )
        for entry in _ENTRY.finditer(text)
    ]


def declared(part: str) -> dict[str, Requirement]:
    """Return what pyproject.toml declares as dependencies or in a group, groups in it included."""
    if part == "dependencies":
        written: list[Any] = PROJECT["project"]["dependencies"]
    else:
        written = PROJECT["dependency-groups"][part]
    found: dict[str, Requirement] = {}
    for item in written:
        if isinstance(item, dict):
            found |= declared(item["include-group"])
        else:
            requirement = Requirement(item)
            found[canonicalize_name(requirement.name)] = requirement
    return found


def lock(name: str) -> list[Pin]:
    return pins_of((ROOT / name).read_text(encoding="utf-8"))


def disagreements(pins: list[Pin], parts: tuple[str, ...]) -> list[str]:
    """Return where a lock and what it locks do not agree, in words."""
    wanted = {name: item for part in parts for name, item in declared(part).items()}
    by_name: dict[str, list[Pin]] = {}
    for pin in pins:
        by_name.setdefault(pin.name, []).append(pin)
    faults = [f"{name} is not locked" for name in wanted if name not in by_name]
    faults += [
        f"{name} {pin.version} is not {wanted[name].specifier}"
        for name in wanted.keys() & by_name.keys()
        for pin in by_name[name]
        if not wanted[name].specifier.contains(pin.version)
    ]
    annotated = {pin.name for pin in pins if pin.declared_in}
    faults += [f"{name} is said to be declared" for name in annotated - wanted.keys()]
    faults += [f"{name} is declared and not said to be" for name in wanted.keys() - annotated]
    return faults


def test_a_disagreement_is_found() -> None:
    pins = lock("requirements.lock")
    parts = LOCKS["requirements.lock"]
    assert disagreements(pins, parts) == []
    without = [pin for pin in pins if pin.name != "sympy"]
    assert "sympy is not locked" in disagreements(without, parts)
    old = [
        Pin(Requirement("sympy==1.2"), pin.hashes, pin.declared_in) if pin.name == "sympy" else pin
        for pin in pins
    ]
    assert disagreements(old, parts) == ["sympy 1.2 is not >=1.14"]
    assert "pytest is said to be declared" in disagreements(pins, ("dependencies", "environment"))


@pytest.mark.parametrize("name", LOCKS)
def test_what_is_declared_is_locked_and_nothing_else_is_said_to_be(name: str) -> None:
    assert disagreements(lock(name), LOCKS[name]) == []


@pytest.mark.parametrize("name", LOCKS)
def test_each_pin_says_in_which_group_it_is_declared(name: str) -> None:
    for pin in lock(name):
        for group in pin.declared_in:
            assert pin.name in declared(group or "dependencies"), pin.name


@pytest.mark.parametrize("name", LOCKS)
def test_each_pin_has_hashes_and_no_address(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    pins = pins_of(text)
    assert len(pins) > (100 if len(LOCKS[name]) > 1 else 0)
    assert all(pin.hashes for pin in pins)
    assert not re.search(r"https?:|file:|index-url|find-links|trusted-host|@ ", text)
    assert "make lock" in text.splitlines()[1]


@pytest.mark.parametrize("name", LOCKS)
def test_no_package_is_pinned_twice_for_one_machine(name: str) -> None:
    by_name: dict[str, list[Pin]] = {}
    for pin in lock(name):
        by_name.setdefault(pin.name, []).append(pin)
    for version in ("3.11", "3.12", "3.13"):
        for platform in ("linux", "win32", "darwin"):
            machine = {key: str(value) for key, value in default_environment().items()} | {
                "python_version": version,
                "python_full_version": f"{version}.7",
                "sys_platform": platform,
                "platform_system": {"win32": "Windows", "darwin": "Darwin"}.get(platform, "Linux"),
                "os_name": "nt" if platform == "win32" else "posix",
            }
            for pins in by_name.values():
                fitting = [
                    pin
                    for pin in pins
                    if pin.requirement.marker is None or pin.requirement.marker.evaluate(machine)
                ]
                assert len(fitting) <= 1, [str(pin.requirement) for pin in fitting]


def test_jupyterlab_is_in_the_lab_only() -> None:
    names = {name: {pin.name for pin in lock(name)} for name in LOCKS}
    assert "jupyterlab" in names["requirements-lab.lock"]
    assert "jupyterlab" not in names["requirements.lock"]
    assert "pytest" not in names["requirements-lab.lock"]
    assert names["requirements-uv.lock"] == {"uv"}


def test_axe_comes_without_what_its_package_asks_for() -> None:
    assert [pin.name for pin in lock("requirements-axe.lock")] == ["axe-playwright-python"]
    assert not [name for name in LOCKS for pin in lock(name) if pin.name == "playwright"]


@pytest.mark.parametrize(
    ("first", "name"),
    [
        ("requirements.lock", "requirements-lab.lock"),
        ("requirements.lock", "requirements-docs.lock"),
        ("requirements-lab.lock", "requirements-docs.lock"),
        ("requirements.lock", "requirements-uv.lock"),
    ],
)
def test_pins_that_two_locks_share_are_equal(first: str, name: str) -> None:
    def versions(of: str) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for pin in lock(of):
            found.setdefault(pin.name, set()).add(pin.version)
        return found

    main, other = versions(first), versions(name)
    shared = main.keys() & other.keys()
    assert shared
    assert {key: other[key] for key in shared if not other[key] <= main[key]} == {}


def test_no_required_dependency_is_under_the_gpl() -> None:
    assert "pymupdf" not in {pin.name for pin in lock("requirements.lock")}


def test_conda_gives_the_command_and_the_lab_in_the_versions_of_the_locks() -> None:
    environment = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    python, pip, listed = environment["dependencies"]
    assert pip == "pip"
    assert listed == {"pip": ["--requirement requirements-conda.lock", "--editable ."]}
    version = re.fullmatch(r"python=(\d+\.\d+)", python)
    assert version
    assert PROJECT["project"]["requires-python"].startswith(f">={version[1]},")
    assert PROJECT["tool"]["mypy"]["python_version"] == version[1]
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert f"--python-version {version[1]}" in makefile
    assert "--require-hashes" in makefile


def test_the_lock_for_conda_is_the_lab_s_without_hashes() -> None:
    """A hash in it would make pip refuse what stands beside it, the package itself."""
    lines = (ROOT / "requirements-conda.lock").read_text(encoding="utf-8").splitlines()
    pins = [Requirement(line) for line in lines if not line.startswith("#")]
    locked = lock("requirements.lock") + lock("requirements-lab.lock")
    known = {(pin.name, str(pin.requirement.specifier)) for pin in locked}
    own = {(canonicalize_name(pin.name), str(pin.specifier)) for pin in pins}
    assert {name for name, _ in own - known} == {"rfc3987-syntax"}
    wanted = {*declared("dependencies"), *declared("lab")}
    assert wanted <= {name for name, _ in own}
    assert "pytest" not in {name for name, _ in own}

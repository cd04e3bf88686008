"""A PostgreSQL server of the tests' own, in a folder of its own, for as long as they run."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest


@dataclass(frozen=True)
class PostgresServer:
    """A running server: `owner` may do anything, `reader` may only read what it is granted."""

    folder: Path
    port: int
    owner: str = "postgresql://owner:m%40ster@"
    reader: str = "postgresql://reader:s%2Fcret@"

    def url(self, role: str = "owner", database: str = "cases") -> str:
        """Return the URL of a database, by TCP."""
        return f"{getattr(self, role)}127.0.0.1:{self.port}/{database}"

    def socket_url(self, role: str = "owner") -> str:
        """Return the same by the server's socket."""
        return f"{getattr(self, role)}/cases?host={self.folder}&port={self.port}"


def _programs() -> Path | None:
    found = [str(path) for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    on_path = shutil.which("initdb")
    return Path(max(found, default=on_path)).resolve().parent if found or on_path else None


def _as_plain_user(folder: Path) -> list[str]:
    """Return how a command is run by somebody who is not root, whom the server refuses."""
    if os.name == "nt" or os.getuid() != 0:
        return []
    shutil.chown(folder, "nobody")
    return ["setpriv", "--reuid=nobody", "--clear-groups", "--"]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


_ROLES = (
    "CREATE ROLE owner LOGIN SUPERUSER PASSWORD 'm@ster'",
    "CREATE ROLE reader LOGIN PASSWORD 's/cret'",
    "CREATE DATABASE cases OWNER owner",
    "REVOKE ALL ON DATABASE cases FROM PUBLIC",
    "GRANT CONNECT ON DATABASE cases TO reader",
)


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """Start a server from Debian's packages; without them the test is skipped."""
    programs = _programs()
    if programs is None:
        pytest.skip("PostgreSQL is not installed (Debian's package `postgresql`)")
    # Under /tmp itself: the path of a socket may have 107 bytes and no more.
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    server = PostgresServer(folder, _free_port())
    user = _as_plain_user(folder)

    def run(program: str, *words: str) -> None:
        command = [*user, str(programs / program), *words]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
        assert done.returncode == 0, (program, done.stdout, done.stderr)

    data = str(folder / "data")
    options = (
        f"-c port={server.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder}"
        " -c fsync=off -c password_encryption=scram-sha-256"
    )
    try:
        run("initdb", "-D", data, "-U", "postgres", "--no-locale", "-E", "UTF8", "--no-sync")
        (folder / "data" / "pg_hba.conf").write_text(
            "local all postgres trust\nlocal all all scram-sha-256\n"
            "host all all 127.0.0.1/32 scram-sha-256\n"
        )
        log = str(folder / "log")
        run("pg_ctl", "start", "-w", "-D", data, "-l", log, "-o", options)
        try:
            url = f"postgresql://postgres@/postgres?host={folder}&port={server.port}"
            with psycopg.connect(url, autocommit=True) as connection:
                for command in _ROLES:
                    connection.execute(command)
            yield server
        finally:
            run("pg_ctl", "stop", "-m", "immediate", "-D", data)
    finally:
        shutil.rmtree(folder)

"""Reading in a process of its own, where a library may abort it or ask for all memory there is."""

import pickle
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from subprocess import DEVNULL, PIPE, Popen
from typing import Any

from closurerate.errors import InputError

MOST_MEMORY = 6 << 30
"""Bytes that the process may ask for, where the system can bound them (not on Windows)."""

_SERVE = "from closurerate.intake.came.apart import serve; serve()"


def apart(path: Path, items: Callable[..., Iterator[Any]], *arguments: Any) -> Iterator[Any]:
    """Yield what a function of a module yields, called in a process of its own.

    Args:
        items: The function; it, its arguments and what it yields can be pickled.

    Raises:
        InputError: If the process ends early or asks for more than `MOST_MEMORY`; and what the
            function raises.
    """
    command = [sys.executable, "-P", "-c", _SERVE]
    with Popen(command, stdin=PIPE, stdout=PIPE, stderr=DEVNULL) as process:
        assert process.stdin
        assert process.stdout
        try:
            pickle.dump((MOST_MEMORY, items, arguments), process.stdin)
            process.stdin.close()
            while (told := pickle.load(process.stdout)) is not None:
                if isinstance(told, BaseException):
                    raise told
                yield told
        except (EOFError, MemoryError, OSError, pickle.UnpicklingError):
            raise InputError(
                f"{path}: its reader gave up, as it does when it needs over {MOST_MEMORY >> 30} GB "
                "of memory or the file is damaged; give the extract as CSV."
            ) from None
        finally:
            process.kill()


def serve() -> None:
    """Do what `apart` asks of this process."""
    most, items, arguments = pickle.load(sys.stdin.buffer)
    _bound_memory(most)
    try:
        for item in items(*arguments):
            _tell(item)
    except InputError as error:
        _tell(error)
    else:
        _tell(None)


def _tell(item: object) -> None:
    pickle.dump(item, sys.stdout.buffer, protocol=pickle.HIGHEST_PROTOCOL)
    sys.stdout.flush()


def _bound_memory(bound: int) -> None:
    if sys.platform != "win32":
        import resource  # no such module on Windows

        _, most = resource.getrlimit(resource.RLIMIT_DATA)
        bound = bound if most == resource.RLIM_INFINITY else min(bound, most)
        resource.setrlimit(resource.RLIMIT_DATA, (bound, most))

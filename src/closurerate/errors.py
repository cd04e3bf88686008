"""The one error that a user's input can cause, and what the machine itself can say no to."""

import errno
import os


class InputError(Exception):
    """Bad input: one sentence that says what is wrong, where, and what would be right.

    The command line prints the sentence on standard error and exits with status 2.
    """


def reason_of(error: Exception | str) -> str:
    """Return what an error says, on one line and without a full stop."""
    return " ".join(str(error).split()).rstrip(".")


_REFUSALS = ("ENOSPC", "EDQUOT", "EFBIG", "EIO", "EROFS", "EACCES", "EPERM", "ENAMETOOLONG")
_TEXTS = (
    "Out of Memory",
    "MemoryError",
    *(os.strerror(getattr(errno, name)) for name in _REFUSALS if hasattr(errno, name)),
)


def machine_said(error: BaseException) -> str | None:
    """Return in a line what the machine refused: room, a file, memory; None for any other error.

    The engine, and whatever else is not Python's own, gives it as a text only.
    """
    text = " ".join(str(error).split())
    if isinstance(error, OSError | MemoryError):
        return text or type(error).__name__
    if any(said in text for said in _TEXTS):
        return text
    return None if error.__cause__ is None else machine_said(error.__cause__)

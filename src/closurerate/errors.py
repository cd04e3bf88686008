"""The one error that a user's input can cause."""


class InputError(Exception):
    """Bad input: one sentence that says what is wrong, where, and what would be right.

    The command line prints the sentence on standard error and exits with status 2.
    """

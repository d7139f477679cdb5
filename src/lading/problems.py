"""What stops a run: one clear line for the user, exit code 2."""


class Problem(Exception):
    """The work cannot be done: wrong usage, a broken config, card or plugin. `str()` is the line to print."""

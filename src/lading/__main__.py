"""`python -m lading`."""

import os
import sys

if not sys.flags.safe_path and sys.path[0] == os.getcwd():
    # `-m` puts the working folder first: a linted repository with a `click.py` or a `yaml/` of its own must not be run.
    del sys.path[0]

from lading.cli.main import program

if __name__ == "__main__":
    program()

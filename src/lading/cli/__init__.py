"""The command line: arguments in, exit code out; the only part that prints."""

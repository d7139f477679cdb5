"""How `--help` is laid out: options in groups, examples and exit codes below them."""

from __future__ import annotations

import click

GROUPS = (
    ("What is checked", ("select", "ignore", "strict", "preview", "baseline", "since", "stdin_filename")),
    (
        "What is known beforehand",
        ("config", "policy", "root", "repositories", "owner", "repo", "default_token"),
    ),
    ("What is mended", ("fix", "unsafe_fixes", "diff")),
    ("What comes out", ("format", "output", "sarif_category", "fail_on", "color")),
    ("What is kept", ("no_cache",)),
)
"""Titles, and the options below each in this order; what no group names comes last."""

START = """\b
First minutes:
  lading check                       what is wrong here
  lading explain health/wait-without-healthcheck
                                     why it matters, and what to do
  lading init                        a configuration, a pre-commit hook, a workflow
  lading baseline                    set today's findings aside, so that only new ones count
  lading manifest                    what this repository publishes, and who runs it
"""

EXAMPLES = """\b
Examples:
  lading check                                    the whole repository
  lading check deploy/compose.yaml                what concerns one file
  lading check --since origin/main                what concerns this branch
  lading check --select publish                   the rules of one family
  lading check --baseline lading-baseline.json    only what is new
  lading check --output sarif=lading.sarif        a report for code scanning beside the text
  lading check --stdin-filename compose.yaml -    unsaved text, as editors have it

\b
Exit codes:
  0    nothing at or above --fail-on
  1    findings at or above --fail-on
  2    the check could not be done; one line on standard error says why
  130  interrupted
"""


class Command(click.Command):
    """A command whose options are shown in groups."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write every option once, each below the title of its group."""
        rows = {
            str(parameter.name): record
            for parameter in self.get_params(ctx)
            if isinstance(parameter, click.Option) and (record := parameter.get_help_record(ctx)) is not None
        }
        for title, names in GROUPS:
            shown = [rows.pop(name) for name in names if name in rows]
            if shown:
                with formatter.section(title):
                    formatter.write_dl(shown)
        if rows:
            with formatter.section("Other options"):
                formatter.write_dl(list(rows.values()))

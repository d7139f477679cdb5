"""What a shell offers while a command is typed: rule ids and families, files, folders."""

from __future__ import annotations

from click.shell_completion import CompletionItem

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    import click

    from lading.catalogue import Rule

SHELLS = ("bash", "zsh", "fish")
VARIABLE = "_LADING_COMPLETE"
"""Set by the scripts below, as click names it after the program."""


def script(shell: str) -> str:
    """What a shell has to read once, to complete commands, options and values."""
    from click.shell_completion import get_completion_class

    from lading.cli.app import app

    kind = get_completion_class(shell)
    if kind is None:
        raise ValueError(f"no completion for {shell}")
    return kind(app, {}, "lading", VARIABLE).source()


def rule_names(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Families first, and once one is there, the ids of its rules."""
    ids = _rules(context)
    families = dict.fromkeys(id.partition("/")[0] for id in ids)
    names = [*ids] if "/" in incomplete else [f"{family}/" for family in families]
    found = [name for name in names if name.startswith(incomplete)]
    if len(found) == 1 and found[0].endswith("/"):
        found = [id for id in ids if id.startswith(found[0])]
    return [CompletionItem(name) for name in found]


def rule_or_file(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """What `explain` takes: a rule where the beginning is one, else a file."""
    return rule_names(context, parameter, incomplete) or files(context, parameter, incomplete)


def files(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    return [CompletionItem(incomplete, type="file")]


def folders(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    return [CompletionItem(incomplete, type="dir")]


def _rules(context: click.Context) -> Mapping[str, Rule]:
    """The rules here; where they cannot be read, nobody wants to hear of it while typing."""
    from lading.problems import Problem
    from lading.session import Request, all_rules, rules_for

    try:
        return rules_for(Request(root=context.params.get("root")))
    except Problem:
        return all_rules()

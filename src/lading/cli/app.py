"""Every command and option, once: help, errors and the short way are made from these definitions."""

from __future__ import annotations

import os
from typing import Any

import click

from lading.cli import complete
from lading.cli.help import EXAMPLES, START, Command
from lading.config import DEFAULT_TOKENS
from lading.findings import LEVELS
from lading.reports import FORMATS
from lading.reports.manifest import FORMATS as BILL_FORMATS
from lading.version import __version__

CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


# Options that several commands have, alike in each.
PREVIEW = click.option("--preview", is_flag=True, help="Run rules in preview too.")
OWNER = click.option(
    "--owner", metavar="NAME", help="The owner of the repository, instead of what git or CI tells."
)
REPO = click.option("--repo", metavar="NAME", help="The name of the repository, likewise.")
DEFAULT_TOKEN = click.option(
    "--default-token",
    type=click.Choice(DEFAULT_TOKENS),
    help="What GITHUB_TOKEN may do where a workflow declares nothing.",
)
COLOR = click.option(
    "--color",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    show_default=True,
    help="Colours in the text format; NO_COLOR and FORCE_COLOR count for auto.",
)
CONFIG_FILE = click.option(
    "--config", metavar="FILE", help="The configuration, instead of the repository's own."
)
POLICY = click.option(
    "--policy",
    metavar="FILE",
    help="A policy in the form of lading.yaml; nothing in the repository loosens what it states.",
)
ROOT = click.option(
    "--root", metavar="DIR", help="The repository, instead of the git work tree around the working folder."
)


def run_app(arguments: list[str]) -> int:
    """Parse with click and run; returns the exit code. Usage errors are printed and give 2."""
    try:
        code = app.main(arguments, prog_name="lading", standalone_mode=False)
    except SystemExit as error:
        if complete.VARIABLE in os.environ:
            return int(error.code or 0)
        # click ends like this, with 1, when the reader of the output has gone.
        raise BrokenPipeError from error
    except click.exceptions.Abort as error:
        raise KeyboardInterrupt from error
    except click.ClickException as error:
        error.show()
        return 2
    return code if isinstance(code, int) else 0


@click.group(context_settings=CONTEXT, epilog=START)
@click.version_option(__version__, message="lading %(version)s")
def app() -> None:
    """Checks what a repository ships: the images its workflows publish, the permissions they publish with,
    and the Compose projects that run those images and wait for each other.

    Nothing is run and nothing is fetched. Start with `lading check` in any repository.
    """


@app.command(cls=Command, epilog=EXAMPLES, short_help="Check the repository.")
@click.argument("paths", nargs=-1, metavar="[PATHS]...", shell_complete=complete.files)
@click.option(
    "--format",
    type=click.Choice(list(FORMATS)),
    default="text",
    show_default=True,
    help="How findings are written to standard output.",
)
@click.option(
    "--output",
    multiple=True,
    metavar="FORMAT=FILE",
    help="Write a report to a file as well; may be repeated. github=- puts annotations into the log.",
)
@click.option(
    "--sarif-category",
    metavar="NAME",
    default="lading",
    show_default=True,
    help="Tells the SARIF reports of several runs over one repository apart.",
)
@click.option(
    "--fail-on",
    type=click.Choice(list(reversed(LEVELS))),
    default="error",
    show_default=True,
    help="The mildest level that makes the exit code 1.",
)
@click.option(
    "--config",
    metavar="FILE",
    shell_complete=complete.files,
    help="The configuration, instead of lading.yaml, .lading.yaml or .github/lading.yaml.",
)
@click.option(
    "--policy",
    metavar="FILE",
    shell_complete=complete.files,
    help="A policy in the form of lading.yaml; nothing in the repository loosens what it states.",
)
@click.option(
    "--root",
    metavar="DIR",
    shell_complete=complete.folders,
    help="The repository, instead of the git work tree around PATHS.",
)
@click.option(
    "--select",
    multiple=True,
    metavar="GLOB",
    shell_complete=complete.rule_names,
    help="Only these rules: an id, a family, or a glob; may be repeated.",
)
@click.option(
    "--ignore",
    multiple=True,
    metavar="GLOB",
    shell_complete=complete.rule_names,
    help="Not these rules; may be repeated.",
)
@click.option("--strict", is_flag=True, help="Show, as notes, what cannot be decided from the files.")
@PREVIEW
@click.option(
    "--baseline",
    metavar="FILE",
    shell_complete=complete.files,
    help="Leave out what this file of `lading baseline` holds.",
)
@click.option(
    "--since",
    metavar="REV",
    help="Show what concerns the files changed since a git revision, or since the branch left it, and what is new "
    "elsewhere.",
)
@click.option("--stdin-filename", metavar="FILE", help="Where the text given with the path `-` belongs.")
@click.option(
    "--fix", is_flag=True, help="Mend what can be mended without a change of meaning, and report the rest."
)
@click.option(
    "--unsafe-fixes", is_flag=True, help="With --fix or --diff: mend what somebody should look at, too."
)
@click.option(
    "--diff",
    is_flag=True,
    help="Write nothing, show what --fix would change as a unified diff; the exit code is 1 where there is one.",
)
@OWNER
@REPO
@DEFAULT_TOKEN
@COLOR
@click.option(
    "--repositories",
    metavar="DIR",
    help="Check every repository below DIR, each with its own configuration; "
    "`{name}` in the FILE of --output gives each its own report.",
)
@click.option(
    "--no-cache", is_flag=True, help="Neither use nor keep what a run over the same files has found."
)
def check(**options: Any) -> int:
    """Check the repository around PATHS (default: the working folder).

    The whole repository is read, since its files depend on each other; findings are shown where they concern PATHS.
    """
    from lading.cli.check import run_check

    return run_check(**options)


@app.command(short_help="List every rule, or test cards of your own.")
@click.option(
    "--format",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="How the list is written.",
)
@click.option("--root", metavar="DIR", help="The repository whose own cards count too.")
@click.option(
    "--test",
    metavar="FOLDER",
    help="Run the examples on the cards in a folder and report each that does not hold.",
)
def rules(format: str, root: str | None, test: str | None) -> int:
    """List every rule, those of plugins and of the repository among them: level, id and what it finds.

    With --test nothing is listed; the exit code is 1 where an example on a card does not hold.
    """
    if test is not None:
        from lading.cli.cards import run_test

        return run_test(test, format)
    from lading.cli.texts import rule_text
    from lading.session import Request, rules_for

    texts = [(rule, rule_text(rule)) for rule in rules_for(Request(root=root)).values()]
    if format == "json":
        import json

        rows = [
            {
                "id": rule.id,
                "level": rule.level,
                "scope": rule.scope,
                "status": rule.status,
                "since": rule.since,
                "replacedBy": rule.replaced_by,
                "renamedFrom": list(rule.former),
                "title": text.title,
                "provider": rule.provider,
            }
            for rule, text in texts
        ]
        click.echo(json.dumps({"version": 1, "rules": rows}, ensure_ascii=False, indent=2))
        return 0
    width = max(len(rule.id) for rule, _ in texts)
    for rule, text in texts:
        state = "" if rule.status == "stable" else f" ({rule.status})"
        click.echo(f"{rule.level:7}  {rule.id:{width}}  {text.title}{state}")
    return 0


@app.command(short_help="Show what is known, and where it comes from.")
@click.argument("what", nargs=-1, required=True, metavar="WHAT...", shell_complete=complete.rule_or_file)
@click.option(
    "--format",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="How it is written.",
)
@CONFIG_FILE
@POLICY
@click.option("--root", metavar="DIR", help="The repository, instead of the git work tree around WHAT.")
@OWNER
@REPO
@DEFAULT_TOKEN
@COLOR
def explain(**options: Any) -> int:
    """Show what is known of WHAT, and where it comes from.

    \b
    RULE                 the page of a rule: what it finds, why it matters, what to do
    FILE                 a workflow with its jobs, or a Compose file with its project
    FILE:JOB             what starts a job, what its token may do and why, what it pushes
    FILE:SERVICE         a service as Compose merges it, each value with its origin
    "text of an error"   its causes, and which of them this repository has
    """
    from lading.cli.explain import run_explain

    return run_explain(**options)


@app.group(short_help="What is kept between runs.")
def cache() -> None:
    """What runs of `check` have said is kept in the user's cache folder, so that the next run over the same files
    need not find it again. LADING_CACHE_DIR names another folder; LADING_NO_CACHE=1 and --no-cache keep nothing."""


@cache.command("show", short_help="Show where it is, and how large.")
def show_kept() -> int:
    """Show the folder, the number of runs that are kept, and their size."""
    from lading.cli.kept import run_show

    return run_show()


@cache.command("clear", short_help="Remove everything that is kept.")
def clear_kept() -> int:
    """Remove everything that is kept; the next run finds it again."""
    from lading.cli.kept import run_clear

    return run_clear()


@app.command(short_help="Set today's findings aside.")
@click.option(
    "--output",
    metavar="FILE",
    help="The file, instead of `baseline` of the configuration or lading-baseline.json.",
)
@click.option("--update", is_flag=True, help="Drop what is gone from a file that exists; add nothing.")
@click.option("--force", is_flag=True, help="Write a file that exists anew.")
@CONFIG_FILE
@ROOT
@click.option("--strict", is_flag=True, help="Set aside, too, what cannot be decided from the files.")
@PREVIEW
@OWNER
@REPO
@DEFAULT_TOKEN
def baseline(**options: Any) -> int:
    """Set today's findings aside in a file, so that `lading check --baseline FILE` tells only what is new.

    They are known again by rule, file, place in the structure and text of the line, not by line number. With --update
    the file only ever gets smaller.
    """
    from lading.cli.baseline import run_baseline

    return run_baseline(**options)


@app.command(short_help="Show what is published, and who runs it.")
@click.argument("path", required=False)
@click.option(
    "--format",
    type=click.Choice(list(BILL_FORMATS)),
    default="text",
    show_default=True,
    help="How the bill is written.",
)
@CONFIG_FILE
@POLICY
@click.option("--root", metavar="DIR", help="The repository, instead of the git work tree around PATH.")
@OWNER
@REPO
@DEFAULT_TOKEN
@COLOR
def manifest(
    path: str | None,
    format: str,
    config: str | None,
    policy: str | None,
    root: str | None,
    owner: str | None,
    repo: str | None,
    default_token: str | None,
    color: str,
) -> None:
    """Show the bill of lading: what is published by which job with which token, and which services consume it.

    text is for the terminal, json for programs; mermaid, dot and html draw the way from events over jobs and images
    to services. html is one page that needs no network and shows the findings of `lading check` as well.
    """
    from lading.cli.bill import run_manifest
    from lading.session import Request

    run_manifest(
        Request(
            (path,) if path is not None else (),
            root=root,
            owner=owner,
            repo=repo,
            config_path=config,
            policy_path=policy,
            default_token=default_token,
        ),
        format,
        color,
    )


@app.group(short_help="Show which settings count, and their schema.")
def config() -> None:
    """Show the configuration of a repository, or what a configuration may say."""


@config.command()
@click.option(
    "--format",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="How the settings are written.",
)
@CONFIG_FILE
@ROOT
@OWNER
@REPO
@DEFAULT_TOKEN
def show(**options: Any) -> int:
    """Show every setting, its value, and where it came from: an option, the environment, git, a file and line, or
    nowhere (its default)."""
    from lading.cli.config import run_show

    return run_show(**options)


@config.command()
def schema() -> int:
    """Print the JSON Schema of lading.yaml, for editors and other tools."""
    from lading.cli.config import run_schema

    return run_schema()


@app.command(short_help="Write a configuration, a hook, a workflow.")
@click.option(
    "--only",
    type=click.Choice(["config", "pre-commit", "workflow"]),
    multiple=True,
    help="Only this part; may be repeated.",
)
@click.option(
    "--package",
    metavar="SPEC",
    help="How others install lading (a requirement as pip takes it), instead of what this one was installed from.",
)
@click.option(
    "--force", is_flag=True, help="Write the configuration and the workflow anew where they are there."
)
@click.option("--dry-run", is_flag=True, help="Show as a diff what would be written.")
@ROOT
@OWNER
@REPO
def init(**options: Any) -> int:
    """Set lading up in a repository: a commented lading.yaml, a pre-commit hook, a workflow.

    Nothing is asked and nothing that is there is overwritten; the hook is added to a .pre-commit-config.yaml without
    a change to the rest of it.
    """
    from lading.cli.init import run_init

    return run_init(**options)


@app.command(short_help="Print the script for shell completion.")
@click.argument("shell", type=click.Choice(complete.SHELLS))
def completion(shell: str) -> None:
    """Print the script that makes a shell complete commands, options and rule ids.

    \b
    bash   eval "$(lading completion bash)"     in ~/.bashrc
    zsh    eval "$(lading completion zsh)"      in ~/.zshrc, behind compinit
    fish   lading completion fish > ~/.config/fish/completions/lading.fish
    """
    click.echo(complete.script(shell))

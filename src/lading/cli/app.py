"""Every command and option, once: help, errors and the short way are made from these definitions."""

from __future__ import annotations

from typing import Any

import click

from lading.config import DEFAULT_TOKENS
from lading.findings import LEVELS
from lading.reports import FORMATS
from lading.reports.manifest import FORMATS as BILL_FORMATS
from lading.version import __version__

CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


def run_app(arguments: list[str]) -> int:
    """Parse with click and run; returns the exit code. Usage errors are printed and give 2."""
    try:
        code = app.main(arguments, prog_name="lading", standalone_mode=False)
    except SystemExit as error:
        # click ends like this, with 1, when the reader of the output has gone.
        raise BrokenPipeError from error
    except click.exceptions.Abort as error:
        raise KeyboardInterrupt from error
    except click.ClickException as error:
        error.show()
        return 2
    return code if isinstance(code, int) else 0


@click.group(context_settings=CONTEXT)
@click.version_option(__version__, message="lading %(version)s")
def app() -> None:
    """Checks what a repository ships: the images its workflows publish, the permissions they publish with,
    and the Compose projects that run those images and wait for each other.

    Nothing is run and nothing is fetched. Start with `lading check` in any repository.
    """


@app.command()
@click.argument("paths", nargs=-1, metavar="[PATHS]...")
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
    help="Write a report to a file as well; may be repeated.",
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
    help="The configuration, instead of lading.yaml, .lading.yaml or .github/lading.yaml.",
)
@click.option("--root", metavar="DIR", help="The repository, instead of the git work tree around PATHS.")
@click.option(
    "--select",
    multiple=True,
    metavar="GLOB",
    help="Only these rules: an id, a family, or a glob; may be repeated.",
)
@click.option("--ignore", multiple=True, metavar="GLOB", help="Not these rules; may be repeated.")
@click.option("--strict", is_flag=True, help="Show, as notes, what cannot be decided from the files.")
@click.option("--stdin-filename", metavar="FILE", help="Where the text given with the path `-` belongs.")
@click.option("--owner", metavar="NAME", help="The owner of the repository, instead of what git or CI tells.")
@click.option("--repo", metavar="NAME", help="The name of the repository, likewise.")
@click.option(
    "--default-token",
    type=click.Choice(DEFAULT_TOKENS),
    help="What GITHUB_TOKEN may do where a workflow declares nothing.",
)
@click.option(
    "--color",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    show_default=True,
    help="Colours in the text format; NO_COLOR and FORCE_COLOR count for auto.",
)
@click.option(
    "--repositories",
    metavar="DIR",
    help="Check every repository below DIR, each with its own configuration; "
    "`{name}` in the FILE of --output gives each its own report.",
)
def check(**options: Any) -> int:
    """Check the repository around PATHS (default: the working folder).

    The whole repository is read, since its files depend on each other; findings are shown where they concern PATHS.
    The exit code is 0 without findings at or above --fail-on, 1 with such findings, 2 when the check could not be
    done, 130 when interrupted.
    """
    from lading.cli.check import run_check

    return run_check(**options)


@app.command()
@click.option(
    "--format",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="How the list is written.",
)
@click.option("--root", metavar="DIR", help="The repository whose own cards count too.")
def rules(format: str, root: str | None) -> None:
    """List every rule, those of plugins and of the repository among them: level, id and what it finds."""
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
                "title": text.title,
                "provider": rule.provider,
            }
            for rule, text in texts
        ]
        click.echo(json.dumps({"version": 1, "rules": rows}, ensure_ascii=False, indent=2))
        return
    width = max(len(rule.id) for rule, _ in texts)
    for rule, text in texts:
        click.echo(f"{rule.level:7}  {rule.id:{width}}  {text.title}")


@app.command()
@click.argument("what", nargs=-1, required=True, metavar="WHAT...")
@click.option(
    "--format",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="How it is written.",
)
@click.option("--config", metavar="FILE", help="The configuration, instead of the repository's own.")
@click.option("--root", metavar="DIR", help="The repository, instead of the git work tree around WHAT.")
@click.option("--owner", metavar="NAME", help="The owner of the repository, instead of what git or CI tells.")
@click.option("--repo", metavar="NAME", help="The name of the repository, likewise.")
@click.option(
    "--default-token",
    type=click.Choice(DEFAULT_TOKENS),
    help="What GITHUB_TOKEN may do where a workflow declares nothing.",
)
@click.option(
    "--color",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    show_default=True,
    help="Colours in the text format; NO_COLOR and FORCE_COLOR count for auto.",
)
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


@app.command()
@click.argument("path", required=False)
@click.option(
    "--format",
    type=click.Choice(list(BILL_FORMATS)),
    default="text",
    show_default=True,
    help="How the bill is written.",
)
@click.option("--config", metavar="FILE", help="The configuration, instead of the repository's own.")
@click.option("--root", metavar="DIR", help="The repository, instead of the git work tree around PATH.")
@click.option("--owner", metavar="NAME", help="The owner of the repository, instead of what git or CI tells.")
@click.option("--repo", metavar="NAME", help="The name of the repository, likewise.")
@click.option(
    "--color",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    show_default=True,
    help="Colours in the text format; NO_COLOR and FORCE_COLOR count for auto.",
)
def manifest(
    path: str | None,
    format: str,
    config: str | None,
    root: str | None,
    owner: str | None,
    repo: str | None,
    color: str,
) -> None:
    """Show the bill of lading: what is published by which job with which token, and which services consume it.

    text is for the terminal, json for programs; mermaid, dot and html draw the way from events over jobs and images
    to services. html is one page that needs no network and shows the findings of `lading check` as well.
    """
    from lading.cli.bill import run_manifest
    from lading.session import Request

    run_manifest(
        Request((path,) if path is not None else (), root=root, owner=owner, repo=repo, config_path=config),
        format,
        color,
    )

"""Which Compose files a repository says are used together: its scripts, workflows, dev containers and readmes.

A statement is a command such as `docker compose -f a.yml -f b.yml up`, or a `COMPOSE_FILE`, whose files are all known
and there. Nothing is guessed: a command with an unknown file is no statement. The options are those of
docs.docker.com "docker compose", the variables those of "Set or change pre-defined environment variables".
"""

from __future__ import annotations

import posixpath

from lading import regex as re
from lading.discover import COMPOSE, kind_of
from lading.models.compose.glance import may_state
from lading.models.compose.load import inside
from lading.models.compose.recipes import (
    UNKNOWN,
    of_justfile,
    of_makefile,
    of_package,
    told_in_comments,
    told_in_readme,
)
from lading.models.compose.statement import Statement, split_paths
from lading.models.template import Hole, Template
from lading.tree import Mapping, Scalar, Sequence, resolve, text_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from collections.abc import Mapping as Lookup
    from collections.abc import Sequence as Series

    from lading.discover import Inventory
    from lading.models.shell import Effects, Ran, Scripts, Word
    from lading.models.workflow import Step
    from lading.texts import Texts
    from lading.tree import Node

MAX_FILES = 300
"""Files of one repository that are looked through."""
MAX_STATEMENTS = 60
_MAX_DEPTH = 3
"""Scripts within scripts: `ssh host "…"`."""
_MAX_FOLDERS = 12

_ROOT = "/\ue010"
"""What stands for the root of the repository in a path that a script works out from where it lies itself."""
_OWN_NAME = r"""\$\(\s*dirname\s+(?:--\s+)?"?\$(?:0|\{0\}|\{?BASH_SOURCE(?:\[0\])?\}?)"?\s*\)"""
_OWN_FOLDER = re.compile(
    rf"""\$\(\s*cd\s+(?:-P\s+|--\s+)*"?{_OWN_NAME}"?(/[^\s"&;)]*)?"?\s*"""
    rf"""(?:&?>\s*/dev/null\s*(?:2>&1\s*)?)?(?:&&|;)\s*pwd(?:\s+-P)?\s*\)|{_OWN_NAME}|\$\{{(?:0|BASH_SOURCE)%/\*\}}"""
)


def stated(inventory: Inventory, texts: Texts, is_left_out: Callable[[str], bool]) -> tuple[Statement, ...]:
    """What a repository states, each set of files once. `is_left_out` tells of files that are not looked at."""
    search = _Search(inventory, texts, is_left_out)
    found: dict[object, Statement] = {}
    for statement in search.all():
        key = (statement.files, statement.folder, statement.env_files)
        other = found.get(key)
        if other is None and len(found) == MAX_STATEMENTS:
            break
        found[key] = statement if other is None else _both(other, statement)
    return tuple(found.values())


def _both(one: Statement, other: Statement) -> Statement:
    """The same files, stated twice."""
    first = one if one.runs or not other.runs else other
    return Statement(
        one.files,
        origin=first.origin,
        folder=one.folder,
        env_files=one.env_files,
        profiles=tuple(dict.fromkeys(one.profiles + other.profiles)),
        name=one.name or other.name,
        runs=one.runs or other.runs,
    )


class _Search:
    """Goes through the files that may state something, those by which a project is run before those that tell."""

    def __init__(self, inventory: Inventory, texts: Texts, is_left_out: Callable[[str], bool]) -> None:
        self._inventory = inventory
        self._texts = texts
        self._is_left_out = is_left_out
        self._compose = frozenset(inventory.every_compose)
        self._scripts: Scripts | None = None

    def all(self) -> Iterator[Statement]:
        left = MAX_FILES
        scripts = self._inventory.scripts
        readmes = [path for path in scripts if path.lower().endswith(".md")]
        others = [path for path in scripts if not path.lower().endswith(".md")]
        for path in (
            *self._inventory.every_workflow,
            *self._inventory.actions,
            *others,
            *readmes,
            *self._inventory.every_compose,
        ):
            if left == 0:
                return
            left -= 1
            source = self._texts.source(path) if self._texts.ask(path, may_state) else None
            if source is not None:
                yield from self._in_file(path, source.text)

    def _in_file(self, path: str, text: str) -> Iterator[Statement]:
        name = posixpath.basename(path).lower()
        folder = posixpath.dirname(path)
        if path in self._compose:
            yield from self._in_lines(path, told_in_comments(text), (folder, ""))
        elif path.startswith(".github/workflows/"):
            yield from self._in_workflow(path)
        elif name in ("action.yml", "action.yaml"):
            yield from self._in_action(path)
        elif name.endswith("devcontainer.json"):
            yield from self._in_dev_container(path, text)
        elif name == "package.json":
            yield from self._in_lines(path, of_package(text), (folder,))
        elif name.endswith((".yml", ".yaml")):
            yield from self._in_task_file(path)
        elif name.endswith(".md"):
            yield from self._in_lines(path, told_in_readme(text), (folder, ""))
        elif name.endswith(".sh"):
            text = _OWN_FOLDER.sub(lambda match: f"{_ROOT}/{folder}{match[1] or ''}", text)
            above = posixpath.dirname(folder)
            yield from self._in_script(path, text, tuple(dict.fromkeys(("", folder, above))))
        elif name.endswith("justfile"):
            yield from self._in_lines(path, of_justfile(text), (folder,))
        else:
            lines, exported = of_makefile(text)
            variables = {name: Template.of(value) for name, value in exported.items()}
            yield from self._in_lines(path, lines, (folder,), variables)

    # --- where commands stand ---

    def _in_workflow(self, path: str) -> Iterator[Statement]:
        from lading.models.workflow import load_workflow

        workflow = load_workflow(self._texts.tree(path))
        for job in workflow.jobs.values() if workflow is not None else ():
            assert workflow is not None
            defaults = job.defaults or workflow.defaults
            folder = text_of(defaults.get("working-directory")) if defaults is not None else None
            env = _values(workflow.env) | _values(job.env)
            yield from self._in_steps(path, job.steps, folder or "", env)

    def _in_action(self, path: str) -> Iterator[Statement]:
        from lading.models.workflow import load_action

        action = load_action(self._texts.tree(path))
        if action is not None:
            yield from self._in_steps(path, action.steps, "", {})

    def _in_steps(
        self, path: str, steps: Iterable[Step], folder: str, variables: dict[str, Template]
    ) -> Iterator[Statement]:
        for step in steps:
            named = step.working_directory
            start = inside("", named.text if named is not None else folder)
            if start is None or "${{" in start:
                start = ""
            env = variables | _values(step.env)
            script = step.run
            if script is None and "script" in step.inputs and "ssh" in (step.action or ""):
                node = step.inputs["script"]
                script = node if isinstance(node, Scalar) else None
            if script is not None and ("ompose" in script.text or "OMPOSE" in script.text):
                yield from self._in_script(path, script.text, (start,), env)
                variables.update(self._given_on(script.text, env))
            else:
                yield from self._named(path, env, (start,))

    def _given_on(self, script: str, variables: Lookup[str, Template]) -> dict[str, Template]:
        """What a script hands to later steps through `$GITHUB_ENV`."""
        if "GITHUB_ENV" not in script:
            return {}
        return {
            name: value
            for name, value in self._followed(script, variables).environment.items()
            if value.literal is not None
        }

    def _in_dev_container(self, path: str, text: str) -> Iterator[Statement]:
        """`dockerComposeFile`: a path or several, relative to the file's folder (containers.dev/implementors)."""
        match = re.search(r'"dockerComposeFile"\s*:\s*(\[[^\]]*\]|"[^"\n]*")', text)
        if match is not None:
            named = re.findall(r'"([^"\n]*)"', re.sub(r"(?m)(?:^|[\s,])//.*$", "", match[1]))
            files = self._found(named, posixpath.dirname(path))
            if files:
                yield Statement(files, origin=path)

    def _in_task_file(self, path: str) -> Iterator[Statement]:
        """taskfile.dev: `tasks.*.cmds`, run in `dir`."""
        root = self._texts.tree(path).root
        tasks = root.get("tasks") if isinstance(root, Mapping) else None
        variables = _texts_in(root.get("vars")) if isinstance(root, Mapping) else {}
        for entry in tasks if isinstance(tasks, Mapping) else ():
            task = resolve(entry.value)
            own = variables
            folder: str | None = posixpath.dirname(path)
            commands: Node | None = task
            if isinstance(task, Mapping):
                own = variables | _texts_in(task.get("vars"))
                named = text_of(task.get("dir"))
                folder = inside(posixpath.dirname(path), _filled(named, own)) if named is not None else folder
                commands = task.get("cmds") or task.get("cmd")
            if folder is not None:
                lines = [_filled(line, own) for line in _commands_in(commands)]
                yield from self._in_lines(path, lines, (folder,))

    def _in_lines(
        self,
        path: str,
        lines: Iterable[str],
        folders: tuple[str, ...],
        variables: Lookup[str, Template] | None = None,
    ) -> Iterator[Statement]:
        """Commands that are each run in a shell of its own."""
        for line in lines:
            if "ompose" in line and (variables or may_state(line)):
                yield from self._in_script(path, line, folders, variables or {})

    # --- commands ---

    def _followed(self, script: str, variables: Lookup[str, Template]) -> Effects:
        from lading.models.shell import Scripts, masked

        if self._scripts is None:
            self._scripts = Scripts()
        pieces = [
            (match.start(), match.end(), Template((Hole(match[0], "it is an expression"),)))
            for match in re.finditer(r"\$\{\{.*?\}\}", script)
        ]
        return self._scripts.follow(*masked(script, pieces), variables)

    def _in_script(
        self,
        path: str,
        script: str,
        folders: tuple[str, ...],
        variables: Lookup[str, Template] | None = None,
        depth: int = 0,
    ) -> Iterator[Statement]:
        """`folders` are those in which the script may be started; the latest `cd` is tried before them."""
        tried = list(folders)
        given = dict(variables or {})
        for ran in self._followed(script, given).commands:
            known = given | dict(ran.variables)
            program = ran.words[0].literal
            if program in ("cd", "pushd"):
                tried = _after(tried, ran.words[1:], folders)
            elif (words := compose_arguments(ran.words)) is not None:
                yield from self._stated_by(path, words, known, tried)
            elif depth < _MAX_DEPTH and posixpath.basename(program or "") in ("bash", "sh", "ssh", "sudo"):
                for inner in _scripts_in(ran):
                    yield from self._in_script(path, inner, tuple(tried), known, depth + 1)

    def _stated_by(
        self, path: str, words: Series[Word], variables: Lookup[str, Template], folders: Series[str]
    ) -> Iterator[Statement]:
        options = _Options()
        if not options.read(words):
            return
        if not options.files:
            yield from self._named(path, variables, folders, options)
            return
        for folder in folders:
            files = self._found(options.files, folder)
            if files:
                yield from self._made(path, files, folder, options, variables)
                return

    def _named(
        self,
        path: str,
        variables: Lookup[str, Template],
        folders: Series[str],
        options: _Options | None = None,
    ) -> Iterator[Statement]:
        """What `COMPOSE_FILE` names."""
        value = variables.get("COMPOSE_FILE")
        if value is None or not value.literal:
            return
        separator = variables.get("COMPOSE_PATH_SEPARATOR")
        named = split_paths(value.literal, separator.literal if separator is not None else None)
        for folder in folders:
            files = self._found(named, folder)
            if files:
                yield from self._made(path, files, folder, options or _Options(), variables)
                return

    def _made(
        self,
        path: str,
        files: tuple[str, ...],
        folder: str,
        options: _Options,
        variables: Lookup[str, Template],
    ) -> Iterator[Statement]:
        directory = None
        if options.directory is not None:
            directory = _inside(folder, options.directory)
            if directory is None:
                return
        env_files = options.env_files
        given = variables.get("COMPOSE_ENV_FILES")
        if env_files is None and given is not None:
            env_files = given.literal.split(",") if given.literal is not None else []
        profiles = options.profiles
        active = variables.get("COMPOSE_PROFILES")
        if not profiles and active is not None and active.literal:
            profiles = active.literal.split(",")
        yield Statement(
            files,
            origin=path,
            folder=directory,
            env_files=None if env_files is None else self._there(env_files, folder),
            profiles=tuple(profiles),
            name=options.name,
            runs=options.starts_all,
        )

    def _found(self, named: Iterable[str], folder: str) -> tuple[str, ...]:
        """The files, where all of them are there and are looked at; else none."""
        found = []
        for name in named:
            path = _inside(folder, name)
            if path is None or not path.lower().endswith((".yml", ".yaml")):
                return ()
            if path not in self._compose and (kind_of(path) == COMPOSE or not self._texts.exists(path)):
                return ()
            if self._is_left_out(path):
                return ()
            found.append(path)
        return tuple(dict.fromkeys(found))

    def _there(self, named: Iterable[str], folder: str) -> tuple[str, ...]:
        paths = (_inside(folder, name) for name in named)
        return tuple(path for path in paths if path is not None and self._texts.exists(path))


class _Options:
    """What stands between `docker compose` and its command."""

    __slots__ = ("directory", "env_files", "files", "name", "profiles", "starts_all")

    def __init__(self) -> None:
        self.files: list[str] = []
        self.directory: str | None = None
        self.env_files: list[str] | None = None
        self.profiles: list[str] = []
        self.name: str | None = None
        self.starts_all = True

    def read(self, words: Series[Word]) -> bool:
        """False where it is not known which files and profiles are meant."""
        rest = list(words)
        while rest:
            word = rest.pop(0).literal
            if word is None:
                return not rest  # `"$@"` at the end is a command; elsewhere it may hold options
            if not word.startswith("-"):
                self.starts_all = _starts_all(word, rest)
                return True
            is_long = word.startswith("--")
            name, equals, value = word.partition("=") if is_long else (word[:2], word[2:], word[2:])
            if name not in _WITH_VALUE:
                continue
            given = value.removeprefix("=") if equals else (rest.pop(0).literal if rest else None)
            if not self._take(name, given):
                return False
        return True

    def _take(self, name: str, value: str | None) -> bool:
        if name in ("-f", "--file"):
            self.files.append(value or "")
        elif name in ("--project-directory", "--workdir"):
            self.directory = value
        elif name == "--env-file":
            self.env_files = [*(self.env_files or ()), *([value] if value is not None else ())]
        elif name == "--profile":
            self.profiles.append(value or "")
        elif name in ("-p", "--project-name"):
            self.name = value
        return value is not None or name not in _MUST_BE_KNOWN


_MUST_BE_KNOWN = ("-f", "--file", "--project-directory", "--workdir", "--profile")
_WITH_VALUE = (
    *_MUST_BE_KNOWN,
    *(
        "--env-file",
        "-p",
        "--project-name",
        "--ansi",
        "--parallel",
        "--progress",
        "-H",
        "--host",
        "-c",
        "--context",
    ),
)
_STARTING = ("up", "create", "start", "restart", "watch")
_OF_UP = (
    "--scale",
    "-t",
    "--timeout",
    "--wait-timeout",
    "--exit-code-from",
    "--attach",
    "--no-attach",
    "--pull",
)
"""Options of these commands that are followed by a value."""
_ENGINES = ("docker", "podman", "nerdctl", "docker.exe")


def _starts_all(command: str, words: Series[Word]) -> bool:
    """Does a command start every service, not only those that it names, nor what they need?"""
    if command not in _STARTING:
        return False
    previous = ""
    for word in words:
        if word.literal is None or (not word.literal.startswith("-") and previous not in _OF_UP):
            return False
        previous = word.literal
    return "--no-deps" not in (word.literal for word in words)


def _inside(folder: str, name: str) -> str | None:
    """As `inside`, for a path of a script too."""
    return inside("", name[len(_ROOT) :].lstrip("/")) if name.startswith(_ROOT) else inside(folder, name)


def compose_arguments(words: Series[Word]) -> Series[Word] | None:
    """What follows `docker compose`, `docker-compose` or the like in a command; None in any other command."""
    engine: int | None = None
    for index, word in enumerate(words):
        name = posixpath.basename(word.literal or "")
        if name in ("docker-compose", "podman-compose"):
            return words[index + 1 :]
        if name in _ENGINES:
            engine = index
        elif name == "compose" and engine is not None:
            between = words[engine + 1 : index]
            return words[index + 1 :] if all(_is_option(between, at) for at in range(len(between))) else None
    return None


def _is_option(words: Series[Word], at: int) -> bool:
    """Is a word an option, or the value of one?"""
    return any((words[i].literal or "").startswith("-") for i in (at, at - 1) if i >= 0)


def _after(folders: list[str], to: Series[Word], start: tuple[str, ...]) -> list[str]:
    """Where a script may be after `cd`. One in a subshell ends with it, so the folders before stay possible."""
    name = to[0].literal if to else None
    if name is None or (name.startswith(("/", "~", "-")) and not name.startswith(_ROOT)):
        return list(dict.fromkeys((*start, *folders)))
    there = [path for folder in folders if (path := _inside(folder, name)) is not None]
    return list(dict.fromkeys((*there, *folders)))[:_MAX_FOLDERS]


def _scripts_in(ran: Ran) -> Iterator[str]:
    """Scripts that a command hands to another shell: `ssh host "…"`, `bash -c "…"`, `ssh host <<END`."""
    texts = [word.literal for word in ran.words[1:]]
    if ran.standard_input is not None:
        texts.append(ran.standard_input.literal)
    for text in texts:
        if text is not None and "ompose" in text and " " in text:
            yield text


def _values(scalars: Lookup[str, Scalar]) -> dict[str, Template]:
    """The variables of an `env:` whose values are plain text."""
    return {name: Template.of(each.text) for name, each in scalars.items() if "${{" not in each.text}


def _texts_in(node: Node | None) -> dict[str, str]:
    node = resolve(node) if node is not None else None
    entries = node if isinstance(node, Mapping) else ()
    texts = {entry.name or "": text_of(entry.value) for entry in entries}
    return {name: text for name, text in texts.items() if text is not None}


def _filled(text: str, variables: Lookup[str, str]) -> str:
    """A line of a Taskfile with its `{{.NAME}}`."""
    return re.sub(r"\{\{-?\s*\.?([\w.]*)[^}]*\}\}", lambda match: variables.get(match[1], UNKNOWN), text)


def _commands_in(node: Node | None) -> Iterator[str]:
    """The commands of a task: a text, a mapping with `cmd`, or a list of such."""
    waiting = [node]
    while waiting:
        each = waiting.pop(0)
        each = resolve(each) if each is not None else None
        if isinstance(each, Scalar):
            yield each.text
        elif isinstance(each, Sequence):
            waiting = [*each.items, *waiting]
        elif isinstance(each, Mapping):
            waiting.insert(0, each.get("cmd"))

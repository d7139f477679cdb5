"""What Compose files bring onto servers: images that move, code of the working copy, secrets in the clear."""

from __future__ import annotations

import math
import posixpath

from lading import regex as re
from lading.findings import KNOWN, Hit, assumed, once
from lading.models.compose.contents import contents_of, context_of
from lading.models.compose.merge import PAIRS, normal
from lading.models.compose.project import truth
from lading.models.compose.purpose import is_for_deployment, is_for_development
from lading.models.compose.values import List, Map, Text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from lading.files import Files
    from lading.models.compose.project import Project, Service
    from lading.models.compose.values import Value
    from lading.models.consumers import Consumer

_MOVING = frozenset(
    (
        "latest",
        "main",
        "master",
        "nightly",
        "edge",
        "dev",
        "develop",
        "development",
        "canary",
        "unstable",
        "snapshot",
    )
)


def moving_tag(consumer: Consumer, options: Mapping[str, Any]) -> Iterator[Hit]:
    """What a server runs changes with every pull, where the file names no version."""
    template = consumer.template
    if (template.literal or "").rpartition(":")[2] not in _MOVING or not template.is_known:
        return
    tag = consumer.parts.tag
    if tag is None or tag.literal not in _MOVING:
        return
    if (
        not consumer.is_sound
        or not consumer.is_pulled
        or consumer.may_be_local
        or "@" in template.shown
        or not is_for_deployment(consumer.node.source.path)
    ):
        return
    from lading.checks.allowed import told_of_tag

    if told_of_tag(consumer):
        return
    yield Hit(
        consumer.node,
        f"`{consumer.service_name}` is deployed as `{consumer.parts.name.shown}:{tag.literal}`, which is another image "
        "after every pull",
    )


_CODE = frozenset(
    (
        "api",
        "app",
        "backend",
        "client",
        "cmd",
        "frontend",
        "internal",
        "lib",
        "server",
        "source",
        "src",
        "web",
    )
)


def code_hidden_by_mount(project: Project, options: Mapping[str, Any]) -> Iterator[Hit]:
    if is_for_deployment(project.path):
        yield from once(hit for service in project.having("volumes") for hit in _hidden(service))


def _hidden(service: Service) -> Iterator[Hit]:
    copies = tuple(_copies(service))
    value = service.definition.get("volumes")
    for item in value.items if copies and isinstance(value, List) else ():
        source, target = _bind(item)
        if source is None or not is_for_deployment(item.node.source.path):
            continue
        is_code = any(source == at for at, _ in copies) or posixpath.basename(source) in _CODE
        if (
            is_code
            and not _is_of_settings(item)
            and any(_covers(source, target, at, to) for at, to in copies)
            and not _holds_settings(service.project.texts.files, source)
        ):
            yield Hit(
                at=item.node,
                message=f"`{source or '.'}` of the working copy lies over `{target}`, where the image of "
                f"`{service.name}` has the same code built in",
            )


_SETTINGS = (".json", ".yaml", ".yml", ".toml", ".ini", ".conf", ".cfg", ".env", ".properties")


def _is_of_settings(item: Value) -> bool:
    """Is it a single file of settings, read-only: the server's own, in place of those in the image?"""
    if isinstance(item, Map):
        path, mode = item.text("source"), item.text("read_only")
        return truth(mode) is True and path is not None and (path.literal or "").endswith(_SETTINGS)
    source, _, rest = ((item.literal or "") if isinstance(item, Text) else "").partition(":")
    return source.endswith(_SETTINGS) and "ro" in rest.partition(":")[2].split(",")


_SAMPLES = (".example", ".sample", ".dist", ".template", ".default")
_BESIDE = re.compile(r"README.*|LICENSE.*|\.git(?:keep|ignore|attributes)", re.IGNORECASE)
_MOST_FOLDERS = 20


def _holds_settings(files: Files, folder: str) -> bool:
    """Is there nothing but files of settings in a folder, and samples of them, for the server to have its own?"""
    waiting, has_any = [folder], False
    for _ in range(_MOST_FOLDERS):
        place = waiting.pop()
        for name, is_folder, _ in files.entries(place):
            if is_folder:
                waiting.append(posixpath.join(place, name))
            elif not _BESIDE.fullmatch(name):
                plain = next((name.removesuffix(end) for end in _SAMPLES if name.endswith(end)), name)
                if not plain.endswith(_SETTINGS):
                    return False
                has_any = True
        if not waiting:
            return has_any
    return False


_DEPENDENCIES = re.compile(
    r"(?:.*/)?(?:node_modules|vendor|\.?venv|site-packages|bower_components|target|\.next)/?"
)


def stale_dependencies_volume(project: Project, options: Mapping[str, Any]) -> Iterator[Hit]:
    if is_for_deployment(project.path):
        yield from once(hit for service in project.having("volumes") for hit in _stale(service))


def _stale(service: Service) -> Iterator[Hit]:
    value = service.definition.get("volumes")
    for item in value.items if isinstance(value, List) else ():
        if not is_for_deployment(item.node.source.path):
            continue
        target = _anonymous(item)
        if target is not None and _DEPENDENCIES.fullmatch(target):
            yield Hit(
                at=item.node,
                message=f"`{target}` of `{service.name}` lives on in an anonymous volume when the image is replaced",
            )


def _anonymous(item: Value) -> str | None:
    """Where an anonymous volume is mounted; None for any other mount."""
    if isinstance(item, Map):
        kind, target = item.text("type"), item.text("target")
        is_volume = kind is not None and kind.literal == "volume" and item.get("source") is None
        return target.literal if is_volume and target is not None else None
    text = item.literal if isinstance(item, Text) else None
    return text if text is not None and text.startswith("/") and ":" not in text else None


def _copies(service: Service) -> Iterator[tuple[str, str]]:
    """What the last stage copies from the build context: folder in the repository, folder in the image."""
    base = context_of(service)
    contents = contents_of(service) if base is not None else None
    if contents is None or base is None:
        return
    place: str | None = None
    for word, text in contents.steps:
        if word == "WORKDIR":
            place = _joined(place, text.strip().strip("\"'"))
        elif word in ("COPY", "ADD") and "--from" not in text and "$" not in text:
            *sources, to = [each for each in text.split() if not each.startswith("--")] or [""]
            target = _joined(place, to)
            for source in sources if target is not None else ():
                if not re.search(r"[*?\[\"]|://", source):
                    yield _plain(posixpath.join(base, source.lstrip("/"))), target or ""


def _bind(item: Value) -> tuple[str | None, str]:
    """Folder of the repository and place in the container of a bind mount; None for any other volume."""
    if isinstance(item, Map):
        kind, source, target = item.text("type"), item.text("source"), item.text("target")
        if kind is None or kind.literal != "bind" or source is None or target is None:
            return None, ""
        start, place = source.literal or "", target.literal or ""
    else:
        start, _, rest = ((item.literal or "") if isinstance(item, Text) else "").partition(":")
        place = rest.partition(":")[0]
    if not start.startswith(".") or not place.startswith("/"):
        return None, ""
    return _plain(posixpath.join(item.origin.folder, start)), posixpath.normpath(place)


def _covers(source: str, target: str, at: str, to: str) -> bool:
    """Does the folder `source`, mounted at `target`, lie over what was copied from `at` to `to`, file by file?"""
    if target == to or target.startswith(to.rstrip("/") + "/"):
        return source == _plain(posixpath.join(at, target[len(to) :].lstrip("/")))
    if to.startswith(target.rstrip("/") + "/"):
        return at == _plain(posixpath.join(source, to[len(target) :].lstrip("/")))
    return False


def _joined(place: str | None, path: str) -> str | None:
    if path.startswith("/"):
        return posixpath.normpath(path)
    return posixpath.normpath(posixpath.join(place, path)) if place is not None and "$" not in path else None


def _plain(path: str) -> str:
    path = posixpath.normpath(path)
    return "" if path == "." else path


_SECRET = re.compile(
    r"(?:PASSWORD|PASSWD|PASSPHRASE|SECRET|TOKEN|API_?KEY|PRIVATE_?KEY|ACCESS_?KEY|SECRET_?KEY|SECRET_KEY_BASE"
    r"|ENCRYPTION_?KEY|SIGNING_?KEY|_PASS|_PWD)$"
)
_NO_SECRET = re.compile(r"PUBLIC|PUBLISHABLE|ANON|SITE_?KEY|CSRF|HASH|SHA\d|BCRYPT")
_TOKENS = (
    (re.compile(r"gh[oprsu]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{60,}"), "a token of GitHub"),
    (re.compile(r"(?:AKIA|ASIA)[A-Z0-9]{16}"), "an access key of AWS"),
    (re.compile(r"glpat-[A-Za-z0-9_-]{20,}"), "a token of GitLab"),
    (re.compile(r"dckr_pat_[A-Za-z0-9_-]{20,}"), "a token of Docker Hub"),
    (re.compile(r"xox[abprs]-[0-9]+-[A-Za-z0-9-]{20,}"), "a token of Slack"),
    (re.compile(r"[sr]k_live_[A-Za-z0-9]{20,}"), "a live key of Stripe"),
    (re.compile(r"AIza[A-Za-z0-9_-]{35}"), "a key of Google"),
    (re.compile(r"npm_[A-Za-z0-9]{36}"), "a token of npm"),
    (re.compile(r"hf_[A-Za-z0-9]{30,}"), "a token of Hugging Face"),
    (re.compile(r"sk-(?:proj-|ant-)[A-Za-z0-9_-]{40,}"), "a key of OpenAI or Anthropic"),
    (re.compile(r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----"), "a private key"),
)
_IN_TOKENS = (
    *(
        "gh",
        "github_pat_",
        "AKIA",
        "ASIA",
        "glpat-",
        "dckr_pat_",
        "xox",
        "k_live_",
        "AIza",
        "npm_",
        "hf_",
        "sk-",
    ),
    "-----BEGIN",
)
"""What is in each token letter for letter: looked for in a fifth of the time of one pattern for all (measured)."""
_OF_SECRETS = r"[A-Za-z0-9+/=_\-.!@#%^&*~]"
_RANDOM = re.compile(_OF_SECRETS + "{20,}")
_MAY_BE_RANDOM = re.compile(f"={_OF_SECRETS}{{20}}")
_SHORTEST = 20
"""Characters that every token has, and every other secret that is seen."""
_SAID = re.compile(
    r"change|example|sample|secret|passw|dummy|test|your|insecure|placeholder|replace|default|fake|demo|local|admin"
    r"|xxx|0123|1234|abcd|(.)\1{3}|^(.{2,})\2+$",
    re.IGNORECASE,
)
_WORD = re.compile(r"[a-z]{7}|[A-Z]{9}")
_LEAST_ENTROPY = 3.3
"""Bits a character; forty random hexadecimal digits have about 3.7, words much less."""


def secret_in_clear(project: Project, options: Mapping[str, Any]) -> Iterator[Hit]:
    is_deployed = any(map(is_for_deployment, project.files))
    yield from once(
        hit
        for service in project.having("environment", "build")
        if _may_hold_a_secret(service, is_deployed or service.build is not None)
        for hit in _secrets(service)
    )


def _may_hold_a_secret(service: Service, is_of_deployment: bool) -> bool:
    """A quick look, as most hold none."""
    if service.build is not None and "args" in service.build.entries:
        return True
    written = service.variables_written
    return any(map(written.__contains__, _IN_TOKENS)) or (
        is_of_deployment and _MAY_BE_RANDOM.search(written) is not None
    )


def _secrets(service: Service) -> Iterator[Hit]:
    for key, text in _settings(service):
        value = text.literal
        if value is None or len(value) < _SHORTEST or not text.template.is_known:
            continue
        kind = next((said for shape, said in _TOKENS if shape.search(value) and not _is_sample(value)), None)
        if kind is None and not (_is_of_deployment(service, text) and _is_secret(key, value)):
            continue
        ground = KNOWN if kind is not None else assumed("unless it opens nothing outside of development")
        yield Hit(
            at=text.node,
            message=f"`{key}` of `{service.name}` is {kind or 'a secret'} in the clear, for everybody who can read "
            "the repository and its history",
            basis=ground,
        )


def _settings(service: Service) -> Iterator[tuple[str, Text]]:
    """`environment` and `build.args`, what is long enough and has no variable."""
    build = service.build
    arguments = build.get("args") if build is not None else None
    long = normal(arguments, PAIRS) if arguments is not None else None
    for value in (service.environment, long):
        for key, item in value.entries.items() if isinstance(value, Map) else ():
            text = item.value
            if isinstance(text, Text) and len(text.node.text) >= _SHORTEST and "$" not in text.node.text:
                if not text.is_null:
                    yield key, text


def _is_of_deployment(service: Service, text: Text) -> bool:
    """Is it a server's setting: in a file for servers, or of a service that is the repository's own?"""
    path = text.node.source.path
    return is_for_deployment(path) or (service.build is not None and not is_for_development(path))


def _is_secret(key: str, value: str) -> bool:
    name = key.upper().replace("-", "_").replace(".", "_")
    if not _SECRET.search(name) or _NO_SECRET.search(name):
        return False
    if not _RANDOM.fullmatch(value) or _SAID.search(value) or _WORD.search(value):
        return False
    has_both = any(each.isdigit() for each in value) and any(each.isalpha() for each in value)
    return has_both and _entropy(value) >= _LEAST_ENTROPY


def _is_sample(value: str) -> bool:
    return "EXAMPLE" in value.upper() or re.search(r"(.)\1{5}", value) is not None


def _entropy(text: str) -> float:
    """Shannon's, in bits a character."""
    shares = [text.count(each) / len(text) for each in set(text)]
    return -sum(share * math.log2(share) for share in shares)

"""What a Compose file or a service of it is for, as far as a path and a glance at a text say so."""

from __future__ import annotations

import posixpath

from lading import regex as re
from lading.models.compose.contents import contents_of, context_of
from lading.models.compose.health import image_name
from lading.models.compose.load import inside
from lading.models.compose.values import List, Text
from lading.words import has_word

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from lading.models.compose.project import Service

_WORDS = re.compile(r"[^A-Za-z]+")
_DEPLOYMENT = frozenset(
    ("prod", "production", "deploy", "deployment", "deployments", "staging", "live", "swarm")
)
_DEVELOPMENT = frozenset(
    (
        *(
            "ci",
            "debug",
            "demo",
            "demos",
            "dev",
            "devcontainer",
            "development",
            "docs",
            "e2e",
            "example",
            "examples",
        ),
        *(
            "fixture",
            "fixtures",
            "integration",
            "lab",
            "local",
            "mock",
            "mocks",
            "playground",
            "sample",
            "samples",
        ),
        *("sandbox", "template", "templates", "test", "testing", "tests", "tutorial", "tutorials"),
    )
)


def is_for_deployment(path: str) -> bool:
    """Does its name or one of its folders say that servers run it, and none that it is a test or example?"""
    words = _words(path)
    return not words.isdisjoint(_DEPLOYMENT) and words.isdisjoint(_DEVELOPMENT)


def is_for_development(path: str) -> bool:
    """Does its name or one of its folders say that it is for a test, an example, or the own machine?"""
    return not _words(path).isdisjoint(_DEVELOPMENT)


def _words(path: str) -> frozenset[str]:
    return frozenset(_WORDS.split(path.lower()))


_SETS_UP = re.compile(
    r"(?:\S*/)?(?:(?:ba|da|a|z|k)?sh|python3?|perl|[\w.-]+\.(?:sh|bash|py|js)"
    r"|mongo|mongosh|mongoimport|mongorestore|mongodump|psql|pg_dump|pg_dumpall|pg_restore|pg_isready|createdb"
    r"|mysql|mysqldump|mysqladmin|mariadb|mariadb-dump|mariadb-admin|redis-cli|valkey-cli|cqlsh|clickhouse-client|influx"
    r"|sqlcmd|rabbitmqadmin|kafka-topics|curl|sleep|echo)(?:\s|$)"
)
_STARTS_SERVER = re.compile(
    r"(?:^|[;&|({\n]|\s-\w*c\s|\b(?:exec|do|then|else|gosu\s+\w+|su-exec\s+\w+)\s)[ \t\"']{0,20}(?:[\w./-]*/)?"
    r"(?:docker-entrypoint\.sh|postgres|mysqld\w*|mariadbd\w*|mongo[ds]|influxd|cassandra|[\w-]+[_-]server|elasticsearch"
    r"|opensearch|memcached|etcd|minio|sqlservr)\b"
)


def is_for_setup(service: Service) -> bool:
    """Does it run a script or a client in the image of a server, and not the server, as far as one can see?"""
    words = " ".join(_words_of(service))
    return _SETS_UP.match(words) is not None and _STARTS_SERVER.search(words) is None


_WAITS = re.compile(
    r"wait[-_]?for|wait4|wait-on\b|\bdockerize\s.{0,300}?-wait\b|\buntil\s|\bwhile\s{1,9}!"
    r"|\b(?:for|while)\s.{0,400}?\bsleep\s",
    re.IGNORECASE | re.DOTALL,
)
"""wait-for-it and its kind, dockerize, and loops of a shell that ask again or sleep between two rounds."""
_APART = str.maketrans(dict.fromkeys("\"'[](){},;&|", " "))
_MOST_SCRIPTS = 8
_DEEPEST = 8
_LONGEST = 100_000
"""Bounds of what is looked for: scripts, folders of a path, code points of a script."""
_WAITS_FOR = "WAIT_HOSTS"
"""The variable of ufoscout's `wait`."""


def waits_by_itself(service: Service, target: Service) -> bool:
    """Does its image, or what it runs, wait until another one takes connections, as far as one can see?

    What it is given has to name the other one, by whatever name it goes; a script of the repository with which it
    starts has it from a variable more often than not, and need not name it.
    """
    image = image_name(service.image.template) if service.image is not None else None
    words = list(_words_of(service))
    if not service.sets(_WAITS_FOR) and not any(
        _WAITS.search(text) for text in (" ".join(words), image or "")
    ):
        return any(_WAITS.search(text) for text in _scripts_of(service, words))
    environment = service.environment
    values = [item.value for item in environment.entries.values()] if environment is not None else []
    words += [value.literal for value in values if isinstance(value, Text) and value.literal is not None]
    own = (target.definition.text(key) for key in ("container_name", "hostname"))
    names = (target.name, *(each.literal for each in own if each is not None))
    return any(has_word(name, word) for name in names if name for word in words)


def _scripts_of(service: Service, words: list[str]) -> Iterator[str]:
    """The texts of the scripts with which a service starts that is built here, as far as they are found.

    They lie in the build context under a part of the path by which they are started, or are copied from anywhere there.
    """
    base = context_of(service)
    contents = contents_of(service) if base is not None else None
    if contents is None or base is None:
        return
    started = [value for word, value in contents.steps if word in ("ENTRYPOINT", "CMD")]
    copied = [value for word, value in contents.steps if word in ("COPY", "ADD")]
    sources = [source for value in copied for source in value.split()[:-1]]
    texts = service.project.texts
    run = " ".join((*words, *started[-2:])).translate(_APART).split()
    scripts = [word for word in dict.fromkeys(run) if word.endswith(".sh") or "entrypoint" in word]
    for script in scripts[:_MOST_SCRIPTS]:
        parts = [part for part in script.split("/") if part not in ("", ".")][-_DEEPEST:]
        places = ["/".join(parts[index:]) for index in range(len(parts))]
        places += [source for source in sources if parts and posixpath.basename(source) == parts[-1]]
        for place in dict.fromkeys(places):
            path = inside(base, place)
            source = texts.source(path) if path is not None and texts.exists(path) else None
            if source is not None:
                yield source.text[:_LONGEST]
                break


def _words_of(service: Service) -> Iterator[str]:
    """What it runs."""
    for value in map(service.definition.get, ("entrypoint", "command")):
        for item in value.items if isinstance(value, List) else (value,):
            if isinstance(item, Text) and item.literal:
                yield item.literal.strip()

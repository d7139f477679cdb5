"""Healthchecks written for images that are known, and lists of dependencies that wait for them."""

from __future__ import annotations

from lading import regex as re
from lading.edits import as_mapping, insert_entry, is_beneath_anchor
from lading.findings import Edit, Fix
from lading.models.compose.health import image_name
from lading.tables.images import suggested_test, verified_test
from lading.tree import Mapping, Scalar, Sequence

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from lading.models.compose.project import Dependency, Project, Service
    from lading.tree import Entry, Node

_TIMES = {"interval": "10s", "timeout": "5s", "retries": "5", "start_period": "30s"}
_KNOWN = (
    *(
        "postgres",
        "postgis/postgis",
        "pgvector/pgvector",
        "timescale/timescaledb",
        "mysql",
        "mariadb",
        "mongo",
    ),
    *("redis", "valkey/valkey", "rabbitmq", "clickhouse/clickhouse-server"),
)
"""Images whose test needs nothing but what they always bring, and no password."""
_OTHERWISE = re.compile(r"requirepass|aclfile|port|(?:^|\s)-p\b|bind")
_OLD = {"mongo": (5, 0), "mariadb": (10, 4)}
"""The first release with the program of the test: mongosh (docker-library/mongo), healthcheck.sh (mariadb)."""
_VERSION = re.compile(r"(\d+)(?:\.(\d+))?")
_SQL_SERVER = "mcr.microsoft.com/mssql/server"
_TOOLS_18 = {"2017": 100, "2019": 28, "2022": 14}
"""The first cumulative update whose image has the tools in `/opt/mssql-tools18`, which need `-C`; 2017 has none.

Microsoft's page of the image (2022), microsoft/mssql-docker#894 (2019); mkleehammer/pyodbc#1380 (2017).
"""
_UPDATE = re.compile(r"(20\d\d)-(?:CU(\d{1,3})|\w+)", re.IGNORECASE)
_VARIABLE = re.compile(r"\$\$([A-Z_]+)")


def with_healthcheck(target: Service) -> Fix | None:
    """A healthcheck for an image that is known to have a test."""
    edit = healthcheck_of(target)
    message = f"give `{target.name}` a healthcheck; look whether its test and times suit"
    return Fix(message, [edit], is_safe=False) if edit is not None else None


def healthcheck_of(service: Service) -> Edit | None:
    test = test_of(service)
    mapping = _written(service)
    if test is None or mapping is None:
        return None
    own = mapping.entry("healthcheck")
    if own is None:
        if service.definition.get("healthcheck") is not None:
            return None
        return insert_entry(mapping, "healthcheck", {"test": test, **_TIMES})
    if isinstance(own.value, Mapping) and not {"disable", "test"} & {entry.name for entry in own.value}:
        first = own.value.entries[0] if own.value.entries else None
        return insert_entry(own.value, "test", test, before=first)
    return None


def test_of(service: Service) -> str | None:
    """The test of its image as a list on one line, without variables that the service does not set."""
    image = service.image
    name = image_name(image.template) if image is not None and service.build is None else None
    row = verified_test(name) if name in _KNOWN else None
    if name is None or image is None or row is None or not _is_as_it_comes(service):
        return None
    if name in _OLD and not _is_new_enough(image.template.literal, _OLD[name]):
        return None
    # As JSON, which few runs load: no word of the known images has a quote or a backslash in it.
    words = [_with_set_variables(word, service) for word in row[2:-2].split('","')]
    return '["' + '", "'.join(words) + '"]'


def example_of(service: Service, name: str) -> str | None:
    """`test_of`, or else what the table has for the image, where nobody has read that it works."""
    test = test_of(service) or suggested_test(name)
    return _for_sql_server(test, service) if test is not None and name == _SQL_SERVER else test


def _for_sql_server(test: str, service: Service) -> str:
    """The program where the image has it, and the variable that the service sets; `SA_PASSWORD` is the former name."""
    image = service.image
    if service.sets("SA_PASSWORD") and not service.sets("MSSQL_SA_PASSWORD"):
        test = test.replace("$$MSSQL_SA_PASSWORD", "$$SA_PASSWORD")
    found = _UPDATE.match((image.template.literal or "").rpartition(":")[2]) if image is not None else None
    if found is None or found[1] not in _TOOLS_18:
        return test
    is_latest = found[1] != "2017" and found[0].lower().endswith("-latest")
    is_old = not is_latest and int(found[2] or 0) < _TOOLS_18[found[1]]
    return test.replace("/opt/mssql-tools18/bin/sqlcmd -C", "/opt/mssql-tools/bin/sqlcmd") if is_old else test


def _is_as_it_comes(service: Service) -> bool:
    """Does nothing tell of another port or a password?"""
    for key in ("command", "entrypoint"):
        value = service.definition.get(key)
        if value is not None and _OTHERWISE.search(value.node.source.text[value.node.start : value.node.end]):
            return False
    return True


def _is_new_enough(reference: str | None, least: tuple[int, int]) -> bool:
    """A tag without a number is `latest` or the like."""
    if reference is None:
        return False
    found = _VERSION.match(reference.rpartition(":")[2]) if ":" in reference else None
    return found is None or (int(found[1]), int(found[2] or 99)) >= least


def _with_set_variables(word: str, service: Service) -> str:
    """`-d $$POSTGRES_DB` only where the variable is there; the user of PostgreSQL has a default."""
    for name in _VARIABLE.findall(word):
        if service.sets(name):
            continue
        if name == "POSTGRES_USER":
            word = word.replace(f"$${name}", "postgres")
        elif name == "MYSQL_ROOT_PASSWORD":
            word = word.replace(f" -u root -p$${name}", "")
        else:
            word = re.sub(rf" -\w ?\$\${name}\b", "", word)
    return word


def _written(service: Service) -> Mapping | None:
    """The mapping in the file that names the image, where it is written there and nowhere else."""
    image = service.image
    if image is None or image.via:
        return None
    found = _entry_in(service.project, image.node.source.path, service.name)
    mapping = found.value if found is not None else None
    if (
        not isinstance(mapping, Mapping)
        or mapping.anchor is not None
        or mapping.get("image") is not image.node
    ):
        return None
    return mapping


def _entry_in(project: Project, path: str, name: str) -> Entry | None:
    root = project.texts.tree(path).root
    services = root.get("services") if isinstance(root, Mapping) else None
    return services.entry(name) if isinstance(services, Mapping) else None


def waiting(edges: Iterable[Dependency], message: str, others: Iterable[Edit] = ()) -> Fix | None:
    """The long form, with `service_healthy` for the edges, in the place of the lists that name them."""
    edits = list(others)
    done: list[Entry] = []
    edges = tuple(edges)
    for edge in edges:
        owner = _list_of(edge)
        if owner is None:
            return None
        if any(owner is other for other in done):
            continue
        done.append(owner)
        awaited = {each.key for each in edges}
        made = as_mapping(owner, {item.text: _condition(item in awaited) for item in _items(owner)})
        if made is None:
            return None
        edits += made
    return Fix(message, edits, is_safe=False) if edits else None


def _condition(is_awaited: bool) -> dict[str, str]:
    return {"condition": "service_healthy" if is_awaited else "service_started"}


def _items(owner: Entry) -> Iterable[Scalar]:
    value = owner.value
    return [item for item in value.items if isinstance(item, Scalar)] if isinstance(value, Sequence) else []


def _list_of(edge: Dependency) -> Entry | None:
    """The entry `depends_on` that holds the name of an edge, where it is written at the service itself."""
    if edge.via:
        return None
    found = _entry_in(edge.service.project, edge.key.source.path, edge.service.name)
    mapping: Node | None = found.value if found is not None else None
    owner = mapping.entry("depends_on") if isinstance(mapping, Mapping) else None
    if owner is None or not isinstance(owner.value, Sequence) or edge.key not in owner.value.items:
        return None
    return owner if mapping is not None and not is_beneath_anchor(owner.value, mapping) else None

"""Databases and brokers as clients name them: schemes of URLs, words in the names of variables, ports, images."""

from __future__ import annotations

from lading.tables.images import normalised

TYPE_CHECKING = False
if TYPE_CHECKING:
    Row = tuple[str, int, tuple[str, ...], tuple[str, ...], tuple[str, ...]]

_SQL = ("DB", "DATABASE", "SQL", "JDBC", "DATASOURCE")

KINDS: tuple[Row, ...] = (
    (
        "PostgreSQL",
        5432,
        ("postgres", "postgresql", "pgsql", "postgis"),
        ("POSTGRES", "POSTGRESQL", "PG", "PGSQL", *_SQL),
        (
            *("postgres", "postgis/postgis", "pgvector/pgvector", "timescale/timescaledb"),
            *("timescale/timescaledb-ha", "bitnami/postgresql", "supabase/postgres"),
        ),
    ),
    (
        "MySQL",
        3306,
        ("mysql", "mysql2", "mariadb"),
        ("MYSQL", "MARIADB", *_SQL),
        ("mysql", "mariadb", "percona", "mysql/mysql-server", "bitnami/mysql", "bitnami/mariadb"),
    ),
    ("MongoDB", 27017, ("mongodb",), ("MONGO", "MONGODB", "DB", "DATABASE"), ("mongo", "bitnami/mongodb")),
    (
        "Redis",
        6379,
        ("redis",),
        ("REDIS", "VALKEY"),
        (
            *("redis", "valkey/valkey", "bitnami/redis", "bitnami/valkey", "redis/redis-stack"),
            *("redis/redis-stack-server", "eqalpha/keydb", "docker.dragonflydb.io/dragonflydb/dragonfly"),
        ),
    ),
    ("RabbitMQ", 5672, ("amqp",), ("RABBITMQ", "RABBIT", "AMQP"), ("rabbitmq", "bitnami/rabbitmq")),
    ("NATS", 4222, ("nats",), ("NATS",), ("nats",)),
    ("Memcached", 11211, ("memcached",), ("MEMCACHED", "MEMCACHE"), ("memcached", "bitnami/memcached")),
)
"""Name, port, schemes, words, images. `DB` and its like stand for whichever of them a project has.

The ports are IANA's and the images' own, the schemes those of the clients' documentation.
"""

_KIND_OF = {image: row[0] for row in KINDS for image in row[4]}


def kind_of_image(name: str) -> str | None:
    """Which of them an image is."""
    return _KIND_OF.get(normalised(name))


def kinds_of_scheme(scheme: str) -> tuple[str, ...]:
    """Of `postgresql+asyncpg` or `jdbc:mysql`, without what the driver adds."""
    word = scheme.lower().removeprefix("jdbc:").partition("+")[0]
    return tuple(row[0] for row in KINDS if word in row[2])


def kinds_of_words(words: tuple[str, ...]) -> tuple[str, ...]:
    """Which of them a variable may be about, by the words of its name; a name of its own beats `DB`."""
    found = [row[0] for row in KINDS if set(words) & set(row[3]) - set(_SQL)]
    return tuple(found or [row[0] for row in KINDS if set(words) & set(row[3])])


def port_of(kind: str) -> int:
    return next(row[1] for row in KINDS if row[0] == kind)

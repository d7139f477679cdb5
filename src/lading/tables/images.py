"""What well-known images bring along: a built-in HEALTHCHECK or none, and a test that works in them."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    Row = tuple[tuple[str, ...], tuple[str, ...], bool, str | None, str, str, str]

READ = "S"
"""Evidence: read in the Dockerfiles of the source named."""
NOT_VERIFIED = "K"
"""Evidence: nobody has looked; nothing certain rests on it."""

ROWS: tuple[Row, ...] = (
    (
        ("postgres",),
        (),
        False,
        '["CMD-SHELL","pg_isready -h 127.0.0.1 -U $$POSTGRES_USER -d $$POSTGRES_DB"]',
        (
            "pg_isready; no curl; without -h it uses the socket and reports ready during the "
            'init-phase server, which runs with listen_addresses="" (docker-entrypoint.sh:292)'
        ),
        "docker-library/postgres@6edb0a8 (22 Dockerfiles, 0 HC)",
        "S",
    ),
    (
        ("postgis/postgis",),
        (),
        False,
        '["CMD-SHELL","pg_isready -h 127.0.0.1 -U $$POSTGRES_USER -d $$POSTGRES_DB"]',
        "pg_isready",
        "postgis/docker-postgis@51b3555 (18/0)",
        "S",
    ),
    (
        ("pgvector/pgvector",),
        (),
        False,
        '["CMD-SHELL","pg_isready -h 127.0.0.1 -U $$POSTGRES_USER -d $$POSTGRES_DB"]',
        "pg_isready",
        "pgvector/pgvector@e48241b (1/0)",
        "S",
    ),
    (
        ("timescale/timescaledb",),
        (),
        False,
        '["CMD-SHELL","pg_isready -h 127.0.0.1 -U $$POSTGRES_USER -d $$POSTGRES_DB"]',
        "pg_isready",
        "timescale/timescaledb-docker@029292c (1/0)",
        "S",
    ),
    (
        ("mysql",),
        (),
        False,
        ('["CMD-SHELL","mysqladmin ping -h 127.0.0.1 -u root -p$$MYSQL_ROOT_PASSWORD --silent"]'),
        (
            "mysqladmin; ping exits 0 even on access denied; add start_period >= 30s "
            "(WordPress/wordpress-develop#12753)"
        ),
        "docker-library/mysql@7f30fdb (4/0)",
        "S",
    ),
    (
        ("mariadb",),
        (),
        False,
        '["CMD","healthcheck.sh","--connect","--innodb_initialized"]',
        ("healthcheck.sh is shipped but NOT wired as HEALTHCHECK; init server runs with --skip-networking"),
        "MariaDB/mariadb-docker@1b6429b (20/0; */healthcheck.sh)",
        "S",
    ),
    (
        ("mongo",),
        (),
        False,
        '["CMD","mongosh","--quiet","--eval","db.adminCommand(\'ping\').ok"]',
        "mongosh (>=6), `mongo` (<6)",
        "docker-library/mongo@2c69a57 (18/0)",
        "S",
    ),
    (
        ("redis",),
        (),
        False,
        '["CMD-SHELL","redis-cli ping | grep -q PONG"]',
        "redis-cli; redis-cli ping exits 0 on NOAUTH; with requirepass use REDISCLI_AUTH",
        "redis/docker-library-redis@e5650da (11/0); docker-library/redis",
        "S",
    ),
    (
        ("valkey/valkey",),
        ("ghcr.io/valkey-io/valkey",),
        False,
        '["CMD-SHELL","valkey-cli ping | grep -q PONG"]',
        "valkey-cli",
        "valkey-io/valkey-container@ae6141e (7/0)",
        "S",
    ),
    (
        ("rabbitmq",),
        (),
        False,
        '["CMD","rabbitmq-diagnostics","-q","ping"]',
        "rabbitmq-diagnostics; timeout >= 10s",
        "docker-library/rabbitmq@9193c1d (19/0)",
        "S",
    ),
    (("memcached",), (), False, None, "nc only in -alpine", "docker-library/memcached@53ac0ec (3/0)", "S"),
    (
        ("elasticsearch",),
        ("docker.elastic.co/elasticsearch/elasticsearch", "elastic/elasticsearch"),
        False,
        ('["CMD-SHELL","curl -fs http://127.0.0.1:9200/_cluster/health?wait_for_status=yellow"]'),
        "curl; with security: -u elastic:$$ELASTIC_PASSWORD and https",
        "docker-library/elasticsearch@30d0a93 (3/0)",
        "S",
    ),
    (
        ("kibana",),
        ("docker.elastic.co/kibana/kibana", "elastic/kibana"),
        False,
        '["CMD-SHELL","curl -fs http://127.0.0.1:5601/api/status"]',
        "curl",
        "docker-library/kibana@6be0f74 (3/0)",
        "S",
    ),
    (
        ("opensearchproject/opensearch",),
        (),
        False,
        '["CMD-SHELL","curl -fsk https://127.0.0.1:9200"]',
        "curl",
        "opensearch-project/opensearch-build@4372bf7 (32/0)",
        "S",
    ),
    (
        ("cassandra",),
        (),
        False,
        '["CMD-SHELL","cqlsh -e \'describe cluster\'"]',
        "cqlsh, nodetool; start_period 60s",
        "docker-library/cassandra@7b9da8f (4/0)",
        "S",
    ),
    (
        ("neo4j",),
        (),
        False,
        '["CMD-SHELL","wget -qO- http://127.0.0.1:7474 || exit 1"]',
        "wget",
        "neo4j/docker-neo4j-publish@a9a15fb (1000/0)",
        "S",
    ),
    (
        ("influxdb",),
        (),
        False,
        '["CMD","influx","ping"]',
        "influx (v2), curl",
        "influxdata/influxdata-docker@d457cb9 (93/0)",
        "S",
    ),
    (
        ("couchdb",),
        (),
        False,
        '["CMD-SHELL","curl -fs http://127.0.0.1:5984/_up"]',
        "curl",
        "apache/couchdb-docker@4c82ee0 (19/0)",
        "S",
    ),
    (
        ("solr",),
        (),
        False,
        '["CMD-SHELL","solr status"]',
        "solr, wget",
        "apache/solr-docker@884b2e6 (6/0)",
        "S",
    ),
    (
        ("zookeeper",),
        (),
        False,
        '["CMD-SHELL","zkServer.sh status"]',
        "zkServer.sh",
        "31z4/zookeeper-docker@52a8364 (2/0)",
        "S",
    ),
    (
        ("apache/kafka",),
        (),
        False,
        ('["CMD-SHELL","/opt/kafka/bin/kafka-broker-api-versions.sh --bootstrap-server localhost:9092"]'),
        "kafka scripts; wget is removed in the last layer",
        "apache/kafka docker/jvm/Dockerfile@120d52d",
        "S",
    ),
    (
        ("confluentinc/cp-kafka",),
        (),
        False,
        '["CMD","kafka-broker-api-versions","--bootstrap-server","localhost:9092"]',
        "kafka-*; only cp-kafka-connect-base has a HEALTHCHECK",
        "confluentinc/kafka-images@f8e3015 (7 files, HC only kafka-connect-base)",
        "S",
    ),
    (
        ("confluentinc/cp-kafka-connect-base",),
        ("confluentinc/cp-kafka-connect",),
        True,
        None,
        "",
        "confluentinc/kafka-images@f8e3015 (7 files, HC only kafka-connect-base)",
        "S",
    ),
    (
        ("nats",),
        (),
        False,
        None,
        "none in default (scratch) tag; scratch image: no shell at all",
        "nats-io/nats-docker@aa0caa5 (36/0)",
        "S",
    ),
    (
        ("eclipse-mosquitto",),
        (),
        False,
        '["CMD-SHELL","mosquitto_sub -t \'$$SYS/#\' -C 1 -W 3"]',
        "mosquitto_sub",
        "eclipse-mosquitto/mosquitto@7b8aba1 (6/0)",
        "S",
    ),
    (
        ("nginx",),
        (),
        False,
        '["CMD-SHELL","curl -fs http://127.0.0.1/ || exit 1"]',
        (
            "curl in Debian and in -alpine (mainline/alpine/Dockerfile:86) tags; alpine-slim: "
            "busybox wget only; use 127.0.0.1: busybox wget resolves localhost to ::1"
        ),
        "nginx/docker-nginx@0d7f438 (23/0)",
        "S",
    ),
    (("httpd",), (), False, None, "", "docker-library/httpd@9b63b37 (2/0)", "S"),
    (("haproxy",), (), False, None, "", "docker-library/haproxy@ec437dd (15/0)", "S"),
    (
        ("traefik",),
        (),
        False,
        '["CMD","traefik","healthcheck","--ping"]',
        "traefik, busybox wget; needs --ping",
        "traefik/traefik-library-image@6973938 (56/0)",
        "S",
    ),
    (
        ("caddy",),
        (),
        False,
        '["CMD","wget","-qO-","http://127.0.0.1:2019/config/"]',
        "busybox wget",
        "caddyserver/caddy-docker@62d1326 (21/0)",
        "S",
    ),
    (
        ("registry",),
        ("distribution/distribution",),
        False,
        '["CMD","wget","-qO-","http://127.0.0.1:5000/v2/"]',
        "busybox wget",
        "distribution/distribution-library-image@a829ed8 (1/0)",
        "S",
    ),
    (
        ("wordpress",),
        (),
        False,
        '["CMD","curl","-fs","http://127.0.0.1/wp-login.php"]',
        "curl (apache tag)",
        "docker-library/wordpress@bf223d1 (29/0)",
        "S",
    ),
    (("ghost",), (), False, None, "node", "docker-library/ghost@7edb45d (3/0)", "S"),
    (
        ("nextcloud",),
        (),
        False,
        '["CMD","curl","-fs","http://127.0.0.1/status.php"]',
        "curl (apache tag)",
        "nextcloud/docker@4de1eed (33/0)",
        "S",
    ),
    (("adminer",), (), False, None, "php", "TimWolla/docker-adminer@7088bf0 (4/0)", "S"),
    (
        ("phpmyadmin",),
        ("phpmyadmin/phpmyadmin",),
        False,
        '["CMD","curl","-fs","http://127.0.0.1/"]',
        "curl (apache tag)",
        "phpmyadmin/docker@452a995 (6/0)",
        "S",
    ),
    (
        ("mongo-express",),
        (),
        False,
        '["CMD","wget","-qO-","http://127.0.0.1:8081/status"]',
        "wget (alpine)",
        "mongo-express/mongo-express-docker@0752343 (5/0)",
        "S",
    ),
    (
        ("sonarqube",),
        (),
        False,
        (
            '["CMD-SHELL","wget -qO- http://127.0.0.1:9000/api/system/status | grep -q '
            '\'\\"status\\":\\"UP\\"\'"]'
        ),
        "wget",
        "SonarSource/docker-sonarqube@df5a6ae (7/0)",
        "S",
    ),
    (
        ("node",),
        (),
        False,
        (
            ""
            '["CMD","node","-e","fetch(\'http://127.0.0.1:3000/health\').then(r=>process.exit(r.ok?0:1)).catch(()=>process.exit(1))"]'
        ),
        "node; busybox wget in -alpine; NO curl in -alpine/-slim",
        "nodejs/docker-node@f27d936 (27/0)",
        "S",
    ),
    (
        ("kong",),
        (),
        True,
        None,
        "kong; exception among official images",
        "Kong/docker-kong@d1ed165 Dockerfile.deb:51",
        "S",
    ),
    (
        ("dpage/pgadmin4",),
        (),
        False,
        '["CMD","wget","-qO-","http://127.0.0.1:80/misc/ping"]',
        "busybox wget",
        "dpage/pgadmin4@aa0a1f6 (1/0)",
        "S",
    ),
    (
        ("quay.io/keycloak/keycloak",),
        ("keycloak/keycloak",),
        False,
        (
            '["CMD-SHELL","exec 3<>/dev/tcp/127.0.0.1/9000; echo -e \'GET /health/ready '
            "HTTP/1.1\\\\r\\\\nhost: x\\\\r\\\\nConnection: close\\\\r\\\\n\\\\r\\\\n' >&3; "
            'grep -q UP <&3"]'
        ),
        ("no curl/wget (ubi9-micro); bash present; KC_HEALTH_ENABLED=true; port 9000 since v25"),
        "keycloak/keycloak quarkus/container/Dockerfile@0463815",
        "S",
    ),
    (
        ("grafana/grafana",),
        ("grafana/grafana-oss", "grafana/grafana-enterprise"),
        False,
        '["CMD-SHELL","wget -qO- http://127.0.0.1:3000/api/health || exit 1"]',
        "busybox wget (alpine based), curl; the copy read is old",
        "grafana/grafana Dockerfile@0014fb6",
        "K",
    ),
    (
        ("prom/prometheus",),
        ("quay.io/prometheus/prometheus",),
        False,
        '["CMD","wget","-qO-","http://127.0.0.1:9090/-/ready"]',
        "busybox wget; Dockerfile.distroless variant has none",
        "prometheus/prometheus@d15adb9 (2/0)",
        "S",
    ),
    (("jaegertracing/all-in-one",), (), False, None, "", "jaegertracing/jaeger snapshot", "K"),
    (
        ("otel/opentelemetry-collector",),
        (
            "otel/opentelemetry-collector-contrib",
            "ghcr.io/open-telemetry/opentelemetry-collector-releases/opentelemetry-collector",
        ),
        False,
        None,
        "use health_check extension from outside",
        "general knowledge",
        "K",
    ),
    (
        ("minio/minio",),
        ("quay.io/minio/minio",),
        False,
        '["CMD","mc","ready","local"]',
        "mc in release image; curl was dropped from newer images",
        "minio/minio@7aac2a2 (6/0)",
        "S",
    ),
    (
        ("mcr.microsoft.com/mssql/server",),
        (),
        False,
        (
            '["CMD-SHELL","/opt/mssql-tools18/bin/sqlcmd -C -S localhost -U sa -P '
            '\\"$$MSSQL_SA_PASSWORD\\" -Q \'SELECT 1\'"]'
        ),
        "sqlcmd (tools18 since 2022 CU14 and 2019 CU28)",
        "general knowledge",
        "K",
    ),
    (
        ("gvenzl/oracle-free",),
        ("ghcr.io/gvenzl/oracle-free",),
        True,
        None,
        "",
        "gvenzl/oci-oracle-free@04af30b Dockerfile.23:126",
        "S",
    ),
    (
        ("clickhouse/clickhouse-server",),
        (),
        False,
        '["CMD-SHELL","wget -qO- http://127.0.0.1:8123/ping"]',
        "wget (ubuntu tag)",
        "ClickHouse docker/server/Dockerfile.ubuntu@001409c",
        "S",
    ),
    (("localstack/localstack",), (), True, None, "", "localstack/localstack@8b9a79f Dockerfile:173", "S"),
    (
        ("axllent/mailpit",),
        ("ghcr.io/axllent/mailpit",),
        True,
        None,
        "",
        "axllent/mailpit@408b30d Dockerfile:28",
        "S",
    ),
    (
        ("mailhog/mailhog",),
        (),
        False,
        '["CMD","wget","-qO-","http://127.0.0.1:8025"]',
        "busybox wget; unmaintained since 2020/22",
        "mailhog/MailHog@e6fa068 (1/0)",
        "S",
    ),
    (
        ("qdrant/qdrant",),
        (),
        False,
        '["CMD-SHELL","bash -c \':> /dev/tcp/127.0.0.1/6333\'"]',
        "no curl/wget (debian slim); bash",
        "qdrant/qdrant@74f3e85 (2/0)",
        "S",
    ),
    (
        ("getmeili/meilisearch",),
        (),
        False,
        '["CMD-SHELL","curl -fs http://127.0.0.1:7700/health"]',
        "curl (Dockerfile:27)",
        "meilisearch/meilisearch@5cb2f2e (1/0)",
        "S",
    ),
    (
        ("semitechnologies/weaviate",),
        ("cr.weaviate.io/semitechnologies/weaviate",),
        False,
        '["CMD","wget","-qO-","http://127.0.0.1:8080/v1/.well-known/ready"]',
        "busybox wget (alpine)",
        "weaviate/weaviate@adcffc5 (3/0)",
        "S",
    ),
    (
        ("ollama/ollama",),
        (),
        False,
        '["CMD","ollama","list"]',
        "ollama; no curl",
        "ollama/ollama@fb30760 (1/0)",
        "S",
    ),
    (
        ("chromadb/chroma",),
        ("ghcr.io/chroma-core/chroma",),
        False,
        None,
        "python (older), none in rust image",
        "chroma-core/chroma@93652ec (7/0)",
        "S",
    ),
    (
        ("gitlab/gitlab-ce", "gitlab/gitlab-ee"),
        (),
        True,
        None,
        "",
        "gitlabhq/omnibus-gitlab docker/Dockerfile@0513402",
        "S",
    ),
    (
        ("gitea/gitea",),
        ("docker.gitea.com/gitea",),
        False,
        '["CMD-SHELL","curl -fs http://127.0.0.1:3000/api/healthz"]',
        "curl",
        "go-gitea/gitea Dockerfile@03173b3 (perhaps of a fork)",
        "S",
    ),
    (
        ("n8nio/n8n",),
        ("docker.n8n.io/n8nio/n8n", "ghcr.io/n8n-io/n8n"),
        False,
        '["CMD-SHELL","wget -qO- http://127.0.0.1:5678/healthz"]',
        "busybox wget",
        "n8n-io/n8n docker/images/n8n/Dockerfile@003abfd",
        "S",
    ),
    (("ghcr.io/open-webui/open-webui",), (), True, None, "curl, jq", "open-webui Dockerfile@00a8982", "S"),
    (
        ("vaultwarden/server",),
        ("ghcr.io/dani-garcia/vaultwarden", "quay.io/vaultwarden/server"),
        True,
        None,
        "",
        "dani-garcia/vaultwarden@46d7110 docker/Dockerfile.debian:185",
        "S",
    ),
    (
        ("louislam/uptime-kuma",),
        ("ghcr.io/louislam/uptime-kuma",),
        True,
        None,
        "",
        "louislam/uptime-kuma@6398a95 docker/dockerfile:40",
        "S",
    ),
    (
        ("pihole/pihole",),
        ("ghcr.io/pi-hole/pihole",),
        True,
        None,
        "",
        "pi-hole/docker-pi-hole@dd91b48 src/Dockerfile:138",
        "S",
    ),
    (("plexinc/pms-docker",), (), True, None, "", "plexinc/pms-docker@1cef65e Dockerfile:65", "S"),
    (
        ("lscr.io/linuxserver/plex",),
        (),
        False,
        None,
        "curl usually; LinuxServer images do not set HEALTHCHECK",
        "linuxserver/docker-plex@65208dd, docker-baseimage-alpine@3d5a8b0 (0)",
        "S",
    ),
    (
        ("jellyfin/jellyfin",),
        ("ghcr.io/jellyfin/jellyfin",),
        True,
        None,
        "curl",
        "jellyfin/jellyfin-packaging@69a2981 docker/Dockerfile:265",
        "S",
    ),
    (("portainer/portainer-ce",), (), False, None, "", "portainer/portainer@cc75167 (5/0)", "S"),
    (
        ("containrrr/watchtower",),
        ("ghcr.io/containrrr/watchtower",),
        True,
        None,
        "",
        "containrrr/watchtower@ca0e86e dockerfiles/Dockerfile:21",
        "S",
    ),
    (
        ("gotify/server",),
        ("ghcr.io/gotify/server",),
        True,
        None,
        "curl",
        "gotify/server@d543a8a docker/Dockerfile:72",
        "S",
    ),
    (
        ("ghcr.io/gethomepage/homepage",),
        (),
        True,
        None,
        "",
        "gethomepage/homepage@b2a52ff Dockerfile:61",
        "S",
    ),
    (
        ("ghcr.io/paperless-ngx/paperless-ngx",),
        ("paperlessngx/paperless-ngx",),
        True,
        None,
        "curl",
        "paperless-ngx@b0e0e8a Dockerfile:259",
        "S",
    ),
    (
        ("ghcr.io/mealie-recipes/mealie",),
        (),
        True,
        None,
        "",
        "mealie-recipes/mealie@b5643a9 docker/Dockerfile:129",
        "S",
    ),
    (
        ("sissbruecker/linkding",),
        ("ghcr.io/sissbruecker/linkding",),
        True,
        None,
        "",
        "sissbruecker/linkding@65813a7",
        "S",
    ),
    (("ghcr.io/linkwarden/linkwarden",), (), True, None, "", "linkwarden@7550ebb Dockerfile:90", "S"),
    (("lldap/lldap",), ("ghcr.io/lldap/lldap",), True, None, "", "lldap/lldap@9cc54ab Dockerfile:98", "S"),
    (
        ("docker.dragonflydb.io/dragonflydb/dragonfly",),
        ("ghcr.io/dragonflydb/dragonfly",),
        True,
        None,
        "",
        "dragonflydb/dragonfly@f8eca6d tools/packaging/*",
        "S",
    ),
    (
        ("localai/localai",),
        ("quay.io/go-skynet/local-ai",),
        True,
        None,
        "service_healthy can wait up to an hour",
        "mudler/LocalAI@82c191a Dockerfile:436",
        "S",
    ),
    (
        ("miniflux/miniflux",),
        ("ghcr.io/miniflux/miniflux", "quay.io/miniflux/miniflux"),
        False,
        '["CMD","/usr/bin/miniflux","-healthcheck","auto"]',
        "miniflux",
        "miniflux/v2@106cdd0 (4/0)",
        "S",
    ),
    (
        ("ghcr.io/umami-software/umami",),
        ("docker.umami.is/umami-software/umami", "umamisoftware/umami"),
        False,
        '["CMD","curl","-f","http://127.0.0.1:3000/api/heartbeat"]',
        "curl",
        "umami@c0ea3ae (1/0)",
        "S",
    ),
    (
        ("ghcr.io/karakeep-app/karakeep",),
        (),
        True,
        None,
        "wget",
        "karakeep@7ca5ee2 docker/Dockerfile:183",
        "S",
    ),
    (
        ("ghcr.io/flaresolverr/flaresolverr",),
        ("flaresolverr/flaresolverr",),
        False,
        None,
        "",
        "FlareSolverr@0f05ed8 (1/0)",
        "S",
    ),
    (
        ("hashicorp/vault",),
        ("vault",),
        False,
        '["CMD","vault","status"]',
        "vault; exit 2 when sealed",
        "general knowledge",
        "K",
    ),
    (
        ("hashicorp/consul",),
        ("consul",),
        False,
        '["CMD","consul","info"]',
        "consul",
        "general knowledge",
        "K",
    ),
)
"""Names, other names of it (not verified), HEALTHCHECK built in, a test, tools and notes, source, evidence.

Names are normalised. The test is the text of a JSON list, `$` doubled as Compose wants it; None where the
image checks itself, has no tool for it, or needs one that not every tag has. `(a/b)` in a source: Dockerfiles
read, and how many of them have a HEALTHCHECK. Nobody has tried the tests on every tag.
"""

_LINUXSERVER = ("lscr.io/linuxserver/", "ghcr.io/linuxserver/", "linuxserver/")
"""LinuxServer's images share base images without HEALTHCHECK; that each of them lacks one is not verified."""

_DATASTORES = frozenset(
    (
        *(
            "arangodb",
            "arangodb/arangodb",
            "cassandra",
            "clickhouse",
            "couchbase",
            "couchdb",
            "crate",
            "elasticsearch",
        ),
        *(
            "influxdb",
            "mariadb",
            "memcached",
            "mongo",
            "mysql",
            "neo4j",
            "orientdb",
            "percona",
            "postgres",
            "rabbitmq",
        ),
        *(
            "redis",
            "rethinkdb",
            "solr",
            "zookeeper",
            "nats",
            "eclipse-mosquitto",
            "rqlite/rqlite",
            "eqalpha/keydb",
        ),
        *(
            "apache/kafka",
            "apache/kafka-native",
            "bitnami/kafka",
            "confluentinc/cp-kafka",
            "confluentinc/cp-zookeeper",
        ),
        *("bitnami/mariadb", "bitnami/mongodb", "bitnami/mysql", "bitnami/postgresql", "bitnami/rabbitmq"),
        *(
            "bitnami/redis",
            "bitnami/valkey",
            "bitnami/zookeeper",
            "chromadb/chroma",
            "ghcr.io/chroma-core/chroma",
        ),
        *(
            "clickhouse/clickhouse-server",
            "cockroachdb/cockroach",
            "cr.weaviate.io/semitechnologies/weaviate",
        ),
        *(
            "semitechnologies/weaviate",
            "docker.dragonflydb.io/dragonflydb/dragonfly",
            "ghcr.io/dragonflydb/dragonfly",
        ),
        *(
            "docker.elastic.co/elasticsearch/elasticsearch",
            "elastic/elasticsearch",
            "opensearchproject/opensearch",
        ),
        *(
            "docker.redpanda.com/redpandadata/redpanda",
            "redpandadata/redpanda",
            "apachepulsar/pulsar",
            "emqx/emqx",
        ),
        *(
            "getmeili/meilisearch",
            "typesense/typesense",
            "qdrant/qdrant",
            "milvusdb/milvus",
            "surrealdb/surrealdb",
        ),
        *(
            "ghcr.io/gvenzl/oracle-free",
            "gvenzl/oracle-free",
            "gvenzl/oracle-xe",
            "mcr.microsoft.com/mssql/server",
        ),
        *("gcr.io/etcd-development/etcd", "quay.io/coreos/etcd", "scylladb/scylla", "tarantool/tarantool"),
        *(
            "minio/minio",
            "quay.io/minio/minio",
            "mysql/mysql-server",
            "percona/percona-server",
            "questdb/questdb",
        ),
        *("pgvector/pgvector", "postgis/postgis", "timescale/timescaledb", "timescale/timescaledb-ha"),
        *("redis/redis-stack", "redis/redis-stack-server", "valkey/valkey", "ghcr.io/valkey-io/valkey"),
        *("supabase/postgres", "tensorchord/pgvecto-rs", "ghcr.io/tensorchord/pgvecto-rs"),
    )
)
"""Databases, caches, brokers and object stores: what others wait for. No error rests on this list."""

_ONE_WORD = """
adminer adoptopenjdk aerospike almalinux alpine alt amazoncorretto amazonlinux api-firewall arangodb archlinux
azul-zulu backdrop bash bonita buildpack-deps busybox caddy cassandra centos chronograf cirros clearlinux clefos
clickhouse clojure composer consul convertigo couchbase couchdb crate dart debian docker drupal eclipse-mosquitto
eclipse-temurin eggdrop elasticsearch elixir emqx erlang espocrm fedora flink fluentd friendica gazebo gcc
geonetwork ghost golang gradle groovy haproxy haskell haxe hello-world hitch httpd hylang ibm-semeru-runtimes
ibmjava influxdb irssi jenkins jetty joomla jruby julia kapacitor kibana kong krakend lightstreamer liquibase
logstash mageia mariadb matomo maven mediawiki memcached mongo mongo-express monica mono mysql nats nats-streaming
neo4j neurodebian nextcloud nginx nim node notary odoo open-liberty openjdk opensuse oraclelinux orientdb owncloud
percona perl photon php php-zendserver phpmyadmin piwik plone postfixadmin postgres pypy python r-base rabbitmq
rakudo-star redis redmine registry rethinkdb rocket.chat rockylinux ros ruby rust sapmachine satosa sentry
silverpeas solr sonarqube spark spiped storm swift swipl teamspeak telegraf tomcat tomee traefik ubuntu unit varnish
vault websphere-liberty wordpress xwiki yourls znc zookeeper
"""
_OFFICIAL = frozenset(_ONE_WORD.split())
"""The official images of Docker Hub, whose names are one word; also those no longer made that many still pull.

Source: the names in `library/` of docker-library/official-images@37079fb, and of the commits before.
"""

_SAME_REGISTRY = ("docker.io/", "index.docker.io/", "registry-1.docker.io/")


def normalised(name: str) -> str:
    """A name (no tag, no digest) as the table has it: in lower case, without what stands for Docker Hub."""
    name = name.strip().lower()
    if "/" not in name:
        return name
    for start in _SAME_REGISTRY:
        name = name.removeprefix(start)
    return name.removeprefix("library/")


def health_of_image(name: str) -> tuple[bool, str] | None:
    """Is a HEALTHCHECK built in, with the evidence (`READ` or `NOT_VERIFIED`); None for an unlisted image."""
    name = normalised(name)
    found = _row(name)
    if found is not None:
        return found[2], found[6] if name in found[0] else NOT_VERIFIED
    return (False, NOT_VERIFIED) if name.startswith(_LINUXSERVER) else None


def suggested_test(name: str) -> str | None:
    """A `test` for Compose's healthcheck of the image, as the text of a list; None where none is known."""
    found = _row(normalised(name))
    return found[3] if found is not None else None


def verified_test(name: str) -> str | None:
    """The same, only where somebody has read that the very image brings what the test runs."""
    name = normalised(name)
    found = _row(name)
    return found[3] if found is not None and found[6] == READ and name in found[0] else None


def is_datastore(name: str) -> bool:
    """Is it a database, cache, broker or object store?"""
    return normalised(name) in _DATASTORES


def is_of_hub(name: str) -> bool:
    """Is it an image that Docker Hub has under a name of one word? Any other such name was given on some machine."""
    name = normalised(name)
    return name in _OFFICIAL or name in _DATASTORES or _row(name) is not None


_row_of: dict[str, Row] = {}
"""The rows by name, once one was asked for."""


def _row(name: str) -> Row | None:
    if not _row_of:
        _row_of.update((name, row) for row in reversed(ROWS) for name in (*row[0], *row[1]))
    return _row_of.get(name)

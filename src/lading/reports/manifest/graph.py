"""The delivery graph of a bill: events start jobs, jobs publish images, services run images and wait for each other."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    Bill = dict[str, Any]

EVENT, JOB, IMAGE, SERVICE = "event", "job", "image", "service"
KINDS = (EVENT, JOB, IMAGE, SERVICE)
"""The columns of the graph, in the order in which things are delivered."""

_OF_PUBLISHING = ("contents", "packages", "id-token", "attestations")
"""The scopes of the token that publishing needs."""

STARTS, PUBLISHES, RUNS, WAITS = "starts", "publishes", "runs", "waits"
_CONDITIONS = {
    "service_started": "until started",
    "service_healthy": "until healthy",
    "service_completed_successfully": "until completed",
}


class Place:
    """A stretch of lines in a file of the repository, counted from 1, both ends included."""

    __slots__ = ("first", "last", "path")

    def __init__(self, path: str, first: int, last: int) -> None:
        self.path = path
        self.first = first
        self.last = last


class Node:
    """Something in the graph.

    - `id`: short and unique in its graph; `kind`: one of `KINDS`; `label`: its name
    - `note`: a few words below the name; `group`: the file it belongs to, "" for events and images
    - `is_ours`: of an image, does this repository publish or build it?
    - `facts`: pairs of words for people; `places`: where files tell of it
    """

    __slots__ = ("facts", "group", "id", "is_ours", "kind", "label", "note", "places")

    def __init__(
        self,
        id: str,
        kind: str,
        label: str,
        *,
        note: str = "",
        group: str = "",
        is_ours: bool = True,
        facts: Iterable[tuple[str, str]] = (),
        places: Iterable[Place] = (),
    ) -> None:
        self.id = id
        self.kind = kind
        self.label = label
        self.note = note
        self.group = group
        self.is_ours = is_ours
        self.facts = list(facts)
        self.places = list(places)


class Edge:
    """From one node to another, both by id. `is_certain`: false where it may not be so."""

    __slots__ = ("end", "is_certain", "kind", "label", "start")

    def __init__(self, kind: str, start: str, end: str, label: str = "", is_certain: bool = True) -> None:
        self.kind = kind
        self.start = start
        self.end = end
        self.label = label
        self.is_certain = is_certain


class Graph:
    """Nodes and edges in order, and the name of the repository where it is known."""

    __slots__ = ("edges", "nodes", "title")

    def __init__(self, title: str, nodes: tuple[Node, ...], edges: tuple[Edge, ...]) -> None:
        self.title = title
        self.nodes = nodes
        self.edges = edges


def graph_of(bill: Bill) -> Graph:
    """The whole graph of a bill, as `models.manifest.manifest` makes it."""
    return _Drawing(bill).graph()


def publishing(bill: Bill) -> list[Bill]:
    """The jobs that publish something."""
    return [row for row in bill["jobs"] if row["publications"]]


def token_of(publication: Bill) -> str:
    """With what a push logs in, in words: `GITHUB_TOKEN` with its scopes, a secret, nothing."""
    credential = str(publication["credential"])
    if credential == "GITHUB_TOKEN":
        permissions = publication["permissions"]
        granted = ", ".join(
            f"{scope}: {permissions[scope]}"
            for scope in _OF_PUBLISHING
            if permissions and permissions[scope] != "none"
        )
        return f"{credential} ({granted or ('no scopes' if permissions else 'scopes not known')})"
    if credential == "none":
        return "no login seen"
    return "not known" if credential == "unknown" else credential.replace("secret:", "secret ")


def waits_for(wait: Bill) -> str:
    """What a service waits for, in words: "until healthy", "until started", "links", …"""
    if wait["way"] != "depends_on":
        return str(wait["way"])
    condition = wait["condition"]
    words = _CONDITIONS.get(condition, condition) or "until something that is not known"
    return words if wait["required"] is not False else f"{words}, if it is there"


def unknowns(row: Bill) -> list[str]:
    """Why parts of a row are not known, in words, each once."""
    parts: dict[str, list[str]] = {}
    for each in row["unknown"]:
        texts = parts.setdefault(each["reason"], [])
        if each["text"] not in texts:
            texts.append(each["text"])
    return [
        reason if texts == ["*"] else f"{', '.join(f'`{text}`' for text in texts)}: {reason}"
        for reason, texts in parts.items()
    ]


class _Drawing:
    """Collects nodes and edges, each once."""

    def __init__(self, bill: Bill) -> None:
        self._bill = bill
        self._nodes: dict[tuple[str, str], Node] = {}
        self._edges: dict[tuple[str, str, str], Edge] = {}
        self._count = dict.fromkeys(KINDS, 0)
        self._jobs: dict[int, list[Node]] = {}

    def graph(self) -> Graph:
        jobs = publishing(self._bill)
        for index, row in enumerate(jobs):
            self._job(index, row)
        for row in jobs:
            self._needs(row)
        services = [self._service(index, row) for index, row in enumerate(self._bill["services"])]
        for node, row in zip(services, self._bill["services"], strict=True):
            self._waits(node, row, services)
        ordered = sorted(self._nodes.values(), key=lambda node: KINDS.index(node.kind))
        return Graph(self._bill["repository"] or "", tuple(ordered), tuple(self._edges.values()))

    def _node(self, kind: str, key: str, label: str, **rest: Any) -> Node:
        found = self._nodes.get((kind, key))
        if found is None:
            id = f"{kind[0]}{self._count[kind]}"
            self._count[kind] += 1
            found = self._nodes[kind, key] = Node(id, kind, label, **rest)
        return found

    def _edge(self, kind: str, start: Node, end: Node, label: str = "", is_certain: bool = True) -> None:
        key = (kind, start.id, end.id)
        other = self._edges.get(key)
        if other is None:
            self._edges[key] = Edge(kind, start.id, end.id, label, is_certain)
            return
        other.is_certain = other.is_certain or is_certain
        if label and label not in other.label.split(", "):
            other.label = f"{other.label}, {label}" if other.label else label

    def _job(self, index: int, row: Bill) -> None:
        published = [self._bill["publications"][each] for each in row["publications"]]
        tokens = list(dict.fromkeys(map(token_of, published)))
        events = list(dict.fromkeys(event for each in published for event in each["events"]))
        facts = [
            ("workflow", row["workflow"] or row["path"]),
            ("started by", ", ".join(events) or "nothing seen"),
        ]
        facts += [("pushes with", token) for token in tokens]
        facts += [("waits for", ", ".join(row["needs"]))] if row["needs"] else []
        job = self._node(
            JOB,
            f"{row['path']}\n{row['job']}",
            row["job"],
            note=" · ".join(token.partition(" (")[0] for token in tokens),
            group=row["path"],
            facts=facts,
            places=[Place(row["path"], row["line"], row["endLine"])],
        )
        for event in events:
            self._edge(STARTS, self._node(EVENT, event, event), job)
        for publication in published:
            image = self._published(publication)
            self._edge(
                PUBLISHES, job, image, ", ".join(publication["tags"]), publication["certainty"] == "known"
            )

    def _published(self, row: Bill) -> Node:
        name = row["image"]
        key = name if name.strip("*/") else f"{name}\n{row['path']}:{row['line']}"
        image = self._node(IMAGE, key, name or "*")
        image.places.append(Place(row["path"], row["line"], row["endLine"]))
        facts = [
            ("tags", ", ".join(row["tags"]) or "none"),
            ("pushed by", f"{row['job']} ({row['path']}:{row['line']})"),
        ]
        facts += [("with", token_of(row))]
        facts += [("certain", condition) for condition in row["conditions"]]
        facts += [("not known", words) for words in unknowns(row)]
        image.facts += [fact for fact in facts if fact not in image.facts]
        return image

    def _needs(self, row: Bill) -> None:
        job = self._nodes[JOB, f"{row['path']}\n{row['job']}"]
        for need in row["needs"]:
            other = self._nodes.get((JOB, f"{row['path']}\n{need}"))
            if other is not None:
                self._edge(WAITS, job, other, "until finished")

    def _service(self, index: int, row: Bill) -> Node:
        health = row["health"]
        facts = [("project", row["project"]), ("healthcheck", f"{health['state']}: {health['reason']}")]
        facts += [("profiles", ", ".join(row["profiles"]))] if row["profiles"] else []
        service = self._node(
            SERVICE,
            str(index),
            row["service"],
            group=row["project"],
            facts=facts,
            places=[Place(each["path"], each["line"], each["endLine"]) for each in row["places"]],
        )
        for number in row["consumers"]:
            self._consumer(service, self._bill["consumers"][number])
        if row["built"]:
            service.facts.append(("image", "built from this repository"))
        elif row["consumers"]:
            consumer = self._bill["consumers"][row["consumers"][0]]
            service.note = f"{consumer['image'].rpartition('/')[2]}:{consumer['tag'] or 'latest'}"
        service.note = "built here" if row["built"] else service.note
        return service

    def _consumer(self, service: Node, row: Bill) -> None:
        service.facts += [("image", f"{row['image']}:{row['tag'] or 'latest'}")]
        service.facts += [("certain", condition) for condition in row["conditions"]]
        service.facts += [("not known", words) for words in unknowns(row)]
        label = row["tag"] or ""
        makers = row["published_by"] or row["perhaps_published_by"]
        if not makers:
            name = row["image"]
            key = name if name.strip("*/") else f"{name}\n{row['path']}:{row['line']}"
            image = self._node(IMAGE, key, name or "*", is_ours=row["built"])
            self._edge(RUNS, image, service, label)
        for maker in makers:
            image = self._published(self._bill["publications"][maker])
            self._edge(RUNS, image, service, label, bool(row["published_by"]))

    def _waits(self, service: Node, row: Bill, services: list[Node]) -> None:
        for wait in row["waits_for"]:
            if wait["service"] is not None and services[wait["service"]] is not service:
                self._edge(WAITS, service, services[wait["service"]], waits_for(wait))
            service.facts.append(("waits for", f"{wait['name']} ({waits_for(wait)})"))

"""Facts as pages for people: of a workflow, a job, a Compose project, a service, an error."""

from __future__ import annotations

from lading.explain.sheet import Sheet
from lading.reports import counted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from lading.explain.places import Facts
    from lading.reports import Look


def as_page(facts: Facts, look: Look) -> str:
    """The page of any of the kinds."""
    page = {
        "workflow": _workflow,
        "job": _job,
        "compose-project": _project,
        "service": _service,
        "error": _error,
        "dockerfile": _dockerfile,
    }[facts["kind"]]
    return "\n".join(line.rstrip() for line in page(facts, Sheet(look, _own_path(facts)))) + "\n"


def _own_path(facts: Facts) -> str | None:
    """The file that a page is about, where it is about one."""
    project = facts.get("project") or facts
    if len(project.get("files") or "1") > 1:
        return None
    path: str | None = project.get("path")
    return path


# --- workflows ---


def _workflow(facts: Facts, sheet: Sheet) -> Iterator[str]:
    name = f" `{facts['name']}`" if facts["name"] else ""
    yield from sheet.title(
        sheet.path(facts["path"]), f"the workflow{name}, {counted(len(facts['jobs']), 'job')}"
    )
    yield from sheet.heading("starts on")
    for event in facts["events"]:
        yield from sheet.said(_event(event), 2, hang=4)
    for caller in facts["callers"]:
        yield from sheet.field("called by", f"job `{caller['job']}`, {sheet.place(caller)}")
    block = facts["permissions"]
    yield from sheet.heading("permissions")
    said = "the file sets none"
    if block is not None:
        said = f"{_scopes(block['scopes'])}, {sheet.place(block)}"
    yield from sheet.said(said, 2)
    yield from sheet.heading("jobs")
    for number, job in enumerate(facts["jobs"]):
        if number:
            yield ""
        yield from _brief_job(job, sheet)
    yield from _see(f"lading explain {sheet.path(facts['path'])}:JOB tells more of one", sheet)


def _brief_job(job: Facts, sheet: Sheet) -> Iterator[str]:
    yield from sheet.beside(f"{job['job']}", sheet.place(job), 2, 40)
    yield from sheet.field("runs", _events_line(job), 4)
    if job["needs"]:
        yield from sheet.field("after", ", ".join(need["job"] for need in job["needs"]), 4)
    if job["calls"] is not None:
        yield from sheet.field("calls", job["calls"]["workflow"] or job["calls"]["uses"], 4)
    tokens = dict.fromkeys(_may(token) + _doubt(token) for token in job["tokens"])
    yield from sheet.fields("token", list(tokens), 4)
    pushed = [_image_name(push) for push in (*job["pushes"], *job["pushes_by_call"])]
    yield from sheet.fields("pushes", list(dict.fromkeys(pushed)), 4)


def _job(facts: Facts, sheet: Sheet) -> Iterator[str]:
    name = f" `{facts['workflow']}`" if facts["workflow"] else ""
    yield from sheet.title(f"{sheet.path(facts['path'])}:{facts['job']}", f"a job of the workflow{name}")
    yield from sheet.heading("runs")
    yield from sheet.field("on", _events_line(facts))
    if facts["never"]:
        yield from sheet.field("never on", ", ".join(facts["never"]))
    yield from sheet.fields("if", [_guard(guard, sheet) for guard in facts["guards"]])
    yield from sheet.fields("after", [f"`{need['job']}`" for need in facts["needs"]])
    if facts["environment"] is not None:
        said = "whose protection rules cannot be seen from here"
        yield from sheet.field("environment", f"`{facts['environment']['name']}`, {said}")
    if facts["calls"] is not None:
        where = facts["calls"]["workflow"]
        said = f"`{where}`" if where else f"`{facts['calls']['uses']}`, which is not in this repository"
        yield from sheet.field("calls", f"{said}, {sheet.place(facts['calls'])}")
    yield from sheet.heading("token")
    for number, token in enumerate(facts["tokens"]):
        if number:
            yield ""
        yield from _token(token, sheet)
    for title, pushes in (("pushes", facts["pushes"]), ("pushes by the call", facts["pushes_by_call"])):
        if pushes:
            yield from sheet.heading(title)
        for number, push in enumerate(pushes):
            if number:
                yield ""
            yield from _push(push, sheet)
    if not facts["pushes"] and not facts["pushes_by_call"]:
        yield from sheet.heading("pushes")
        yield from sheet.said("nothing that can be seen", 2)
    yield from _findings(facts, sheet)


def _findings(facts: Facts, sheet: Sheet) -> Iterator[str]:
    """What `lading check` says of it."""
    if facts.get("findings"):
        yield from sheet.heading("findings")
    for finding in facts.get("findings") or ():
        yield from _finding(finding, sheet, 2)


def _finding(finding: Facts, sheet: Sheet, indent: int) -> Iterator[str]:
    head = f"{finding['level']}[{finding['rule']}] {sheet.place(finding)}"
    yield from sheet.said(head, indent, finding["level"])
    yield from sheet.said(finding["message"], indent + 2)


def _token(token: Facts, sheet: Sheet) -> Iterator[str]:
    if token["chain"]:
        chain = " -> ".join(f"job `{call['job']}` ({sheet.place(call)})" for call in token["chain"])
        yield from sheet.field("reached by", chain)
    yield from sheet.field("may", _may(token))
    yield from sheet.fields("from", [f"{each['words']}, {sheet.place(each)}" for each in token["provenance"]])
    if token["basis"] == "assumed":
        yield from sheet.fields("assumed", token["conditions"])
    elif token["basis"] == "unknown":
        yield from sheet.fields("unknown", token["conditions"])


def _push(push: Facts, sheet: Sheet) -> Iterator[str]:
    yield from sheet.strong(_image_name(push), 2)
    step = f"step {push['step'] + 1}" + (f" “{push['step_name']}”" if push["step_name"] else "")
    yield from sheet.field("by", f"{push['tool']} in {step}, {sheet.place(push)}", 4)
    names = list(dict.fromkeys(each["text"] for each in push["references"] if each["text"] != "*"))
    yield from sheet.fields("as", names, 4)
    yield from sheet.field("registry", push["registry"] or "not known", 4)
    yield from sheet.fields("source", [_label(each, sheet) for each in push["source_labels"]], 4)
    yield from sheet.field("login", _login(push, sheet), 4)
    if push["credential"] == "GITHUB_TOKEN":
        yield from sheet.fields("token", [_of_packages(token, sheet) for token in push["tokens"]], 4)
    yield from sheet.field("reached by", _events_line(push), 4)
    yield from sheet.fields("guards", [_guard(guard, sheet) for guard in push["guards"]], 4)
    parts = [push["image"], *push["references"]] if push["image"] is not None else push["references"]
    unknown = [reason.removeprefix("`*`: ") for part in parts for reason in part["unknown"]]
    if push["basis"] == "unknown":
        unknown += push["conditions"]
    if push["unseen_login"] is not None:
        unknown.append(f"perhaps {push['unseen_login']}")
    yield from sheet.fields("unknown", list(dict.fromkeys(unknown)), 4)
    conditions = [condition for part in parts for condition in part["conditions"]]
    yield from sheet.fields("assumed", list(dict.fromkeys(conditions)), 4)


def _of_packages(token: Facts, sheet: Sheet) -> str:
    """What the token may do to packages, and what says so."""
    level = token["scopes"].get("packages", "none")
    origin = token["provenance"][0]
    if token["basis"] == "unknown":
        return f"`packages` is not known: {'; '.join(token['conditions'])}"
    doubt = f", {'; '.join(token['conditions'])}" if token["conditions"] else ""
    return f"`packages` is `{level}`: {origin['words']}, {sheet.place(origin)}{doubt}"


def _image_name(push: Facts) -> str:
    kind = "" if push["kind"] == "image" else f" ({push['kind']})"
    if push["image"] is None:
        return f"what it pushes is not said{kind}"
    name = push["image"]["text"]
    return f"{name if name != '*' else 'a name that is not known'}{kind}"


def _login(push: Facts, sheet: Sheet) -> str:
    credential = {
        "none": "none",
        "unknown": "not known",
        "GITHUB_TOKEN": "with GITHUB_TOKEN",
    }.get(push["credential"], f"with the secret `{push['credential'].removeprefix('secret:')}`")
    if push["login"] is not None:
        perhaps = "" if push["login"]["certain"] else "perhaps "
        return f"{perhaps}{credential}, {sheet.place(push['login'])}"
    others = [
        f"{each['registry'] or 'an unknown host'} ({sheet.place(each)})" for each in push["other_logins"]
    ]
    return f"{credential}; the job logs in to {', '.join(others)}" if others else credential


def _events_line(facts: Facts) -> str:
    """Certain events first; those of which a condition decides are marked."""
    certain = [_event(each) for each in facts["events"] if each["certain"]]
    perhaps = [_event(each) for each in facts["events"] if not each["certain"]]
    said = ", ".join(certain)
    if perhaps:
        said += ("; " if said else "") + f"perhaps {', '.join(perhaps)}, as a condition decides"
    return said or "nothing that starts it"


def _event(event: Facts) -> str:
    filters = _filters(event.get("filters") or {})
    name = "a call" if event["event"] == "workflow_call" else str(event["event"])
    return f"{name} ({filters})" if filters else name


def _filters(filters: dict[str, list[str]]) -> str:
    return "; ".join(f"{name}: {', '.join(values)}" for name, values in filters.items())


def _guard(guard: Facts, sheet: Sheet) -> str:
    return f"`{guard['text']}` ({guard['key']} of {guard['of']}, {sheet.place(guard)})"


def _scopes(scopes: dict[str, str]) -> str:
    """Scopes by level, the more powerful first."""
    levels = [
        (level, [scope for scope, each in scopes.items() if each == level]) for level in ("write", "read")
    ]
    said = "; ".join(f"{level}: {', '.join(names)}" for level, names in levels if names)
    return said or "nothing"


def _may(token: Facts) -> str:
    """What is granted; of what is not known the most that it can be."""
    if token["basis"] != "unknown":
        return _scopes(token["scopes"])
    return f"at most {_scopes(token['scopes'])}" if token["scopes"] else "not known"


def _doubt(token: Facts) -> str:
    """The default token decides, or GitHub refuses the call: in a word."""
    return " (assumed)" if token["basis"] == "assumed" else ""


# --- Compose ---


def _project(facts: Facts, sheet: Sheet) -> Iterator[str]:
    yield from sheet.title(
        sheet.path(facts["path"]), f"a Compose project, {counted(len(facts['services']), 'service')}"
    )
    yield from _files(facts, sheet)
    yield from sheet.heading("services")
    for number, service in enumerate(facts["services"]):
        if number:
            yield ""
        yield from sheet.beside(service["service"], sheet.place(service), 2, 40)
        yield from _image(service["image"], sheet, 4)
        yield from sheet.field("health", _verdict(service["health"]), 4)
        yield from sheet.fields("waits for", [_wait(edge) for edge in service["waits_for"]], 4)
    yield from _see(f"lading explain {sheet.path(facts['path'])}:SERVICE tells more of one", sheet)


def _files(project: Facts, sheet: Sheet) -> Iterator[str]:
    yield from sheet.heading("files, later ones over earlier ones" if len(project["files"]) > 1 else "file")
    for number, file in enumerate(project["files"]):
        origin = f" by {sheet.place(file['from'])}" if file["from"] is not None else ""
        how = f"{file['how']}{origin}" if len(project["files"]) > 1 else ""
        yield from sheet.beside(f"{number + 1}  {sheet.path(file['path'])}", how, 2, 40)
    yield from sheet.said(project["because"], 2)
    if project["active_profiles"]:
        yield from sheet.field("profiles", ", ".join(project["active_profiles"]))
    yield from sheet.fields("unknown", project["unknown"])


def _service(facts: Facts, sheet: Sheet) -> Iterator[str]:
    project = facts["project"]
    yield from sheet.title(
        f"{sheet.path(project['path'])}:{facts['service']}", "a service, as Compose merges it"
    )
    yield from _files(project, sheet)
    for kind in ("include", "extends"):
        turns = [step for row in facts["definition"] for step in row["via"] if step["kind"] == kind]
        yield from sheet.fields(kind, list(dict.fromkeys(sheet.place(turn) for turn in turns)))
    yield from sheet.heading("definition")
    yield from _definition(facts, sheet)
    if facts["partial"]:
        yield from sheet.field("unknown", "a part of it, which it extends, cannot be read")
    if facts["profiles"]:
        yield from sheet.field("profiles", ", ".join(facts["profiles"]))
    yield from sheet.heading("image")
    yield from _image(facts["image"], sheet, 2)
    yield from sheet.heading("health")
    health = facts["health"]
    yield from sheet.beside(_state(health), sheet.place(health), 2, 40)
    yield from sheet.said(health["reason"], 2)
    if health["basis"] == "assumed":
        yield from sheet.fields("assumed", health["conditions"])
    yield from sheet.heading("waits for")
    for edge in facts["waits_for"]:
        yield from sheet.beside(_wait(edge), sheet.place(edge), 2, 40)
    if not facts["waits_for"]:
        yield from sheet.said("nothing", 2)
    yield from sheet.heading("awaited by")
    for edge in facts["awaited_by"]:
        said = f"{edge['service']}, {_condition(edge)}"
        yield from sheet.beside(said, sheet.place(edge), 2, 40)
    if not facts["awaited_by"]:
        yield from sheet.said("nobody", 2)
    yield from _findings(facts, sheet)


def _definition(facts: Facts, sheet: Sheet) -> Iterator[str]:
    """The merged YAML with the place of each value at its side."""
    before: tuple[object, ...] = ()
    for row in facts["definition"]:
        keys = tuple(row["key"])
        shared = next(
            (at for at, (one, other) in enumerate(zip(before, keys, strict=False)) if one != other),
            min(len(before), len(keys)),
        )
        item = ""
        for depth in range(shared, len(keys) - 1):
            key = keys[depth]
            if isinstance(key, int):
                item = "- "
            else:
                yield from sheet.beside(f"{item}{key}:", "", _indent(keys, depth) - len(item), 0)
                item = ""
        last = keys[-1] if keys else ""
        value = "" if row["value"] is None else row["value"]
        text = f"{item}- {value}" if isinstance(last, int) else f"{item}{last}: {value}"
        indent = _indent(keys, len(keys) - 1) - len(item)
        yield from sheet.beside(text.rstrip(), _origin(row, sheet), indent, 50)
        for other in row["in_place_of"]:
            yield from sheet.beside(f"in place of {other['value']}", sheet.place(other), indent + 2, 50)
        for reason in row["unknown"]:
            yield from sheet.said(f"unknown: {reason}", indent + 2)
        for condition in row["conditions"]:
            yield from sheet.said(f"assumed: {condition}", indent + 2)
        before = keys


def _indent(keys: tuple[object, ...], depth: int) -> int:
    return 2 + 2 * depth


def _origin(row: Facts, sheet: Sheet) -> str:
    """The place of a value, and the turns that it took: `common.yaml:4 (extends)`, `line 3 (alias in line 9)`."""
    far = dict.fromkeys(step["kind"] for step in row["via"] if step["kind"] in ("extends", "include"))
    turns = [*(["override"] if row["file"] == "override" else ()), *far]
    near = {step["line"]: step["kind"] for step in reversed(row["via"]) if step["kind"] not in far}
    turns += [f"{kind} in line {line}" for line, kind in near.items()]
    return f"{sheet.place(row)} ({'; '.join(turns)})" if turns else sheet.place(row)


def _image(image: Facts | None, sheet: Sheet, indent: int) -> Iterator[str]:
    if image is None:
        yield from sheet.field("image", "none is given", indent)
        return
    reference = image["reference"]
    if reference is not None:
        yield from sheet.field("image", reference["text"], indent)
        yield from sheet.fields("unknown", reference["unknown"], indent)
        yield from sheet.fields("assumed", reference["conditions"], indent)
    if image["built_from"] is not None:
        built = image["built_from"]
        yield from sheet.field("built", f"from `{built['context']}`, {sheet.place(built)}", indent)
    yield from sheet.fields("published", [_publisher(each, sheet) for each in image["published_by"]], indent)
    yield from sheet.fields(
        "perhaps", [f"published {_publisher(each, sheet)}" for each in image["may_be_published_by"]], indent
    )
    if not image["published_by"] and not image["may_be_published_by"] and reference is not None:
        if image["built_from"] is None:
            yield from sheet.field("published", "not in this repository, so far as can be seen", indent)


def _publisher(publisher: Facts, sheet: Sheet) -> str:
    tags = {
        "yes": "with this tag",
        "no": f"not with this tag, but {', '.join(publisher['tags'])}",
        "unknown": "whether with this tag is not known",
    }[publisher["tag"]]
    return f"by job `{publisher['job']}`, {sheet.place(publisher)}: {tags}"


def _state(health: Facts) -> str:
    return {
        "present": "it reports whether it is healthy",
        "absent": "it never reports whether it is healthy",
        "unknown": "cannot tell whether it reports that it is healthy",
    }[health["state"]]


def _verdict(health: Facts) -> str:
    doubt = f", {'; '.join(health['conditions'])}" if health["basis"] == "assumed" else ""
    said = {"present": "yes", "absent": "no", "unknown": "cannot tell"}[health["state"]]
    return f"{said}: {health['reason']}{doubt}"


def _wait(edge: Facts) -> str:
    said = f"{edge['target']}, {_condition(edge)}"
    if not edge["defined"]:
        return f"{said}; there is no such service in this project"
    if edge["health"] == "absent":
        return f"{said}; never, since {edge['reason']}"
    if edge["health"] == "unknown":
        return f"{said}; cannot tell: {edge['reason']}"
    return said


def _condition(edge: Facts) -> str:
    words = {
        "service_started": "until it is started",
        "service_healthy": "until it is healthy",
        "service_completed_successfully": "until it has ended well",
    }
    said = words.get(edge["condition"], f"until `{edge['condition']}`")
    if edge["key"] != "depends_on":
        said += f" ({edge['key']})"
    return said if edge["required"] is not False else f"{said}, if it is there"


# --- Dockerfiles ---


def _dockerfile(facts: Facts, sheet: Sheet) -> Iterator[str]:
    yield from sheet.title(
        sheet.path(facts["path"]), f"a Dockerfile, {counted(len(facts['stages']), 'stage')}"
    )
    for number, stage in enumerate(facts["stages"]):
        name = f"`{stage['name']}`" if stage["name"] else f"number {number}"
        is_last = number == len(facts["stages"]) - 1
        yield from sheet.heading(f"stage {name}{', which is built where none is named' if is_last else ''}")
        base = f"stage `{stage['base']}`" if stage["base"] is not None else stage["image"]["text"]
        yield from sheet.field("from", f"{base}, {sheet.place(stage)}")
        if stage["image"] is not None:
            yield from sheet.fields("unknown", stage["image"]["unknown"])
        yield from sheet.field("health", _verdict(stage["health"]))
        yield from sheet.field("source", _label(stage["label"], sheet))
    if facts["services"]:
        yield from sheet.heading("built by")
    for service in facts["services"]:
        yield from sheet.beside(service["service"], sheet.place(service), 2, 40)
    for push in facts["pushes"]:
        said = f"{_image_name(push)}, job `{push['job']}`"
        yield from sheet.beside(said, sheet.place(push), 2, 40)
    yield from _findings(facts, sheet)


def _label(label: Facts, sheet: Sheet) -> str:
    """What the label that names the source says."""
    if label["value"] is not None:
        conditions = "".join(f", {each}" for each in label["value"]["conditions"])
        return f"`{label['value']['text']}`{conditions}, {sheet.place(label)}"
    if label["unknown"] is not None:
        return f"cannot tell: {label['unknown']}"
    return "no label `org.opencontainers.image.source`, unless the base image carries one"


# --- errors ---


_STATES = (
    ("found", "This repository has"),
    ("perhaps", "It may have, which the files do not decide"),
    ("not found", "Looked for, and not found"),
    ("not visible", "Cannot be seen from here"),
)


def _error(facts: Facts, sheet: Sheet) -> Iterator[str]:
    for number, match in enumerate(facts["matches"]):
        if number:
            yield ""
        is_exact = match["exact"]
        under = "a known error" if is_exact else "the nearest known error; the text itself is not known"
        yield from sheet.strong(match["error"])
        yield from sheet.said(f"{under} ({counted(len(match['causes']), 'cause')})")
        for state, words in _STATES:
            causes = [cause for cause in match["causes"] if cause["state"] == state]
            if causes:
                yield from sheet.heading(words)
            for cause in causes:
                yield from _cause(cause, sheet)
        yield ""
        if all(cause["state"] == "not found" for cause in match["causes"]) and not facts["owner_missing"]:
            yield from sheet.said("Nothing in the files of this repository explains it.")
        yield from sheet.said(f"Source: {match['source']}", hang=8)
    if facts["owner_missing"]:
        yield ""
        yield from sheet.said(
            "The owner of this repository is not known, so that the namespaces of names were not judged; "
            "give --owner and --repo."
        )


def _cause(cause: Facts, sheet: Sheet) -> Iterator[str]:
    yield from sheet.said(f"- {cause['cause']}", 2, hang=2)
    for finding in cause["findings"]:
        yield from _finding(finding, sheet, 4)
    if cause["state"] != "not found":
        yield from sheet.said(f"Fix: {cause['fix']}", 4, hang=5)


def _see(text: str, sheet: Sheet) -> Iterator[str]:
    yield ""
    yield from sheet.said(text)

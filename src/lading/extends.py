"""`extends:`: the files and installed packages that a configuration builds on, each once, the one that wins first."""

from __future__ import annotations

import os
import posixpath

from lading.config_file import read_layer
from lading.files import Unreadable
from lading.problems import Problem

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from lading.config_parts import Layer
    from lading.files import Files
    from lading.parse import Reader

_FILE = "lading.yaml"
"""What a package carries."""
_MOST_LAYERS = 50


def with_extended(layer: Layer, files: Files, reader: Reader) -> tuple[Layer, ...]:
    """A file and all that it builds on. Raises `Problem` where something is missing or builds on itself.

    Paths in files of the repository do not leave it; those in files given on the command line and in packages may
    lead anywhere.
    """
    if "extends" not in layer.value:
        return (layer,)
    return tuple({each.path: each for each in _follow(layer, files, reader, (layer,))}.values())


def _follow(layer: Layer, files: Files, reader: Reader, above: tuple[Layer, ...]) -> Iterator[Layer]:
    yield layer
    stated = layer.value.get("extends") or ()
    names = (stated,) if isinstance(stated, str) else tuple(stated)
    for index in reversed(range(len(names))):
        way = ("extends",) if isinstance(stated, str) else ("extends", index)
        try:
            below = _open(names[index], layer, files, reader)
        except _Missing as missing:
            raise Problem(f"{_place(layer, way)}: `extends`: {missing}") from missing
        if any(each.path == below.path for each in above) or len(above) > _MOST_LAYERS:
            circle = " extends ".join([each.path for each in above] + [below.path])
            raise Problem(f"{_place(layer, way)}: `extends` leads back to where it started: {circle}")
        yield from _follow(below, files, reader, (*above, below))


class _Missing(Exception):
    """What is extended cannot be read; `str()` says why."""


def _place(layer: Layer, way: tuple[str | int, ...]) -> str:
    from lading.schema import SchemaError

    line, column = SchemaError("", way).place_in(layer.tree)
    return f"{layer.path}:{line}:{column}"


def _open(name: str, layer: Layer, files: Files, reader: Reader) -> Layer:
    """The file that a name means, read. Raises `_Missing`, and `Problem` where it is broken."""
    if not _is_path(name):
        path = package_file(name)
        files.record.note(path)
        return _on_disk(path, path, reader)
    if layer.is_free:
        path = os.path.normpath(os.path.join(layer.folder, name))
        files.record.note(path)
        return _on_disk(path, path, reader)
    path = posixpath.normpath(posixpath.join(layer.folder, name))
    try:
        data = files.read(path)
    except Unreadable as error:
        raise _Missing(f"`{name}`: {error.reason}") from error
    return read_layer(path, data, reader, folder=posixpath.dirname(path))


def _on_disk(shown: str, path: str, reader: Reader) -> Layer:
    try:
        with open(path, "rb") as file:
            data = file.read()
    except OSError as error:
        raise _Missing(f"`{shown}`: {(error.strerror or 'it cannot be read').lower()}") from error
    return read_layer(shown, data, reader, folder=os.path.dirname(os.path.abspath(path)), is_free=True)


def _is_path(name: str) -> bool:
    return "/" in name or "\\" in name or name.endswith((".yaml", ".yml"))


def package_file(name: str) -> str:
    """The `lading.yaml` of an installed distribution, found through its metadata; nothing of it is imported.

    Raises `_Missing` where no such distribution is installed, or where it carries none or several.
    """
    from importlib.metadata import PackageNotFoundError, distribution

    try:
        found = distribution(name)
    except (PackageNotFoundError, ValueError) as error:
        raise _Missing(
            f"no package `{name}` is installed here; the path of a file has a `/` in it"
        ) from error
    paths = [str(found.locate_file(each)) for each in found.files or () if each.name == _FILE]
    paths = [path for path in paths if os.path.isfile(path)] or list(_edited(found, name))
    depth = min((path.count(os.sep) for path in paths), default=0)
    nearest = sorted({os.path.realpath(path) for path in paths if path.count(os.sep) == depth})
    if not nearest:
        raise _Missing(f"the package `{name}` carries no `{_FILE}`")
    if len(nearest) > 1:
        raise _Missing(f"the package `{name}` carries several: {', '.join(nearest)}")
    return nearest[0]


def _edited(found: object, name: str) -> Iterator[str]:
    """Where the file lies in a distribution that is installed for editing: in its package, beside or below `src`."""
    import json

    stated = found.read_text("direct_url.json")  # type: ignore[attr-defined]
    url = json.loads(stated).get("url", "") if stated else ""
    if not url.startswith("file://"):
        return
    from urllib.parse import unquote, urlparse

    root = unquote(urlparse(url).path)
    tops = (found.read_text("top_level.txt") or "").split()  # type: ignore[attr-defined]
    for top in tops or [name.replace("-", "_").lower()]:
        for folder in (os.path.join(root, "src"), root):
            path = os.path.join(folder, *top.split("."), _FILE)
            if os.path.isfile(path):
                yield path
                break

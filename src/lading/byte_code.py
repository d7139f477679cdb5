"""Our own modules straight from the byte code beside them: a tenth of what a small run does (measured).

A run imports ninety of them, and for each the plain way asks every finder of the interpreter and looks through the
folder. Here the name says the file; whatever is not exactly as expected (no byte code, an older one, an archive, `-O`)
is left to the plain way. A test shows that both ways give the same modules.
"""

from __future__ import annotations

import os
import sys
from marshal import loads
from os import close, open, read, stat

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from importlib.machinery import ModuleSpec, SourceFileLoader
    from types import CodeType, ModuleType

    MAGIC_NUMBER: bytes
else:
    from _frozen_importlib import ModuleSpec
    from _frozen_importlib_external import MAGIC_NUMBER, SourceFileLoader

_PREFIX = "lading."
_HEADER = 16
"""Bytes before the code: magic number, kind, time and size of the source (PEP 552)."""
_MOST = 1 << 16
"""Bytes that are read at first, or as many as the source has; a larger buffer costs more than the reading."""
_FLAGS = os.O_RDONLY | getattr(os, "O_BINARY", 0)
_32_BITS = 0xFFFFFFFF


def use_byte_code(folder: str) -> None:
    """From here on, import the modules of the package that lies in `folder` this way, where that works."""
    tag = sys.implementation.cache_tag
    if tag is not None and sys.pycache_prefix is None and not sys.flags.optimize:
        sys.meta_path.insert(0, Finder(folder, tag))


class Finder:
    """Finds `lading.a.b` as `a/b.py` or `a/b/__init__.py`, with its byte code."""

    def __init__(self, folder: str, tag: str) -> None:
        self.folder = folder
        self.suffix = f".{tag}.pyc"

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The spec of a module of ours, with its code; None where the plain way has to look."""
        if not name.startswith(_PREFIX):
            return None
        folder, _, last = f"{self.folder}/{name[len(_PREFIX) :].replace('.', '/')}".rpartition("/")
        spec = self._spec(name, folder, last)
        if spec is None:
            inner = f"{folder}/{last}"
            spec = self._spec(name, inner, "__init__")
            if spec is not None:
                spec.submodule_search_locations = [inner]
        return spec

    def _spec(self, name: str, folder: str, file: str) -> ModuleSpec | None:
        source, cached = f"{folder}/{file}.py", f"{folder}/__pycache__/{file}{self.suffix}"
        code = _code(source, cached)
        if code is None:
            return None
        spec = ModuleSpec(name, Loader(name, source, code), origin=source)
        spec.has_location = True
        spec.cached = cached
        return spec


class Loader(SourceFileLoader):
    """The plain loader, which has its code already."""

    def __init__(self, name: str, path: str, code: CodeType) -> None:
        self.name = name
        self.path = path
        self._code = code

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """A module that knows where it comes from: asking each for what it lacks costs more than making it."""
        module = type(sys)(spec.name)
        module.__dict__.update(__file__=spec.origin, __cached__=spec.cached)
        return module

    def get_code(self, fullname: str) -> CodeType:
        """The code that was found beside the source."""
        return self._code


def _code(source: str, cached: str) -> CodeType | None:
    """The code of a source, where it was compiled from the source as it is now."""
    try:
        status = stat(source)
        file = open(cached, _FLAGS)
    except OSError:
        return None
    try:
        most = max(_MOST, status.st_size)
        data = read(file, most)
        if len(data) == most:
            data += read(file, status.st_size * 10)
    finally:
        close(file)
    time, size = int(status.st_mtime) & _32_BITS, status.st_size & _32_BITS
    stamps = b"\0\0\0\0" + time.to_bytes(4, "little") + size.to_bytes(4, "little")
    if data[:_HEADER] != MAGIC_NUMBER + stamps:
        return None
    code: CodeType = loads(memoryview(data)[_HEADER:])
    return code

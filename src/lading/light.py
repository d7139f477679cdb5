"""Compiled modules without the packages around them: a package's `__init__` often imports far more than is used here.

Measured on CPython 3.11: PyYAML 3 ms instead of 15 (every loader, dumper and resolver), tree-sitter with its grammar of
bash 2 ms instead of 10 (`typing`, `importlib.resources`). Whatever does not fit falls back to the plain import; a test
shows that both ways give the same, and that a later plain import still works.
"""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def package_alone(name: str) -> Any:
    """The package as a module with nothing but its path, so that its submodules can be imported; None without one.

    It is not put into `sys.modules`.
    """
    finder = sys.modules["_frozen_importlib_external"].PathFinder
    spec = finder.find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        return None
    package = type(sys)(name)
    package.__path__ = list(spec.submodule_search_locations)
    return package


def binding_of(name: str) -> Any:
    """The compiled module `_binding` of a tree-sitter package."""
    loaded = sys.modules.get(f"{name}._binding")
    if loaded is not None:
        return loaded
    if name not in sys.modules:
        package = package_alone(name)
        if package is not None:
            sys.modules[name] = package
            try:
                return __import__(f"{name}._binding", fromlist=["_binding"])
            except Exception:
                sys.modules.pop(f"{name}._binding", None)
            finally:
                del sys.modules[name]
    return __import__(name)

"""A static linter and policy checker for repositories that ship containers."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from lading.findings import Finding
    from lading.version import __version__ as __version__

__all__ = ["Finding", "check"]


def check(path: str) -> list[Finding]:
    """Check the repository that holds `path` with its own configuration and every default rule.

    Nothing is run and nothing is fetched. Raises `lading.problems.Problem` when the work cannot be done (a broken
    configuration, card or plugin).
    """
    from lading.session import check_path

    return list(check_path(path).findings)


def __getattr__(name: str) -> object:
    if name == "Finding":
        from lading.findings import Finding

        return Finding
    if name == "__version__":
        from lading.version import __version__

        return __version__
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

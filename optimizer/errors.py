"""Errors of the optimizer, one tree.

::

    OptimizerError
    ├── ProblemError (ValueError)   the problem contradicts itself; names every fault
    ├── Unsupported (ValueError)    an engine lacks a field that the problem uses
    └── PolicyError (LookupError)   no rule, tariff or calendar for that region, date or name

An unserved request is a result, not an error.
"""

from collections.abc import Sequence


class OptimizerError(Exception):
    """Anything the optimizer refuses to do."""


class ProblemError(OptimizerError, ValueError):
    """A problem that contradicts itself.

    Parameters
    ----------
    faults
        One sentence per fault, each naming the value; kept as `faults`.
    """

    def __init__(self, faults: Sequence[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("；".join(self.faults))

    def __reduce__(self) -> tuple[type["ProblemError"], tuple[tuple[str, ...]]]:
        """Pickle by the faults, so that the error crosses process borders whole."""
        return (type(self), (self.faults,))


class Unsupported(OptimizerError, ValueError):
    """An engine was given a problem with a field it cannot honour.

    Parameters
    ----------
    field
        Name of the field, e.g. `"Request.sole_use"`; kept as `field`.
    detail
        What to do instead.
    """

    def __init__(self, field: str, detail: str = "") -> None:
        self.field = field
        self.detail = detail
        super().__init__(f"此算法不支持 {field}" + (f"：{detail}" if detail else ""))

    def __reduce__(self) -> tuple[type["Unsupported"], tuple[str, str]]:
        """Pickle by field and detail, so that the error crosses process borders whole."""
        return (type(self), (self.field, self.detail))


class PolicyError(OptimizerError, LookupError):
    """There is no rule, tariff, vehicle type or calendar for what was asked."""

"""Compare the day as planned with a few changes."""

from typing import Any


def compare(*_: Any) -> tuple[Any, ...]:
    return ()

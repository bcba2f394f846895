"""Between the yuan of published figures and sentences and the integer fen of everything else."""

from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any


def fen(yuan: Decimal) -> int:
    """Round an exact amount half-even to fen."""
    return int((yuan * 100).quantize(Decimal(1), rounding=ROUND_HALF_EVEN))


def fen_of(figure: Any) -> int:
    """Read a yuan figure of a data file (integer or `Decimal`) as fen."""
    return fen(Decimal(figure))


def yuan(amount_fen: int) -> str:
    """Write integer fen as yuan with two decimals, exactly."""
    sign = "-" if amount_fen < 0 else ""
    return f"{sign}{abs(amount_fen) // 100}.{abs(amount_fen) % 100:02d} 元"

"""What a reader tells people: counts of what it took and left out, and one sentence per warning."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from gis.network import ReadReport, RoadNetwork

Progress = Callable[[float, str], None]
"""Called with the finished part (0 to 1) and what is being done."""


@dataclass(slots=True)
class Tally:
    """Counts that grow while a file is read; `report()` freezes them.

    Parameters
    ----------
    read, dropped
        What was taken, and reason → count of what was not.
    warnings
        One sentence each, for people.
    """

    read: Counter[str] = field(default_factory=Counter)
    dropped: Counter[str] = field(default_factory=Counter)
    warnings: list[str] = field(default_factory=list)

    def report(self) -> ReadReport:
        """Freeze the counts: what was read in the order it was met, what was dropped by falling count."""
        dropped = sorted(((k, n) for k, n in self.dropped.items() if n), key=lambda item: (-item[1], item[0]))
        return ReadReport(
            read=tuple(self.read.items()), dropped=tuple(dropped), warnings=tuple(self.warnings)
        )


def describe(network: RoadNetwork) -> str:
    """Describe in lines what was read from a map, what was left out and why.

    Returns
    -------
    Lines in Chinese and English, without a trailing newline.
    """
    report = network.report
    kind = {"drive": "行车路网 / roads for vehicles", "walk": "步行路网 / ways on foot"}[network.kind]
    lines = [f"{network.source}: {kind}"]
    if network.synthetic:
        lines.append("  这些道路是虚构的 / these roads are synthetic")
    lines += [f"  已读取 / read        {name}: {count:,}" for name, count in report.read]
    lines += [f"  未采用 / left out    {name}: {count:,}" for name, count in report.dropped]
    lines += [f"  注意 / warning       {warning}" for warning in report.warnings]
    return "\n".join(lines)

"""What is known of places in words while sheets are read, and what is learnt from them."""

from dataclasses import dataclass, field, replace

from gis.gazetteer import Gazetteer, NamedPlace, Pin, Unresolved
from gis.gazetteer.text import normalised


@dataclass(slots=True, kw_only=True)
class Words:
    """Pins and past destinations; `waiting` and `visits` grow while sheets are read.

    Parameters
    ----------
    pins, past
        What dispatchers have said, and where people have gone before.
    waiting
        Key → words that nobody could place, with who asked for them.
    visits
        Words with the point that was given for them: destinations, never homes.
    gazetteer
        Made when first asked for.
    """

    pins: tuple[Pin, ...] = ()
    past: tuple[NamedPlace, ...] = ()
    waiting: dict[str, Unresolved] = field(default_factory=dict)
    visits: list[tuple[str, float, float]] = field(default_factory=list)
    gazetteer: Gazetteer | None = None

    def wait(self, unresolved: Unresolved, origin: str = "") -> None:
        """Keep words for the queue, once."""
        key = normalised(unresolved.text)
        held = self.waiting.get(key, unresolved)
        origins = (*held.origins, *unresolved.origins, *((origin,) if origin else ()))
        self.waiting[key] = replace(held, origins=tuple(dict.fromkeys(origins)))

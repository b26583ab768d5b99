"""What can be picked: an entry for every optimizer and surface, in families, found again by a few words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property

from app.utils.i18n import mark, tr
from optimizers import OPTIMIZERS, Optimizer
from optimizers.frameworks import presets
from surfaces import SURFACES

FAVOURITE = mark("Favourites")
# What a newcomer finds on top, until they mark favourites of their own.
FAVOURITES = {
    "optimizer": ("sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam"),
    "surface": ("elongated_bowl", "rosenbrock", "himmelblau", "saddle", "linear_regression"),
}


def fold(text: str) -> str:
    """The text without case and accents."""
    return "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))


@dataclass(frozen=True)
class Entry:
    """``also`` gives the other names that an id is known by, when somebody searches. ``source`` names the authors."""

    id: str
    name: str
    family: str
    note: str
    source: str
    also: Callable[[str], str] = lambda id: ""

    @cached_property
    def title(self) -> str:
        return fold(self.name)

    @cached_property
    def names(self) -> str:
        """Also as one word, for who types saddlefree or cmaes."""
        in_one = re.sub("[^a-zA-Z0-9]", "", self.name)
        return fold(f"{self.name} {self.id} {self.id.replace('_', ' ')} {in_one} {self.also(self.id)}")

    @cached_property
    def words(self) -> str:
        return fold(f"{self.names} {self.family} {self.note} {self.source} {tr(self.family)} {tr(self.note)}")

    def rank(self, text: str) -> int | None:
        """How well a folded text is met, 0 best; None where one of its words does not occur."""
        words = text.split()
        if not all(word in self.words for word in words):
            return None
        if self.title.startswith(text):
            return 0 if self.title == text else 1
        starts = re.split(r"\W+", self.title)
        if all(any(start.startswith(word) for start in starts) for word in words):
            return 2
        return 3 if all(word in self.names for word in words) else 4


def conventions(optimizer: str) -> list[Optimizer]:
    """The rule that an optimizer is a variant of, or is itself, followed by all its variants."""
    base = OPTIMIZERS[optimizer].variant_of or optimizer
    return [OPTIMIZERS[base], *(rule for rule in OPTIMIZERS.values() if rule.variant_of == base)]


def optimizer_entries() -> list[Entry]:
    """One entry for each optimizer; its variants are found through it."""
    return [
        Entry(rule.id, rule.name, rule.family, rule.note, rule.source, other_names)
        for rule in OPTIMIZERS.values()
        if not rule.variant_of
    ]


def other_names(optimizer: str) -> str:
    """What the conventions of an optimizer and the frameworks' calls of them are called."""
    return " ".join(
        [
            *(f"{other.name} {other.id} {other.convention}" for other in conventions(optimizer)),
            *(preset.call for preset in presets(optimizer)),
        ]
    )


def surface_entries() -> list[Entry]:
    return [
        Entry(surface.id, surface.name, surface.family, surface.note, surface.source) for surface in SURFACES.values()
    ]


def sections(entries: Iterable[Entry], favourites: Iterable[str] = (), text: str = "") -> list[tuple[str, list[Entry]]]:
    """The entries under headings: favourites first, then families; for a text, those that meet it, the best family first."""
    wanted = fold(text).strip()
    ranks = {entry: rank for entry in entries if (rank := entry.rank(wanted)) is not None}
    families: dict[str, list[Entry]] = {}
    for entry in sorted(ranks, key=ranks.__getitem__) if wanted else ranks:
        families.setdefault(entry.family, []).append(entry)
    known = {entry.id: entry for entry in ranks}
    on_top = [known[name] for name in favourites if name in known]
    return ([(FAVOURITE, on_top)] if on_top and not wanted else []) + list(families.items())

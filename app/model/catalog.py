"""What can be picked: an entry for every optimizer and surface, in families, found again by a few words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property

from app.utils.i18n import gettext_noop, tr
from optimizers import OPTIMIZERS, Optimizer
from optimizers.frameworks import presets
from surfaces import SURFACES

FAVORITES_HEADING = gettext_noop("Favourites")
# What a newcomer finds on top, until they mark favourites of their own.
DEFAULT_FAVORITES = {
    "optimizer": ("sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam"),
    "surface": ("elongated_bowl", "rosenbrock", "himmelblau", "saddle", "linear_regression"),
}


def normalize_text(text: str) -> str:
    """The text without case and accents."""
    return "".join(
        character
        for character in unicodedata.normalize("NFKD", text.casefold())
        if not unicodedata.combining(character)
    )


@dataclass(frozen=True)
class CatalogEntry:
    """``also`` gives the other names that an id is known by, when somebody searches. ``source`` names the authors."""

    id: str
    name: str
    family: str
    summary: str
    source: str
    find_aliases: Callable[[str], str] = lambda id: ""

    @cached_property
    def normalized_name(self) -> str:
        return normalize_text(self.name)

    @cached_property
    def search_names(self) -> str:
        """Also as one word, for who types saddlefree or cmaes."""
        joined_name = re.sub("[^a-zA-Z0-9]", "", self.name)
        return normalize_text(
            f"{self.name} {self.id} {self.id.replace('_', ' ')} {joined_name} {self.find_aliases(self.id)}"
        )

    @cached_property
    def search_text(self) -> str:
        return normalize_text(
            f"{self.search_names} {self.family} {self.summary} {self.source} {tr(self.family)} {tr(self.summary)}"
        )

    def rank(self, query: str) -> int | None:
        """How well a folded text is met, 0 best; None where one of its words does not occur."""
        words = query.split()
        if not all(word in self.search_text for word in words):
            return None
        if self.normalized_name.startswith(query):
            return 0 if self.normalized_name == query else 1
        name_words = re.split(r"\W+", self.normalized_name)
        if all(any(name_word.startswith(word) for name_word in name_words) for word in words):
            return 2
        return 3 if all(word in self.search_names for word in words) else 4


def list_implementations(optimizer_id: str) -> list[Optimizer]:
    """The rule that an optimizer is a variant of, or is itself, followed by all its variants."""
    base_id = OPTIMIZERS[optimizer_id].variant_of or optimizer_id
    return [OPTIMIZERS[base_id], *(method for method in OPTIMIZERS.values() if method.variant_of == base_id)]


def optimizer_entries() -> list[CatalogEntry]:
    """One entry for each optimizer; its variants are found through it."""
    return [
        CatalogEntry(method.id, method.name, method.family, method.summary, method.source, optimizer_aliases)
        for method in OPTIMIZERS.values()
        if not method.variant_of
    ]


def optimizer_aliases(optimizer_id: str) -> str:
    """What the conventions of an optimizer and the frameworks' calls of them are called."""
    return " ".join(
        [
            *(f"{other.name} {other.id} {other.implementation}" for other in list_implementations(optimizer_id)),
            *(preset.call for preset in presets(optimizer_id)),
        ]
    )


def surface_entries() -> list[CatalogEntry]:
    return [
        CatalogEntry(surface.id, surface.name, surface.family, surface.summary, surface.source)
        for surface in SURFACES.values()
    ]


def sections(
    entries: Iterable[CatalogEntry], favorites: Iterable[str] = (), query: str = ""
) -> list[tuple[str, list[CatalogEntry]]]:
    """The entries under headings: favourites first, then families; for a text, those that meet it, the best family first."""
    normalized_query = normalize_text(query).strip()
    ranks = {entry: rank for entry in entries if (rank := entry.rank(normalized_query)) is not None}
    families: dict[str, list[CatalogEntry]] = {}
    for entry in sorted(ranks, key=ranks.__getitem__) if normalized_query else ranks:
        families.setdefault(entry.family, []).append(entry)
    entries_by_id = {entry.id: entry for entry in ranks}
    favorite_entries = [entries_by_id[name] for name in favorites if name in entries_by_id]
    return ([(FAVORITES_HEADING, favorite_entries)] if favorite_entries and not normalized_query else []) + list(
        families.items()
    )

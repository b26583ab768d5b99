"""Catalog of optimizers and surfaces: entries in families, with search and favorites."""

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
from surfaces.problems.names import PROBLEM_NAMES

PROBLEM_FAMILY = gettext_noop("All dimensions")
PROBLEM_SUMMARY = gettext_noop("Runs move in the space of all parameters; the plot shows them on a plane.")
FAVORITES_HEADING = gettext_noop("Favorites")
# favorites until the user has selected others
DEFAULT_FAVORITES = {
    "optimizer": ("sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam"),
    "surface": ("elongated_bowl", "rosenbrock", "himmelblau", "saddle", "linear_regression"),
}


def normalize_text(text: str) -> str:
    """Return the text without case and accents."""
    return "".join(
        character
        for character in unicodedata.normalize("NFKD", text.casefold())
        if not unicodedata.combining(character)
    )


@dataclass(frozen=True)
class CatalogEntry:
    """An optimizer or surface that can be selected.

    ``source`` names the authors; ``find_aliases`` returns other names of an id for the search. ``switches`` are the
    labels of options that the search also finds.
    """

    id: str
    name: str
    family: str
    summary: str
    source: str
    find_aliases: Callable[[str], str] = lambda id: ""
    switches: tuple[str, ...] = ()

    @cached_property
    def normalized_name(self) -> str:
        """The name without case and accents."""
        return normalize_text(self.name)

    @cached_property
    def search_names(self) -> str:
        """The names that the search prefers, also written as one word (saddlefree, cmaes)."""
        joined_name = re.sub("[^a-zA-Z0-9]", "", self.name)
        return normalize_text(
            f"{self.name} {self.id} {self.id.replace('_', ' ')} {joined_name} {self.find_aliases(self.id)}"
        )

    @cached_property
    def search_text(self) -> str:
        """All text that the search looks at, in English and in the current language."""
        return normalize_text(
            f"{self.search_names} {self.family} {self.summary} {self.source} {tr(self.family)} {tr(self.summary)} "
            + " ".join(f"{switch} {tr(switch)}" for switch in self.switches)
        )

    def rank(self, query: str) -> int | None:
        """Return how well a normalized query matches, from 0 (best) to 4; None if a word does not occur."""
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
    """Return the base optimizer of an optimizer, followed by all its variants."""
    base_id = OPTIMIZERS[optimizer_id].variant_of or optimizer_id
    return [OPTIMIZERS[base_id], *(method for method in OPTIMIZERS.values() if method.variant_of == base_id)]


def optimizer_entries() -> list[CatalogEntry]:
    """Return an entry for each optimizer; variants have none and are found through their base."""
    return [
        CatalogEntry(
            method.id, method.name, method.family, method.summary, method.source, optimizer_aliases, switches(method.id)
        )
        for method in OPTIMIZERS.values()
        if not method.variant_of
    ]


def switches(optimizer_id: str) -> tuple[str, ...]:
    """Return the labels of the switches of an optimizer and its variants."""
    specs = (spec for method in list_implementations(optimizer_id) for spec in method.hyperparameters.values())
    return tuple(dict.fromkeys(spec.label for spec in specs if spec.scale == "switch"))


def optimizer_aliases(optimizer_id: str) -> str:
    """Return the names of all implementations of an optimizer and the framework calls for them."""
    return " ".join(
        [
            *(f"{other.name} {other.id} {other.implementation}" for other in list_implementations(optimizer_id)),
            *(preset.call for preset in presets(optimizer_id)),
        ]
    )


def surface_entries() -> list[CatalogEntry]:
    """Return an entry for each surface, named in the current language; the search knows the English name as well."""
    return [
        CatalogEntry(
            surface.id, tr(surface.name), surface.family, surface.summary, surface.source, lambda id: SURFACES[id].name
        )
        for surface in SURFACES.values()
    ] + [
        CatalogEntry(id, tr(name), PROBLEM_FAMILY, PROBLEM_SUMMARY, "", PROBLEM_NAMES.__getitem__)
        for id, name in PROBLEM_NAMES.items()
    ]


def sections(
    entries: Iterable[CatalogEntry], favorites: Iterable[str] = (), query: str = ""
) -> list[tuple[str, list[CatalogEntry]]]:
    """Return the entries that match a query under headings.

    Without a query: favorites, then families. With one: families, the best match first.
    """
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

"""``thalweg list``: the names of optimizers, modifiers, surfaces, examples and file formats."""

from __future__ import annotations

import argparse
from collections.abc import Mapping

from app.cli.argument_parser import Subparsers
from app.utils.validation import ExperimentError

CATEGORIES = ("optimizers", "modifiers", "surfaces", "examples", "formats")


def add_parser(subparsers: Subparsers) -> None:
    """Add the command to the command line."""
    parser = subparsers.add_parser(
        "list",
        help="list optimizers, surfaces, examples, or file formats",
        usage="thalweg list [-h] CATEGORY",
        description="List the available optimizers, modifiers, surfaces, examples, or file formats.",
    )
    parser.add_argument(
        "category",
        metavar="CATEGORY",
        nargs="?",  # its absence gets a sentence that lists the categories
        type=lambda category: "modifiers" if category == "parts" else category,  # the former name
        help="optimizers, modifiers, surfaces, examples, or formats",
    )


def run(args: argparse.Namespace) -> int:
    """Print the names of a category, one per line, and return the exit status."""
    choices = ", ".join(CATEGORIES)
    if args.category is None:
        raise ExperimentError(f'name a category, as in "thalweg list {CATEGORIES[0]}"; the categories are {choices}')
    if args.category not in CATEGORIES:
        raise ExperimentError(f"unknown category {args.category[:60]!r}; choose from {choices}")
    rows = _list_rows(args.category)
    width = max(len(name) for name, _ in rows)
    for name, description in rows:
        print(f"{name:{width}}  {description}")
    return 0


def _list_rows(category: str) -> list[tuple[str, str]]:
    """Return the names of a category with their descriptions; imports only what the category needs."""
    if category == "optimizers":
        from optimizers import OPTIMIZERS

        return [(optimizer.id, _format_values(optimizer.defaults)) for optimizer in OPTIMIZERS.values()]
    if category == "modifiers":
        from optimizers import MODIFIERS

        rows = []
        for modifier in MODIFIERS.values():
            values = {name: parameter.default for name, parameter in modifier.hyperparameters.items()}
            values |= {modifier.id: modifier.default_strength}
            rows.append((modifier.id, f"{modifier.name}: {_format_values(values, ' ')}"))
        return rows
    if category == "surfaces":
        from surfaces import SURFACES

        return [(surface.id, surface.name) for surface in SURFACES.values()]
    if category == "formats":
        from app.export.formats import EXPORT_FORMATS

        return [(suffix, each.name) for suffix, each in EXPORT_FORMATS.items()]
    from app.io.experiment_files import examples

    return [(name, title) for name, (title, _) in examples().items()]


def _format_values(values: Mapping[str, float], separator: str = ", ") -> str:
    return separator.join(f"{name}={value:g}" for name, value in values.items())

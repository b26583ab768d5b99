"""``thalweg list``: the names of optimizers, modifiers, surfaces, examples and file formats."""

from __future__ import annotations

from collections.abc import Sequence

from app.cli.argument_parser import ArgumentParser


def show_list(argv: Sequence[str]) -> int:
    """Print the names of a category, one per line, and return the exit status."""
    parser = ArgumentParser(prog="thalweg list", description="Name what there is, one a line.")
    parser.add_argument("what", choices=("optimizers", "parts", "surfaces", "examples", "formats"))
    category = parser.parse_args(argv).what
    if category == "optimizers":
        from optimizers import OPTIMIZERS

        rows = [
            (o.id, ", ".join(f"{name}={value:g}" for name, value in o.defaults.items())) for o in OPTIMIZERS.values()
        ]
    elif category == "parts":
        from optimizers import MODIFIERS

        rows = [
            (
                modifier.id,
                f"{modifier.name}: "
                + " ".join(
                    f"{name}={modifier.default_strength if name == modifier.id else parameter.default:g}"
                    for name, parameter in modifier.hyperparameters.items()
                ),
            )
            for modifier in MODIFIERS.values()
        ]
    elif category == "surfaces":
        from surfaces import SURFACES

        rows = [(s.id, s.name) for s in SURFACES.values()]
    elif category == "formats":
        from app.export.formats import EXPORT_FORMATS

        rows = [
            (suffix, f"{export_format.name} ({export_format.kind})") for suffix, export_format in EXPORT_FORMATS.items()
        ]
    else:
        from app.io.experiment_files import examples

        rows = [(name, title) for name, (title, _) in examples().items()]
    width = max(len(name) for name, _ in rows)
    for name, description in rows:
        print(f"{name:{width}}  {description}")
    return 0

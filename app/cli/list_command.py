"""``thalweg list``: the names of optimizers, modifiers, surfaces, examples and file formats."""

from __future__ import annotations

from collections.abc import Sequence

from app.cli.argument_parser import Parser


def show_list(words: Sequence[str]) -> int:
    parser = Parser(prog="thalweg list", description="Name what there is, one a line.")
    parser.add_argument("what", choices=("optimizers", "parts", "surfaces", "examples", "formats"))
    what = parser.parse_args(words).what
    if what == "optimizers":
        from optimizers import OPTIMIZERS

        rows = [
            (o.id, ", ".join(f"{name}={value:g}" for name, value in o.defaults.items())) for o in OPTIMIZERS.values()
        ]
    elif what == "parts":
        from optimizers import PARTS

        rows = [
            (
                part.id,
                f"{part.name}: "
                + " ".join(
                    f"{name}={part.on if name == part.id else declared.default:g}"
                    for name, declared in part.hyperparameters.items()
                ),
            )
            for part in PARTS.values()
        ]
    elif what == "surfaces":
        from surfaces import SURFACES

        rows = [(s.id, s.name) for s in SURFACES.values()]
    elif what == "formats":
        from app.export.formats import EXPORTS

        rows = [(suffix, f"{made.name} ({made.kind})") for suffix, made in EXPORTS.items()]
    else:
        from app.io.experiment_files import examples

        rows = [(name, title) for name, (title, _) in examples().items()]
    width = max(len(name) for name, _ in rows)
    for name, words_of_it in rows:
        print(f"{name:{width}}  {words_of_it}")
    return 0

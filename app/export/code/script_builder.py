"""A script put together: the imports, the definitions, the table of the runs, and what is done with them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from textwrap import wrap

from app.engine.race import Race
from app.export.code.dependency_collector import Gathered, Key
from app.export.code.literals import WIDE, literal
from app.export.code.script_text import ends, mapping

RESERVED = (
    "RUNS",
    "START",
    "STEPS",
    "ENDS",
    "STYLES",
    "BOX",
    "MINIMA",
    "x",
    "y",
    "t",
    "name",
    "run",
    "walk",
    "walks",
    "path",
    "paths",
    "loss",
    "losses",
    "PICTURE",
)
STANDARD = (
    "math",
    "contextlib",
    "functools",
    "sys",
    "typing",
    "random",
    "bisect",
    "collections.abc",
    "dataclasses",
    "itertools",
)
# On plain floats these of ours are what the standard library has
SURFACE_ON_FLOATS: Mapping[Key, Key] = {
    ("surfaces.arithmetic", name): ("math", name) for name in ("sin", "cos", "sqrt", "exp", "pi", "e")
}
RULES_ON_FLOATS: Mapping[Key, Key] = {("optimizers.arithmetic", "sqrt"): ("math", "sqrt")}
ALWAYS: Mapping[Key, Key] = {("surfaces.arithmetic", name): ("math", name) for name in ("pi", "e")}


def ground(
    race: Race, surface_on_floats: bool, rules_on_floats: bool, features: Collection[str]
) -> tuple[Gathered, str]:
    """The surface's function as the first definition, and its name; what is on floats never sees anything else."""
    surface = race.surface
    arrays = dict(zip(("DATA_X", "DATA_Y"), surface.data, strict=True)) if surface.data else {}
    instead = {**(SURFACE_ON_FLOATS if surface_on_floats else ALWAYS), **(RULES_ON_FLOATS if rules_on_floats else {})}
    gathered = Gathered(RESERVED, instead, features, arrays)
    return gathered, gathered.function(surface.function, surface.id)


def facets(race: Race, gathered: Gathered, surface: str) -> list[str]:
    """What the surface can be asked for beside its height and slope, as far as anybody does."""
    lines = []
    for name, function in (("batch", race.surface.batch), ("gauss_newton", race.surface.gauss_newton)):
        if name in gathered.attributes and function is not None:
            lines.append(f"{surface}.{name} = {gathered.function(function, f'{surface}_{name}')}")
    if "batch" in gathered.attributes and race.surface.data is not None:
        names = [gathered.constant("DATA", column) for column in race.surface.data]
        lines.append(f"{surface}.data = {', '.join(names)}")
    if any(
        piece.key == ("optimizers.loss", "Loss") and "hessian" not in {method.name for method in left}
        for piece, left in gathered.classes
    ):
        made = gathered.need(("surfaces.surface", "hessian"))
        lines.append(f"{surface}.hessian = lambda x, y: {made}({surface}, x, y)")
    return lines


def definitions(gathered: Gathered) -> str:
    """Everything that has been gathered; short constants stand together."""
    texts = [gathered.text(piece) for piece in gathered.order]
    blocks: list[str] = []
    for text in texts:
        short = not text.startswith(("def ", "class ", "@", "#")) and "\ndef " not in text
        if short and blocks and not blocks[-1].startswith(("def ", "class ", "@", "#")):
            blocks[-1] += "\n" + text
        else:
            blocks.append(text)
    return "\n\n\n".join(blocks)


def imports(gathered: Gathered) -> str:
    """The import lines: first the standard library's, then the others'."""
    groups: tuple[list[str], list[str]] = ([], [])
    names: dict[str, list[str]] = {}
    for (module, name), used in sorted(gathered.imports):
        if name:
            names.setdefault(module, []).append(name if name == used else f"{name} as {used}")
        else:
            groups[module not in STANDARD].append(f"import {module}" + (f" as {used}" if used != module else ""))
    for module, members in names.items():
        groups[module not in STANDARD].append(f"from {module} import {', '.join(members)}")
    return "\n\n".join("\n".join(group) for group in groups if group)


def joined(heading: str, gathered: Gathered, *blocks: str) -> str:
    """The whole script; its import lines are known once all is gathered."""
    return f"{heading}\n\n" + "\n\n\n".join([imports(gathered), *blocks]) + "\n"


def table(race: Race, surface: str, runs: list[tuple[str, str]], comment: str) -> list[str]:
    """Start, steps, the runs (the loop, and its arguments beside the surface, the start and the steps), and what they come to."""
    stopped = ends(race)
    loops = {loop for loop, _ in runs}
    single = len(loops) == 1
    steps = "ENDS.get(name, STEPS)" if stopped else "STEPS"
    entries = [f"({rest})" if single else f"({loop}, {rest})" for loop, rest in runs]
    blocks = [f"START = {literal(race.experiment.start)}\nSTEPS = {race.step}"]
    if stopped:
        blocks.append(
            "# These had used up their evaluations\n" + mapping("ENDS", [(k, str(v)) for k, v in stopped.items()])
        )
    lines = wrap(f"Of each run: {'' if single else 'its loop, '}{comment}", WIDE)
    blocks.append(
        "".join(f"# {line}\n" for line in lines) + mapping("RUNS", zip(race.experiment.names, entries, strict=True))
    )
    loop, pattern = (next(iter(loops)), "run") if single else ("walk", "(walk, *run)")
    blocks.append(
        'with np.errstate(all="ignore"):  # a run that diverges does so without a warning\n'
        f"    walks = {{name: {loop}({surface}, START, {steps}, *run) for name, {pattern} in RUNS.items()}}\n"
        "paths = {name: path for name, (path, _) in walks.items()}\n"
        "losses = {name: loss for name, (_, loss) in walks.items()}"
    )
    return blocks


LAST_WORDS = """\
for name, path in paths.items():
    x, y = path[-1]
    print(f"{name}: {len(path) - 1} steps to ({x:.6g}, {y:.6g}), loss {losses[name][-1]:.6g}")"""


def main(*blocks: str) -> str:
    """What is done when the script is run, and not when it is imported."""
    return 'if __name__ == "__main__":\n' + "\n".join(
        f"    {line}" if line else "" for line in "\n".join(blocks).splitlines()
    )

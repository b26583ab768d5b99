"""A script put together: the imports, the definitions, the table of the runs, and what is done with them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from textwrap import wrap

from app.engine.race import Race
from app.export.code.dependency_collector import DependencyCollector, Key
from app.export.code.literals import MAX_LINE_LENGTH, format_literal
from app.export.code.script_text import exhausted_steps, format_mapping

RESERVED_NAMES = (
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
STDLIB_MODULES = (
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
SURFACE_REPLACEMENTS: Mapping[Key, Key] = {
    ("surfaces.arithmetic", name): ("math", name) for name in ("sin", "cos", "sqrt", "exp", "pi", "e")
}
OPTIMIZER_REPLACEMENTS: Mapping[Key, Key] = {("optimizers.arithmetic", "sqrt"): ("math", "sqrt")}
CONSTANT_REPLACEMENTS: Mapping[Key, Key] = {("surfaces.arithmetic", name): ("math", name) for name in ("pi", "e")}


def script_context(
    race: Race, surface_on_floats: bool, optimizers_on_floats: bool, features: Collection[str]
) -> tuple[DependencyCollector, str]:
    """The surface's function as the first definition, and its name; what is on floats never sees anything else."""
    surface = race.surface
    arrays = dict(zip(("DATA_X", "DATA_Y"), surface.data, strict=True)) if surface.data else {}
    replacements = {
        **(SURFACE_REPLACEMENTS if surface_on_floats else CONSTANT_REPLACEMENTS),
        **(OPTIMIZER_REPLACEMENTS if optimizers_on_floats else {}),
    }
    collector = DependencyCollector(RESERVED_NAMES, replacements, features, arrays)
    return collector, collector.add_function(surface.function, surface.id)


def surface_attributes(race: Race, collector: DependencyCollector, surface_name: str) -> list[str]:
    """What the surface can be asked for beside its height and slope, as far as anybody does."""
    lines = []
    for name, function in (
        ("minibatch_gradient", race.surface.minibatch_gradient),
        ("gauss_newton", race.surface.gauss_newton),
    ):
        if name in collector.used_attributes and function is not None:
            lines.append(f"{surface_name}.{name} = {collector.add_function(function, f'{surface_name}_{name}')}")
    if "minibatch_gradient" in collector.used_attributes and race.surface.data is not None:
        names = [collector.add_constant("DATA", column) for column in race.surface.data]
        lines.append(f"{surface_name}.data = {', '.join(names)}")
    if any(
        definition.key == ("optimizers.loss", "Loss") and "hessian" not in {method.name for method in unused_methods}
        for definition, unused_methods in collector.classes
    ):
        hessian_name = collector.require(("surfaces.surface", "hessian"))
        lines.append(f"{surface_name}.hessian = lambda x, y: {hessian_name}({surface_name}, x, y)")
    return lines


def format_definitions(collector: DependencyCollector) -> str:
    """Everything that has been gathered; short constants stand together."""
    texts = [collector.source_text(definition) for definition in collector.definitions]
    blocks: list[str] = []
    for text in texts:
        is_constant = not text.startswith(("def ", "class ", "@", "#")) and "\ndef " not in text
        if is_constant and blocks and not blocks[-1].startswith(("def ", "class ", "@", "#")):
            blocks[-1] += "\n" + text
        else:
            blocks.append(text)
    return "\n\n\n".join(blocks)


def format_imports(collector: DependencyCollector) -> str:
    """The import lines: first the standard library's, then the others'."""
    groups: tuple[list[str], list[str]] = ([], [])
    names: dict[str, list[str]] = {}
    for (module, name), script_name in sorted(collector.imports):
        if name:
            names.setdefault(module, []).append(name if name == script_name else f"{name} as {script_name}")
        else:
            groups[module not in STDLIB_MODULES].append(
                f"import {module}" + (f" as {script_name}" if script_name != module else "")
            )
    for module, members in names.items():
        groups[module not in STDLIB_MODULES].append(f"from {module} import {', '.join(members)}")
    return "\n\n".join("\n".join(group) for group in groups if group)


def join_script(heading: str, collector: DependencyCollector, *blocks: str) -> str:
    """The whole script; its import lines are known once all is gathered."""
    return f"{heading}\n\n" + "\n\n\n".join([format_imports(collector), *blocks]) + "\n"


def run_blocks(race: Race, surface_name: str, runs: list[tuple[str, str]], comment: str) -> list[str]:
    """Start, steps, the runs (the loop, and its arguments beside the surface, the start and the steps), and what they come to."""
    stopped_at = exhausted_steps(race)
    loops = {loop for loop, _ in runs}
    is_single = len(loops) == 1
    steps = "ENDS.get(name, STEPS)" if stopped_at else "STEPS"
    entries = [f"({arguments})" if is_single else f"({loop}, {arguments})" for loop, arguments in runs]
    blocks = [f"START = {format_literal(race.experiment.start)}\nSTEPS = {race.step}"]
    if stopped_at:
        blocks.append(
            "# These had used up their evaluations\n"
            + format_mapping("ENDS", [(k, str(v)) for k, v in stopped_at.items()])
        )
    lines = wrap(f"Of each run: {'' if is_single else 'its loop, '}{comment}", MAX_LINE_LENGTH)
    blocks.append(
        "".join(f"# {line}\n" for line in lines)
        + format_mapping("RUNS", zip(race.experiment.names, entries, strict=True))
    )
    loop, pattern = (next(iter(loops)), "run") if is_single else ("walk", "(walk, *run)")
    blocks.append(
        'with np.errstate(all="ignore"):  # a run that diverges does so without a warning\n'
        f"    walks = {{name: {loop}({surface_name}, START, {steps}, *run) for name, {pattern} in RUNS.items()}}\n"
        "paths = {name: path for name, (path, _) in walks.items()}\n"
        "losses = {name: loss for name, (_, loss) in walks.items()}"
    )
    return blocks


SUMMARY_CODE = """\
for name, path in paths.items():
    x, y = path[-1]
    print(f"{name}: {len(path) - 1} steps to ({x:.6g}, {y:.6g}), loss {losses[name][-1]:.6g}")"""


def main_block(*blocks: str) -> str:
    """What is done when the script is run, and not when it is imported."""
    return 'if __name__ == "__main__":\n' + "\n".join(
        f"    {line}" if line else "" for line in "\n".join(blocks).splitlines()
    )

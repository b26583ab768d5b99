"""Assembly of a script: docstring, imports, definitions, table of the runs, and the code that computes them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from textwrap import wrap

from app.engine.race import Race
from app.export.code.dependency_collector import DependencyCollector, Key
from app.export.code.formula_source import FUNCTION_NAME, formula_source
from app.export.code.literals import MAX_LINE_LENGTH, format_literal
from app.export.code.script_text import exhausted_steps, format_changes, format_mapping
from app.utils.i18n import tr
from app.utils.validation import ExperimentError

CHANGING_NAME = "changing_surface"
RESERVED_NAMES = (
    CHANGING_NAME,
    "RUNS",
    "START",
    "STEPS",
    "LAST_STEPS",
    "STYLES",
    "x",
    "y",
    "t",
    "name",
    "run",
    "loop",
    "results",
    "path",
    "paths",
    "loss",
    "losses",
    "FIGURE_SETTINGS",
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
# On floats these functions are equivalent to those of the standard library
SURFACE_REPLACEMENTS: Mapping[Key, Key] = {
    ("surfaces.arithmetic", name): ("math", name) for name in ("sin", "cos", "sqrt", "exp", "pi", "e")
}
OPTIMIZER_REPLACEMENTS: Mapping[Key, Key] = {("optimizers.arithmetic", "sqrt"): ("math", "sqrt")}
CONSTANT_REPLACEMENTS: Mapping[Key, Key] = {("surfaces.arithmetic", name): ("math", name) for name in ("pi", "e")}


def script_context(
    race: Race, surface_on_floats: bool, optimizers_on_floats: bool, features: Collection[str]
) -> tuple[DependencyCollector, str]:
    """Return a collector whose first definition is the surface function, and the name of that function.

    ``surface_on_floats`` and ``optimizers_on_floats``: the functions are called with floats only, never with arrays.
    """
    surface = race.surface
    arrays = dict(zip(("DATA_X", "DATA_Y"), surface.data, strict=True)) if surface.data else {}
    replacements = {
        **(SURFACE_REPLACEMENTS if surface_on_floats else CONSTANT_REPLACEMENTS),
        **(OPTIMIZER_REPLACEMENTS if optimizers_on_floats else {}),
    }
    collector = DependencyCollector(RESERVED_NAMES, replacements, features, arrays)
    return collector, add_surface_function(race, collector, not surface_on_floats)


def add_surface_function(race: Race, collector: DependencyCollector, for_arrays: bool) -> str:
    """Return the name in the script of the surface function; ``for_arrays`` if it is called with arrays."""
    experiment, surface = race.experiment.as_of_step(race.step), race.surface
    if experiment.landscape is not None:
        raise ExperimentError(
            tr("scripts cannot contain a landscape; export a figure, the data, or a matplotlib script instead")
        )
    if experiment.formula:
        source = formula_source(experiment.formula, experiment.parameters, for_arrays)
        return collector.add_source(source, FUNCTION_NAME)
    return collector.add_function(surface.function, surface.id)


def has_changing_surface(race: Race) -> bool:
    """Return whether parameters of the formula have changed up to the displayed step."""
    return bool(race.experiment.as_of_step(race.step).parameter_history)


def add_changing_surface(race: Race, collector: DependencyCollector, function_name: str) -> tuple[str, list[str]]:
    """Return the name of the surface that the runs use, and the line that makes it if its parameters change."""
    if not has_changing_surface(race):
        return function_name, []
    class_name = collector.require(("app.export.code.templates.changing_surface", "ChangingSurface"))
    timeline = race.experiment.as_of_step(race.step).parameter_timeline
    changes = format_changes({step: dict(parameters) for step, parameters in timeline.by_step})
    return CHANGING_NAME, [f"{CHANGING_NAME} = {class_name}({function_name}, {changes})"]


def surface_attributes(race: Race, collector: DependencyCollector, surface_name: str) -> list[str]:
    """Return the assignments of the attributes of the surface function that the script uses."""
    has_loss = any(definition.key == ("optimizers.loss", "Loss") for definition, _ in collector.classes)
    lines = [f"{surface_name}.dimension = 1"] if has_loss and race.surface.dimension == 1 else []
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
    """Return the source text of all definitions, with consecutive constants in one block."""
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
    """Return the import lines: first those of the standard library, then the others."""
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
    """Return the whole script. Call it last, when all imports are known."""
    return f"{heading}\n\n" + "\n\n\n".join([format_imports(collector), *blocks]) + "\n"


def run_blocks(race: Race, surface_name: str, loop: str, runs: list[str], comment: str) -> list[str]:
    """Return the blocks with the start, the steps, the runs and the code that computes the paths.

    ``runs`` has the source text of the arguments of each run after surface, start and steps.
    """
    stopped_at = exhausted_steps(race)
    steps = "LAST_STEPS.get(name, STEPS)" if stopped_at else "STEPS"
    blocks = [f"START = {format_literal(race.experiment.start)}\nSTEPS = {race.step}"]
    if stopped_at:
        blocks.append(
            "# The last steps of runs that used up their evaluation budget\n"
            + format_mapping("LAST_STEPS", [(name, str(step)) for name, step in stopped_at.items()])
        )
    lines = wrap(f"For each run: {comment}", MAX_LINE_LENGTH)
    blocks.append(
        "".join(f"# {line}\n" for line in lines)
        + format_mapping("RUNS", zip(race.experiment.names, [f"({arguments})" for arguments in runs], strict=True))
    )
    blocks.append(
        'with np.errstate(all="ignore"):  # no warnings from runs that diverge\n'
        f"    results = {{name: {loop}({surface_name}, START, {steps}, *run) for name, run in RUNS.items()}}\n"
        "paths = {name: path for name, (path, _) in results.items()}\n"
        "losses = {name: loss for name, (_, loss) in results.items()}"
    )
    return blocks


SUMMARY_CODE = """\
for name, path in paths.items():
    x, y = path[-1]
    print(f"{name}: {len(path) - 1} steps to ({x:.6g}, {y:.6g}), loss {losses[name][-1]:.6g}")"""


def main_block(*blocks: str) -> str:
    """Return the code that runs only when the script is executed, not when it is imported."""
    return 'if __name__ == "__main__":\n' + "\n".join(
        f"    {line}" if line else "" for line in "\n".join(blocks).splitlines()
    )

"""Read and write the JSON format of an experiment; files and exported figures contain the same text.

One JSON object in UTF-8, of at most 16 MiB, 500,000 lists and objects and 2,000,000 values. A small example:

    {"thalweg": 1, "surface": "beale", "runs": [{"optimizer": "adam", "hyperparameters": {"lr": 0.1}}]}

"thalweg" is the version of the format, 1 or "1.MINOR", and the only required key. A newer minor version is read, a
newer major version is refused. 1.1 is written where the optimizer "adan" occurs: in format 1 it is "adan_optax". Every
other key has a default, shown between its name and its meaning; "-" marks the keys that an object of that kind must
have. Keys that this version does not know are kept and written again. Numbers are finite, no key occurs twice in an
object, and objects and lists are nested at most 64 deep. Ids are those of "thalweg list".

experiment
    surface              "rosenbrock"  id of the surface
    start                null          [x, y], each from -1e6 to 1e6; null: the start of the surface
    runs                 []            list of at most 24 runs
    steps                null          integer from 0 to 10,000,000 at which playback stops; null: it does not
    loss_plot            {}            a loss plot
    title                ""            text of at most 200 characters; control characters are removed
    data                 null          [[x, ...], [y, ...]], at most 10,000 points that make the surface; null: no data
    data_names           null          [x, y], the names of the columns, at most 80 characters each; null: x and y
    standardized         false         whether the surface is made from the standardized columns
    formula              ""            text of at most 500 characters: a formula in x and y, or x, instead of a surface
    parameters           {}            names with numbers: the parameters of the formula, each 1 by default
    parameter_history    []            list of at most 1,000 [step, parameters], used before that step; steps rise
    domain               null          [[x_min, x_max], [y_min, y_max]]; only the first without y; null: from -5 to 5
    parameter_ranges     {}            names with [low, high]: the ends of the sliders that the user has chosen
    search_level         0             0, 1, or 2: how often the grid for the minima of the formula is refined
    landscape            null          a landscape instead of a surface; null: none
    problem              null          a problem, which the landscape shows; null: none
    branches             []            list of at most 100 branches, oldest first; at most 20,000,000 steps x runs
    comparison           {}            a comparison
    stop_when_converged  false         whether playback stops when every run has converged
    plot_options         {}            plot options
    map_options          {}            map options
    displayed_step       0             integer from 0 to 10,000,000: the step on the screen when it was saved

run
    optimizer            -             id of the optimizer
    hyperparameters      {}            names with numbers, of the optimizer and of its modifiers, as they are now
    visible              true          whether it is drawn
    color                null          "#rrggbb"; null: the color of the palette
    slot                 null          integer from 0 to 999, its index in the palette; null: the next free one
    history              []            list of at most 100,000 [step, hyperparameters], used up to that step; steps rise
    replicas             0             integer from 0 to 100: how many more such runs, each with other seeds
    rate_edited          false         whether the user has set the learning rate, so that the program does not

loss plot
    quantity             "loss"        what is plotted: a key of QUANTITIES in app/model/experiment.py
    x_scale              "linear"      "linear" or "log"
    y_scale              "log"         "linear" or "log"
    x_quantity           "steps"       the quantity of the x-axis: "steps", "evaluations" or "time"

plot options
    height_scale         "auto"        scale of the 3D surface: "linear", "log", or "auto" for what suits the surface
    level_scale          "auto"        spacing of contour levels and colors: "linear", "log", or "auto"
    levels               10            integer from 3 to 40: about how many contour lines there are
    level_labels         true          whether contour lines have labels
    level_style          "filled"      "filled" or "lines"
    colormap             "viridis"     "viridis", "cividis", "plasma", "inferno" or "magma"
    color_bar            true          whether the contour plot has a color bar
    equal_axes           false         whether x and y have the same scale in the contour plot
    step_markers         true          whether steps are marked where they are far enough apart
    dashes               false         whether paths are dashed in every theme
    basin_map            false         whether the contour plot shows to which minimum every start leads
    step_arrows          false         whether the displayed step of the selected run has arrows

map options
    steps                null          integer from 1 to 10,000,000: steps of each run of a map; null: automatic
    settings_axes        null          two hyperparameters of the settings map; null: the most important ones
    settings_quantity    "loss"        what its colors show: "minimum", "steps", "loss", "lowest" or "divergence"
    rate_quantity        "loss"        what the rate curve plots: "loss" or "steps"
    compared_slot        null          integer from 0 to 999: slot of the run in the difference map; null: the next run
    basin_size           200           integer from 8 to 1000: starts per axis of the basin map

landscape
    name                 -             text of at most 80 characters
    x                    -             [first, last] x coordinate of the grid
    y                    -             [first, last] y coordinate of the grid
    heights              -             4 to 129 rows, one for each y, of 4 to 129 losses each; null: not known
    path                 []            at most 1,000 points of a training: [step, x, y, loss, height, off_plane]
    kind                 ""            how the plane was chosen: "ends", "pca", "joint", "random", "snapshots" or ""
    shares               []            shares of the variance of the path along the principal components
    facts                {}            names with numbers and texts
    runs                 []            at most 24 [name, number of points]: of several paths, one after the other

problem
    id                   -             "moons", "spirals", "digits", "linear", "logistic" or "recorded"
    directions           -             two orthonormal lists with a number for each parameter: the plane
    numbers              {}            names with numbers that make it, each with a default
    seed                 0             integer from 0 to 2,147,483,648: of the initial parameters
    origin               []            the parameters at the origin of the plane; empty: the initial ones
    network              null          the network of a recorded training, for the id "recorded"

network
    sizes                -             integers: inputs, units of each hidden layer, and outputs
    activation           -             "tanh", "relu", "sigmoid" or "linear"
    loss                 -             "cross-entropy", "binary cross-entropy" or "squared error"
    inputs               -             base64 of numbers with 8 bytes each, lowest byte first, row by row
    targets              -             the same of the targets: a class or a row of numbers for each row of inputs
    start                -             the same of the initial parameters: of each layer weights, then biases
    scale                1.0           factor of the loss

branch
    runs                 -             list of 1 to 24 runs, each with a slot of its own
    start                -             [x, y], where they start
    steps                -             integer from 0 to 10,000,000: the number of computed steps
    left_at_step         0             integer from 0 to 10,000,000: the step at which the branch was left
    name                 ""            text of at most 80 characters; control characters are removed
    visible              true          whether it is drawn
    parameters           null          the parameters of the formula; null: those of the experiment
    parameter_history    []            the earlier parameters of the formula, as in an experiment

comparison
    mode                 ""            what makes the runs comparable: "" for nothing, "rate", "tuned" or "evaluations"
    budget               0             integer from 0 to 10,000,000: steps of tuning, or evaluations per run
    fingerprint          0             integer from 0 to 4,294,967,295: of the experiment whose rates were tuned
"""

from __future__ import annotations

import json
import re
from dataclasses import MISSING, fields
from typing import Any, TypeVar

from app.io.strict_json import check_depth, parse_json
from app.model.branch import MAX_RUNS, Branch
from app.model.comparison import ComparisonMode
from app.model.experiment import MAX_BRANCHES, Experiment, LossPlot
from app.model.landscape_data import LandscapeData
from app.model.map_options import MapOptions
from app.model.plot_options import PlotOptions
from app.model.problem_data import ProblemData
from app.model.recorded_network import RecordedNetwork
from app.model.run import Run
from app.utils.i18n import gettext_noop, tr
from app.utils.validation import ExperimentError, shorten_repr

FORMAT_VERSION = 1
# fields whose key in the file differs from their name
KEYS: dict[type, dict[str, str]] = {Experiment: {"surface_id": "surface"}}
OLD_OPTIMIZERS = {"adan": "adan_optax"}  # ids whose meaning changed with format 1.1, and what they were before
OLD_KEYS: dict[type, dict[str, str]] = {  # keys of earlier versions and their current names
    Experiment: {
        "curve": "loss_plot",
        "fair": "comparison",
        "settled": "stop_when_converged",
        "shown": "displayed_step",
    },
    LossPlot: {"against": "x_quantity"},
    Branch: {"since": "left_at_step"},
    ComparisonMode: {"of": "fingerprint"},
    Run: {"earlier": "history"},
}
PARTS = (
    *(Experiment, Run, LossPlot, PlotOptions, MapOptions, Branch),
    *(ComparisonMode, LandscapeData, ProblemData, RecordedNetwork),
)
Built = TypeVar(
    "Built",
    Experiment,
    Run,
    LossPlot,
    PlotOptions,
    MapOptions,
    Branch,
    ComparisonMode,
    LandscapeData,
    ProblemData,
    RecordedNetwork,
)


def to_json(experiment: Experiment, indent: int | None = 2) -> str:
    """Return an experiment as JSON text; ``indent`` None writes it in one line."""
    runs = [*experiment.runs, *(run for branch in experiment.branches for run in branch.runs)]
    version = f"{FORMAT_VERSION}.1" if any(run.optimizer in OLD_OPTIMIZERS for run in runs) else FORMAT_VERSION
    return json.dumps({"thalweg": version, **_to_json_value(experiment)}, indent=indent) + "\n"


def keys_of(cls: type) -> dict[str, str]:
    """Return the keys in the file of the fields of a class, by field name."""
    special = KEYS.get(cls, {})
    return {field.name: special.get(field.name, field.name) for field in fields(cls) if field.name != "extra"}


def _to_json_value(value: Any) -> Any:
    """Return dataclasses as dictionaries with their unknown keys last, and tuples as lists."""
    if isinstance(value, PARTS):
        keys = keys_of(type(value))
        own_values = {key: _to_json_value(getattr(value, name)) for name, key in keys.items()}
        return {**own_values, **{key: extra for key, extra in value.extra.items() if key not in own_values}}
    return [_to_json_value(item) for item in value] if value.__class__ is tuple else value


def from_json(source: str | bytes) -> Experiment:
    """Return the experiment in a JSON text; ExperimentError with one sentence if there is none."""
    data = parse_json(source)
    if isinstance(data, dict) and "thalweg_answers" in data:
        raise ExperimentError(tr("it holds answers to lessons, which 'thalweg lesson collect' reads"))
    if not isinstance(data, dict) or "thalweg" not in data:
        raise ExperimentError(tr('it is a JSON file, but not a Thalweg experiment: the key "thalweg" is missing'))
    minor_version = _check_version(data.pop("thalweg"))
    check_depth(data)
    data = _with_new_keys(Experiment, data)
    runs = _check_list(
        gettext_noop("runs"),
        data.get("runs", []),
        MAX_RUNS,
        tr("an experiment can have at most {most} runs, not {n:,}"),
    )
    branches = _check_list(
        gettext_noop("branches"),
        data.get("branches", []),
        MAX_BRANCHES,
        tr("an experiment can have at most {most} branches, not {n:,}"),
    )
    return _build(
        Experiment,
        gettext_noop("experiment"),
        {
            **data,
            "runs": _build_runs(runs, minor_version),
            "loss_plot": _build(LossPlot, gettext_noop("loss plot"), data.get("loss_plot", {})),
            "plot_options": _build(PlotOptions, gettext_noop("plot options"), data.get("plot_options", {})),
            "map_options": _build(MapOptions, gettext_noop("map options"), data.get("map_options", {})),
            "comparison": _build(ComparisonMode, gettext_noop("comparison mode"), data.get("comparison", {})),
            "landscape": _build_optional(LandscapeData, gettext_noop("landscape"), data.get("landscape")),
            "problem": _build_problem(data.get("problem")),
            "branches": tuple(_build_branch(branch, minor_version) for branch in branches),
        },
    )


def _check_version(value: Any) -> int:
    """Return the minor version; raise ExperimentError if this version cannot read the format."""
    match = re.fullmatch(r"(\d{1,9})(\.\d{1,9})?", str(value)) if isinstance(value, (int, float, str)) else None
    if match is None or int(match[1]) < 1:
        raise ExperimentError(
            tr(
                'the key "thalweg" must be the format version, {format}, not {value}',
                format=FORMAT_VERSION,
                value=shorten_repr(value),
            )
        )
    if int(match[1]) > FORMAT_VERSION:
        raise ExperimentError(
            tr(
                "it was saved by a newer version of Thalweg (format {found}; this version reads format "
                "{format}); update Thalweg to open it",
                found=match[0],
                format=FORMAT_VERSION,
            )
        )
    return int((match[2] or ".0")[1:])


def _check_list(label: str, data: Any, maximum: int, length_message: str) -> list[Any]:
    if not isinstance(data, list):
        raise ExperimentError(tr("{kind} must be a list, not {data}", kind=tr(label), data=shorten_repr(data)))
    if len(data) > maximum:  # checked before the objects are built
        raise ExperimentError(length_message.format(most=maximum, n=len(data)))
    return data


def _build_runs(data: list[Any], minor_version: int) -> tuple[Run, ...]:
    if minor_version < 1:
        data = [
            {**run, "optimizer": OLD_OPTIMIZERS[run["optimizer"]]}
            if isinstance(run, dict) and str(run.get("optimizer")) in OLD_OPTIMIZERS
            else run
            for run in data
        ]
    return tuple(_build(Run, gettext_noop("run"), run) for run in data)


def _build_branch(data: Any, minor_version: int) -> Branch:
    if isinstance(data, dict):
        runs = _check_list(
            tr("the runs of a branch"),
            data.get("runs"),
            MAX_RUNS,
            tr("a branch can have at most {most} runs, not {n:,}"),
        )
        data = {"start": None, "steps": None, **data, "runs": _build_runs(runs, minor_version)}
    return _build(Branch, gettext_noop("branch"), data)


def _build_optional(cls: type[Built], label: str, data: Any) -> Built | None:
    """Return an object of a class, None for null; required keys that are missing count as null."""
    if data is None:
        return None
    required = {
        field.name: None for field in fields(cls) if field.default is MISSING and field.default_factory is MISSING
    }
    return _build(cls, label, {**required, **data} if isinstance(data, dict) else data)


def _build_problem(data: Any) -> ProblemData | None:
    if isinstance(data, dict):
        network = _build_optional(RecordedNetwork, gettext_noop("network"), data.get("network"))
        data = {**data, "network": network}
    return _build_optional(ProblemData, gettext_noop("problem"), data)


def _with_new_keys(cls: type, data: dict[str, Any]) -> dict[str, Any]:
    """Return the data with keys of earlier versions renamed; if both forms are given, the new one counts."""
    old_keys = OLD_KEYS.get(cls, {})
    renamed = {old_keys[key]: value for key, value in data.items() if key in old_keys}
    return {**renamed, **{key: value for key, value in data.items() if key not in old_keys}}


def _build(cls: type[Built], label: str, data: Any) -> Built:
    """Return an object of a class; keys that the class does not have become its ``extra``."""
    names = {key: name for name, key in keys_of(cls).items()}
    if not isinstance(data, dict):
        raise ExperimentError(
            tr(
                "the {kind} must be an object with the keys {names}, not {data}",
                kind=tr(label),
                names=", ".join(names),
                data=shorten_repr(data),
            )
        )
    if cls is Run and "optimizer" not in data:
        Run.parse("")
    data = _with_new_keys(cls, data)
    own_values = {names[key]: value for key, value in data.items() if key in names}
    return cls(**own_values, extra={key: value for key, value in data.items() if key not in names})

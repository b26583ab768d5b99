"""Experiments: conversion to JSON and back, edits, and one sentence for everything that is not allowed."""

from __future__ import annotations

import json
from contextlib import suppress
from xml.etree import ElementTree
from xml.sax.saxutils import escape

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.analysis.height_map import height_map_for
from app.engine.race import Race
from app.io.experiment_files import examples, load
from app.io.experiment_json import from_json, to_json
from app.model.branch import Branch
from app.model.experiment import DEFAULT_EXPERIMENT, Experiment, LossPlot
from app.model.map_options import RATE_QUANTITIES, SETTINGS_QUANTITIES, MapOptions
from app.model.plot_domain import plot_bounds
from app.model.plot_options import COLORMAPS, HEIGHT_SCALES, MAX_LEVELS, MIN_LEVELS, PlotOptions
from app.model.run import Run
from app.utils.i18n import ENGLISH, load_language, set_language
from app.utils.validation import ExperimentError, check_text
from optimizers import MODIFIERS, OPTIMIZERS
from surfaces import SURFACES

finite = st.floats(-1e6, 1e6)
runs = st.builds(
    Run,
    st.sampled_from(sorted(OPTIMIZERS)),
    st.dictionaries(st.sampled_from(["weight_decay", "decoupled_weight_decay", "lookahead_alpha"]), st.floats(0, 1)),
    st.booleans(),
    st.none() | st.from_regex("#[0-9a-f]{6}", fullmatch=True),
)
experiments = st.builds(
    Experiment,
    st.sampled_from(sorted(SURFACES)),
    st.none() | st.tuples(finite, finite),
    st.lists(runs, max_size=5).map(tuple),
    st.none() | st.integers(0, 10_000),
    st.builds(LossPlot, st.sampled_from(["loss", "distance", "gradient"]), st.sampled_from(["linear", "log"])),
    st.text(max_size=20),
    plot_options=st.builds(
        PlotOptions,
        st.sampled_from(HEIGHT_SCALES),
        levels=st.integers(MIN_LEVELS, MAX_LEVELS),
        colormap=st.sampled_from(COLORMAPS),
        equal_axes=st.booleans(),
    ),
    map_options=st.builds(
        MapOptions,
        st.none() | st.integers(1, 5000),
        st.none() | st.just(("lr", "momentum")),
        st.sampled_from(sorted(SETTINGS_QUANTITIES)),
        st.sampled_from(sorted(RATE_QUANTITIES)),
        st.none() | st.integers(0, 999),
    ),
)


@pytest.mark.slow
@given(experiments)
def test_experiment_survives_json(experiment: Experiment) -> None:
    assert from_json(to_json(experiment)) == experiment


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    ["thalweg", "surface", "start", "runs", "optimizer", "hyperparameters", "steps", "curve", "lr"]
                ),
                inner,
                max_size=4,
            )
        ),
    )
)
def test_arbitrary_json_is_read_or_rejected_with_one_sentence(data: object) -> None:
    if isinstance(data, dict):
        data = {"thalweg": 1, **data} if data.get("thalweg") is None else data
    with suppress(ExperimentError):
        assert from_json(json.dumps(data)).runs is not None


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"surface": "rosenbrok"}, "unknown surface 'rosenbrok'; choose from rosenbrock"),
        ({"runs": [{"optimizer": "adma"}]}, "unknown optimizer 'adma'; choose from"),
        (
            {"runs": [{"optimizer": "sgd", "hyperparameters": {"momentum": 1}}]},
            "sgd has no hyperparameter 'momentum'; available: lr",
        ),
        (
            {"runs": [{"optimizer": "sgd", "hyperparameters": {"lr": "abc"}}]},
            "lr of sgd must be a finite number, not 'abc'",
        ),
        (
            {"runs": [{"optimizer": "sgd", "hyperparameters": {"lr": -1}}]},
            "lr of sgd must be a number ≥ 0, not -1",
        ),
        ({"runs": [{"optimizer": "sgd", "hyperparameters": 3}]}, "must be name-number pairs"),
        ({"runs": [{}]}, "a run needs an optimizer"),
        ({"runs": {}}, "runs must be a list"),
        ({"runs": [{"optimizer": "sgd"}] * 25}, "at most 24 runs"),
        ({"runs": [{"optimizer": "sgd", "color": "red"}]}, "a color must have the form #0072b2"),
        ({"runs": [{"optimizer": "sgd", "visible": "yes"}]}, "visible must be true or false"),
        ({"start": [1]}, "start must be two numbers"),
        ({"start": [1, "inf"]}, "start y must be a finite number"),
        ({"start": [True, 1]}, "start x must be a finite number"),
        ({"title": 5}, "title must be text"),
        ({"start": [1e7, 0]}, r"start x must be between -1e\+06 and 1e\+06"),
        ({"runs": [{"optimizer": "sgd", "slot": -1}]}, "slot must be"),
        ({"steps": -1}, "steps must be an integer"),
        ({"loss_plot": {"quantity": "speed"}}, "unknown plotted quantity 'speed'; choose from loss"),
        ({"loss_plot": []}, "the loss plot must be an object"),
        ({"plot_options": {"colormap": "jet"}}, "unknown colormap 'jet'; choose from viridis, cividis"),
        ({"plot_options": {"height_scale": "cubic"}}, "unknown height scale 'cubic'; choose from auto, linear, log"),
        ({"plot_options": {"levels": 99}}, "number of contour levels must be an integer from 3 to 40, not 99"),
        ({"plot_options": {"dashes": "yes"}}, "dashes must be true or false, not 'yes'"),
        ({"map_options": {"steps": 0}}, "steps of a map must be an integer from 1 to 10000000, not 0"),
        ({"map_options": {"settings_axes": ["lr", "lr"]}}, "must be two different hyperparameters, not"),
        ({"map_options": {"settings_axes": "lr"}}, "must be two different hyperparameters, not 'lr'"),
        ({"map_options": {"rate_quantity": "time"}}, "unknown quantity of the rate curve 'time'; choose from loss"),
        ({"displayed_step": -1}, "displayed_step must be an integer"),
        (
            {"thalweg": 99},
            r"saved by a newer version of Thalweg \(format 99; this version reads format 1\); update Thalweg",
        ),
    ],
)
def test_error_message_names_the_invalid_value(change: dict, message: str) -> None:
    with pytest.raises(ExperimentError, match=message):
        from_json(json.dumps({**json.loads(to_json(DEFAULT_EXPERIMENT)), **change}))


@pytest.mark.parametrize("text", ["", "{", "[1]", "3", '{"a": 1}', "\x00\xff", "[" * 100_000])
def test_text_without_an_experiment_is_rejected(text: str) -> None:
    with pytest.raises(
        ExperimentError,
        match=r"file is (empty|incomplete)|it is (not valid JSON|a JSON file, but not)|more than 64 levels deep",
    ):
        from_json(text)


def test_run_is_parsed_from_text() -> None:
    assert Run.parse("momentum lr=0.0005 momentum=0.9") == Run("momentum", {"lr": 0.0005, "momentum": 0.9})
    for text, message in (
        ("", "needs an optimizer"),
        ("adma", "unknown optimizer"),
        ("adam 0.1", "name=value"),
        ("adam lr=abc", "must be a finite number"),
    ):
        with pytest.raises(ExperimentError, match=message):
            Run.parse(text)


def test_run_has_modifiers() -> None:
    run = Run.parse("adam lr=0.05 weight_decay=0.1 noise=0.5")
    assert run.hyperparameters["weight_decay"] == 0.1
    assert run.hyperparameters["noise_seed"] == 0.0, "missing hyperparameters of a modifier get defaults"
    assert [modifier.id for modifier in run.modifiers] == ["noise", "weight_decay"]
    assert run.hyperparameter_text == "lr 0.05, noise level 0.5, weight decay 0.1"
    experiment = Experiment(runs=(run,))
    assert from_json(to_json(experiment)) == experiment
    assert [modifier.id for modifier in run.without_modifier(MODIFIERS["noise"]).modifiers] == ["weight_decay"]
    assert [modifier.id for modifier in run.with_hyperparameter("noise", 0.0).modifiers] == ["noise", "weight_decay"], (
        "a strength of 0 switches the modifier off but keeps it"
    )
    for text, message in (
        ("sgd momentun=1", "sgd has no hyperparameter 'momentun'; available: lr; modifiers: minibatch, mini"),
        ("sgd lookahead=2.5", "lookahead of sgd must be an integer"),
        ("sgd clip_norm=-1", "clip_norm of sgd must be a number ≥ 0"),
        ("sgd noise=x", "noise of sgd must be a finite number, not 'x'"),
    ):
        with pytest.raises(ExperimentError, match=message):
            Run.parse(text)


def test_another_optimizer_keeps_changed_hyperparameters_that_both_have() -> None:
    run = Run.parse("adam lr=0.05 beta1=0.8 clip_norm=2")
    other = run.with_optimizer("nadam")
    assert (other.optimizer, other.hyperparameters["beta1"], other.hyperparameters["clip_norm"]) == ("nadam", 0.8, 2.0)
    assert other.hyperparameters["lr"] == OPTIMIZERS["nadam"].defaults["lr"], (
        "learning rates of different optimizers are not comparable"
    )
    keras_run = run.with_optimizer("adam_keras")
    assert keras_run.hyperparameters["lr"] == 0.05, "implementations of the same optimizer share the learning rate"
    assert keras_run.hyperparameters["eps"] == OPTIMIZERS["adam_keras"].defaults["eps"]
    assert keras_run.with_optimizer("adam") == run


@pytest.mark.slow
def test_another_optimizer_keeps_only_values_that_it_allows() -> None:
    """Every pair of optimizers, with every hyperparameter at its smallest and at its largest slider value."""
    for method in OPTIMIZERS.values():
        for end in ("slider_min", "slider_max"):
            values = {name: getattr(spec, end) for name, spec in method.hyperparameters.items()}
            run = Run(method.id, {name: v for name, v in values.items() if method.spec(name).allows(v)})
            for other_id in OPTIMIZERS:
                other = run.with_optimizer(other_id)  # raises if a value is not allowed
                kept = [name for name, value in other.hyperparameters.items() if value == values.get(name)]
                assert all(other.method.spec(name).allows(values[name]) for name in kept), (method.id, other_id)


def test_names_and_labels_distinguish_runs() -> None:
    experiment = Experiment(runs=(Run("adam", {"lr": 0.1}), Run("sgd"), Run("adam", {"beta1": 0.5})))
    assert experiment.names == ["adam", "sgd", "adam-2"]
    assert experiment.labels == ["Adam, lr 0.1", "SGD, lr 0.01", "Adam, lr 0.001, beta1 0.5"]


def test_origin_is_a_valid_start() -> None:
    assert Experiment("himmelblau", (0.0, 0.0)).start == (0.0, 0.0)
    assert Experiment("himmelblau").start == SURFACES["himmelblau"].start


@pytest.mark.parametrize("name", examples())
def test_every_example_opens_and_lowers_the_loss(name: str) -> None:
    experiment = load(name)
    assert experiment.title
    assert experiment.steps
    race = Race(experiment)
    race.advance(experiment.steps)
    for trajectory in race.trajectories:
        assert trajectory.diverged_at is None
        assert trajectory.losses[-1] < trajectory.losses[0]


def test_run_from_the_command_line_is_parsed_or_rejected() -> None:
    assert Run.parse("Adam lr=0,05 clip_norm=1") == Run("adam", {"lr": 0.05, "clip_norm": 1.0})
    for text, message in (
        ("adam lr=1 lr=2", "sets lr twice"),
        ("adma", "choose from adam"),
        ("zzz", "there are"),
        ("nelder_mead noise=1", "modifiers: "),
    ):
        with pytest.raises(ExperimentError, match=message):
            Run.parse(text)


def test_step_size_of_methods_without_learning_rate_has_its_own_label() -> None:
    assert Run("sgd", {"lr": 0.1}).hyperparameter_text == "lr 0.1"
    assert Run("cma_es", {"lr": 0.3}).hyperparameter_text == "initial sigma 0.3"
    assert Run("newton").hyperparameter_text == "lr 1"


def test_the_three_original_examples_exist() -> None:
    bowl, valley, regression = (load(name) for name in ("elongated_bowl", "rosenbrock_momentum", "linear_regression"))
    assert (bowl.surface_id, bowl.start, bowl.runs) == (
        "elongated_bowl",
        (-7.0, 2.0),
        (Run("sgd", {"lr": 0.95}, slot=0),),
    )
    assert (valley.start, valley.steps, valley.loss_plot.quantity, valley.loss_plot.x_scale) == (
        (-5.0, -5.0),
        5000,
        "distance",
        "log",
    )
    assert valley.runs == (Run("momentum", {"lr": 1.5e-5, "momentum": 0.9}, slot=0),)
    assert (regression.start, regression.runs[0].optimizer) == ((-20.0, -20.0), "momentum")


def test_plot_bounds_double_until_the_start_is_inside() -> None:
    assert plot_bounds(Experiment("rosenbrock", (0.0, 0.0))) == SURFACES["rosenbrock"].bounds
    (left, right), (bottom, top) = plot_bounds(Experiment("rosenbrock", (-5.0, -5.0)))
    assert (left, right, bottom, top) == (-8.0, 8.0, -7.0, 9.0)


@pytest.mark.parametrize("surface", SURFACES)
def test_normalized_height_rises_from_zero_to_one(surface: str) -> None:
    height_map = height_map_for(Experiment(surface))
    fractions = height_map.normalized_height([height_map.min_height, height_map.min_height + height_map.height_range])
    assert fractions.tolist() == pytest.approx([0.0, 1.0])
    assert (
        np.diff(
            height_map.normalized_height(
                np.linspace(height_map.min_height, height_map.min_height + height_map.height_range, 50)
            )
        )
        > 0
    ).all()
    heights = height_map.round_heights(10)
    assert 3 <= len(heights) <= 22
    assert heights == sorted(heights)


def with_change(step: int, **changes: float) -> Experiment:
    """Return the default experiment with hyperparameters of its first run changed at a step."""
    return DEFAULT_EXPERIMENT.with_run(
        0,
        DEFAULT_EXPERIMENT.runs[0].with_change_at_step(step, {**DEFAULT_EXPERIMENT.runs[0].hyperparameters, **changes}),
    )


def test_changes_during_the_run_are_part_of_the_experiment() -> None:
    changed = with_change(120, lr=0.002)
    run = changed.runs[0]
    assert run.hyperparameters_by_step == [(0, {"lr": 0.001}), (120, {"lr": 0.002})]
    assert changed.as_of_step(119).runs[0] == DEFAULT_EXPERIMENT.runs[0]
    assert changed.as_of_step(120).runs[0] == run
    assert "changed at step 120" in run.label
    assert from_json(to_json(changed)) == changed
    assert run.with_change_at_step(120, {"lr": 0.003}).hyperparameters_by_step == [
        (0, {"lr": 0.001}),
        (120, {"lr": 0.003}),
    ], "a second change at the same step replaces the first"
    assert run.with_change_at_step(120, {"lr": 0.001}) == DEFAULT_EXPERIMENT.runs[0], (
        "changing a value and changing it back leaves no history"
    )
    assert run.with_change_at_step(50, {"lr": 0.5}).hyperparameters_by_step == [(0, {"lr": 0.001}), (50, {"lr": 0.5})]
    assert run.with_changes_from_start({"lr": 0.3}).hyperparameters_by_step == [(0, {"lr": 0.3})]
    assert run.with_changes_from_start({"weight_decay": 0.1}).hyperparameters_by_step == [
        (0, {"lr": 0.001, "weight_decay": 0.1}),
        (120, {"lr": 0.002, "weight_decay": 0.1}),
    ]
    assert changed.with_surface("beale").runs[0].hyperparameters_by_step == [(0, {"lr": 0.002})]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"earlier": [[0, {}]]}', "the step of a hyperparameter change must be an integer from 1"),
        ('{"earlier": [[5, {}], [5, {}]]}', "must be increasing"),
        ('{"earlier": [[5]]}', "pairs"),
        ('{"earlier": 5}', "list"),
        ('{"earlier": [[5, {"size": 1}]]}', "no hyperparameter 'size'"),
        ('{"replicas": 1e9}', "replicas must be an integer"),
    ],
)
def test_invalid_history_is_rejected(text: str, message: str) -> None:
    run = {"optimizer": "sgd", **json.loads(text)}
    with pytest.raises(ExperimentError, match=message):
        from_json(json.dumps({"thalweg": 1, "runs": [run]}))


@pytest.mark.parametrize(
    ("branch", "message"),
    [
        ({}, "runs of a branch must be a list"),
        ({"runs": []}, "at least one run"),
        (5, "branch must be an object"),
        ({"runs": [{"optimizer": "sgd"}]}, "start of a branch must be two numbers"),
        ({"runs": [{"optimizer": "sgd"}], "start": [0, 0]}, "steps of a branch"),
        ({"runs": [{"optimizer": "sgd"}], "start": [0, 0], "steps": 9, "name": 5}, "name of a branch"),
    ],
)
def test_invalid_branch_is_rejected(branch: object, message: str) -> None:
    with pytest.raises(ExperimentError, match=message):
        from_json(json.dumps({"thalweg": 1, "branches": [branch]}))


def test_removing_a_run_does_not_recolor_others() -> None:
    remaining = DEFAULT_EXPERIMENT.without_run(0)
    assert [run.slot for run in remaining.runs] == [1, 2]
    assert [run.slot for run in remaining.with_added_run(Run("lion")).runs] == [1, 2, 0]
    assert from_json(to_json(remaining)) == remaining


def test_control_characters_are_removed_from_titles_and_names() -> None:
    for character in map(chr, (*range(9), 11, 12, *range(14, 32), 127, *range(128, 160), 0xFFFE, 0xFFFF)):
        assert Experiment(title=f"a{character}b").title == "ab"
        assert Branch((Run("sgd", slot=0),), (0, 0), 1, name=f"{character}a{character}").name == "a"
    assert Experiment(title="a\tb\r\nc é \U0001f30d").title == "a\tb\r\nc é \U0001f30d"


def test_every_text_that_is_kept_is_allowed_in_xml() -> None:
    characters = "".join(chr(code) for code in range(0x110000) if not 0xD800 <= code < 0xE000)
    kept = check_text("title", characters, len(characters))
    assert len(characters) - len(kept) < 70
    read = ElementTree.fromstring(f"<a>{escape(kept)}</a>").text
    assert read == kept.replace("\r", "\n")


def test_lone_surrogates_in_titles_and_names_are_rejected() -> None:
    for surrogate in map(chr, range(0xD800, 0xE000)):
        with pytest.raises(ExperimentError, match="contains an invalid character"):
            check_text("title", f"a{surrogate}", 80)
    with pytest.raises(ExperimentError, match="contains an invalid character"):
        Branch((Run("sgd", slot=0),), (0, 0), 1, name="caf\udce9")


def test_lone_surrogate_in_the_title_is_rejected() -> None:
    with pytest.raises(ExperimentError, match="contains an invalid character"):
        Experiment(title="caf\udce9")


@pytest.mark.parametrize("value", [-1.0, True, "x", None])
def test_every_value_in_a_history_is_checked(value: object) -> None:
    entries = [(1, {"lr": 1.0, "beta1": 0.5}), (2, {"lr": 1.0, "beta1": 0.25}), (3, {"lr": value, "beta1": 0.25})]
    with pytest.raises(ExperimentError, match="lr of adam"):
        Run("adam", history=entries)
    assert [dict(span.hyperparameters)["beta1"] for span in Run("adam", history=entries[:2]).history] == [0.5, 0.25]


@pytest.mark.parametrize("id", OPTIMIZERS)
def test_a_person_reads_names_of_hyperparameters_and_not_their_ids(id: str) -> None:
    """Every hyperparameter has a name of its own among those of the optimizer and of all modifiers."""
    method = OPTIMIZERS[id]
    specs = {**method.hyperparameters}
    for modifier in method.modifiers.values():
        specs |= modifier.hyperparameters
    labels = {name: spec.text_label(name) for name, spec in specs.items()}
    assert {name: label for name, label in labels.items() if "_" in label or not label} == {}
    assert len(set(labels.values())) == len(labels), sorted(labels.values())
    for name, spec in specs.items():
        value = next(v for v in (spec.from_slider(0.7), spec.from_slider(0.0), 1.0) if v != spec.default)
        modifiers = {
            each.id: each.default_strength for each in method.modifiers.values() if name in each.hyperparameters
        }
        text = Run(id, {**modifiers, name: value}).hyperparameter_text
        value_text = ("off", "on")[int(value)] if spec.scale == "switch" else f"{value:g}"
        assert f"{'lr' if name == 'lr' and method.has_learning_rate else labels[name]} {value_text}" in text.split(", ")
        assert "_" not in text


def test_names_of_hyperparameters_are_translated() -> None:
    run = Run("sgd", {"cosine_steps": 50.0, "noise": 0.5, "noise_seed": 7.0})
    set_language(load_language("ko"))
    assert run.hyperparameter_text == "lr 0.01, 잡음 0.5, 잡음 시드 7, 코사인: 단계 수 50"
    assert Run("adam", {"lr": 0.1, "bias_correction": 0}).hyperparameter_text == "lr 0.1, 편향 보정 끔"
    set_language(ENGLISH)

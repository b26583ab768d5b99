"""Typed numbers, steps of arrow keys, and hyperparameters as text."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.model.hyperparameter_text import default_hyperparameters, format_hyperparameters, parse_hyperparameters
from app.model.number_parsing import describe_allowed, parse_number
from app.model.number_stepping import round_number, step_value
from app.model.run import Run
from app.utils.validation import ExperimentError
from optimizers import MODIFIERS, OPTIMIZERS, Hyperparameter

ADAM = OPTIMIZERS["adam"].hyperparameters
RATE, DECAY = ADAM["lr"], ADAM["beta1"]
FRACTION = Hyperparameter(0.0, 1.0, maximum=1.0, label="share")
STEPS = Hyperparameter(1, 1000, "whole", minimum=1, maximum=10_000_000, label="stop at step")
ALL_SPECS = [
    spec
    for owner in (*OPTIMIZERS.values(), *MODIFIERS.values())
    for spec in owner.hyperparameters.values()
    if spec.scale != "switch"
]


def single_steps(spec: Hyperparameter, value: float, count: int, coarse: bool = False) -> list[float]:
    """Return the values after each of ``abs(count)`` single steps up or down."""
    values = []
    for _ in range(abs(count)):
        value = step_value(spec, value, 1 if count > 0 else -1, coarse)
        values.append(value)
    return values


def test_ten_steps_of_a_rate_are_a_decade_of_round_numbers() -> None:
    up = [0.00125, 0.0016, 0.002, 0.0025, 0.00315, 0.004, 0.005, 0.0063, 0.008, 0.01]
    assert single_steps(RATE, 0.001, 10) == up
    assert single_steps(RATE, 0.01, -10) == [*up[-2::-1], 0.001]
    assert step_value(RATE, 0.001, 10) == 0.01
    assert single_steps(RATE, 0.003, 3, coarse=True) == [0.03, 0.3, 3.0]
    assert single_steps(RATE, 0.003, 1) == [0.004], "a value between two steps is first rounded to the nearest one"


def test_steps_of_a_decay_are_tenths_of_a_decade_of_one_minus_the_value() -> None:
    assert single_steps(DECAY, 0.9, 10) == [0.92, 0.937, 0.95, 0.96, 0.9685, 0.975, 0.98, 0.984, 0.9875, 0.99]
    assert single_steps(DECAY, 0.9, 4, coarse=True) == [0.99, 0.999, 0.9999, 0.99999]
    assert single_steps(DECAY, 0.5, -1, coarse=True) == [0.0]
    assert step_value(replace(DECAY, maximum=1.0), 1.0, -1) == DECAY.slider_max


def test_decay_at_its_maximum_can_be_lowered_again() -> None:
    beta1 = OPTIMIZERS["adam"].hyperparameters["beta1"]
    highest = step_value(beta1, 0.9, 30, coarse=True)
    assert step_value(beta1, highest, 1) == highest > step_value(beta1, highest, -1)


def test_steps_of_fractions_and_integers() -> None:
    assert single_steps(FRACTION, 0.0, 3) == [0.01, 0.02, 0.03]
    assert single_steps(FRACTION, 0.5, 1, coarse=True) == [0.6]
    assert single_steps(FRACTION, 0.29, 2) == [0.3, 0.31], "no 0.30000000000000004"
    assert single_steps(STEPS, 7, 2) == [8.0, 9.0]
    assert single_steps(STEPS, 7, -2, coarse=True) == [1.0, 1.0]
    assert [float(round_number(width)) for width in (0.04, 0.03, 0.012, 0.08, 2.4)] == [0.05, 0.02, 0.01, 0.1, 2.0]


def test_steps_from_zero_start_at_the_slider_minimum_and_return_to_zero() -> None:
    decay = MODIFIERS["weight_decay"].hyperparameters["weight_decay"]
    assert step_value(decay, 0.0, 1) == decay.slider_min
    assert step_value(decay, decay.slider_min, -1) == 0.0
    assert single_steps(decay, 5 * decay.slider_min, -2, coarse=True) == [decay.slider_min, 0.0]


@given(st.sampled_from(ALL_SPECS), st.floats(0, 1), st.integers(-3, 3).filter(bool), st.booleans())
def test_step_is_allowed_and_goes_in_the_right_direction(
    spec: Hyperparameter, position: float, count: int, coarse: bool
) -> None:
    value = spec.from_slider(position)
    result = step_value(spec, value, count, coarse)
    assert spec.check("it", result) == result
    if count > 0:
        assert result > value or result == spec.maximum
    else:
        assert result < value or result == spec.minimum


@pytest.mark.parametrize("value", [1e308, 5e-324, 1e-300, 1.7976931348623157e308])
def test_step_from_extreme_floats_is_finite(value: float) -> None:
    for spec in (RATE, FRACTION, DECAY, STEPS):
        for count in (1, -1):
            for coarse in (False, True):
                assert math.isfinite(step_value(spec, min(value, spec.maximum), count, coarse))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1e-3", 0.001),
        ("1E-3", 0.001),
        ("0,001", 0.001),
        (".5", 0.5),
        (",5", 0.5),
        ("5.", 5.0),
        (" 0.01 ", 0.01),
        ("+2", 2.0),
        ("\u20090.01\u202f", 0.01),
        ("０．００１", 0.001),
        ("1e\u22123", 0.001),
        ("\u200b0.5", 0.5),
        ("1,5e2", 150.0),
        ("0", 0.0),
    ],
)
def test_usual_notations_of_numbers_are_parsed(text: str, value: float) -> None:
    assert parse_number(RATE, text, "rate") == (value, "")


@pytest.mark.parametrize(
    "text",
    [
        "abc",
        "nan",
        "inf",
        "-inf",
        "1e400",
        "0x10",
        "1/3",
        "1_000",
        "10³",
        "--",
        "1 000",
        "1\u202f000",
        "1,000,000",
        "1.000,5",
        "1,000.5",
        "\u22120.5",
        "-1",
        "½",
        "lr=0.1",
        "9" * 400,
        "1" * 30_000 + "x",
    ],
)
def test_text_that_is_not_an_allowed_number_is_rejected_with_a_short_sentence(text: str) -> None:
    with pytest.raises(ExperimentError, match=r"^(enter rate with|rate must be )") as raised:
        parse_number(RATE, text, "rate")
    assert len(str(raised.value)) < 180


def test_ambiguous_numbers_are_noted_or_rejected() -> None:
    assert parse_number(RATE, "1,000", "rate").value == 1.0
    assert "1,000 was read as 1 because " in parse_number(RATE, "1,000", "rate").interpretation_note
    assert "type 1000" in parse_number(RATE, "1,000", "rate").interpretation_note
    assert "was read as 0" in parse_number(RATE, "1e-400", "rate").interpretation_note
    for text in ("1,000", "10.000"):
        with pytest.raises(ExperimentError, match="without thousands separators: 1"):
            parse_number(STEPS, text, "stop")
    with pytest.raises(ExperimentError, match="without spaces: 1000, not '1 000'"):
        parse_number(RATE, "1 000", "rate")
    with pytest.raises(ExperimentError, match=r"< 1, not 0\.99999999999999999999"):
        parse_number(DECAY, "0.99999999999999999999", "beta1")


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        (RATE, "a number ≥ 0"),
        (DECAY, "a number ≥ 0 and < 1"),
        (FRACTION, "a number from 0 to 1"),
        (STEPS, "an integer from 1 to 10000000"),
        (Hyperparameter(1, 2, minimum=-math.inf), "a finite number"),
        (Hyperparameter(1, 2, "log", minimum=1e-300), "a number greater than 0"),
        (Hyperparameter(0, 1, "switch"), "0 (off) or 1 (on)"),
        (Hyperparameter(0, 9, "whole"), "an integer ≥ 0"),
    ],
)
def test_allowed_values_are_described(spec: Hyperparameter, message: str) -> None:
    assert describe_allowed(spec) == message


SGD = Run("sgd", {"lr": 0.3, "noise": 1.0}, slot=2, color="#112233", replicas=3)


@pytest.mark.parametrize(
    "arguments",
    ["sgd", "adam lr=0.1 beta1=0.85", "lbfgs", "adamw clip_norm=2 lookahead=0", "sgd noise=0.5 noise_seed=7"],
)
def test_copied_hyperparameters_are_valid_on_the_command_line_and_can_be_pasted(arguments: str) -> None:
    run = Run.parse(arguments)
    text = format_hyperparameters(run)
    assert Run.parse(text) == run
    parsed = parse_hyperparameters(text, SGD).run
    assert (parsed.optimizer, parsed.hyperparameters) == (run.optimizer, run.hyperparameters)
    assert (parsed.slot, parsed.color, parsed.replicas) == (SGD.slot, SGD.color, SGD.replicas)


@pytest.mark.parametrize(
    "text",
    [
        "lr=0.05 beta1=0.8",
        "lr=0.05, beta1=0.8",
        "lr=0.05,beta1=0.8",
        "lr = 0.05\nbeta1 = 0.8",
        "lr=0,05; beta1=0,8",
        "lr: 0.05, beta1: 0.8",
        '{"lr": 0.05, "beta1": 0.8}',
        "  lr=5e-2   beta1=.8 ",
    ],
)
def test_text_without_optimizer_changes_what_it_names(text: str) -> None:
    run = Run("adam", {"beta2": 0.99, "clip_norm": 3.0})
    parsed = parse_hyperparameters(text, run)
    assert parsed.run.hyperparameters == {**run.hyperparameters, "lr": 0.05, "beta1": 0.8}
    assert (parsed.values, parsed.unknown) == ({"lr": 0.05, "beta1": 0.8}, [])


@pytest.mark.parametrize(
    "text",
    [
        "Adam(lr=0.05, beta1=0.8)",
        "torch.optim.Adam(lr=0.05, beta1=0.8)",
        '--run "adam lr=0.05 beta1=0.8"',
        "ADAM lr=0.05 beta1=0.8",
    ],
)
def test_text_with_optimizer_resets_what_it_does_not_name(text: str) -> None:
    for run in (SGD, Run("adam", {"beta2": 0.99, "clip_norm": 3.0})):
        parsed = parse_hyperparameters(text, run).run
        assert (parsed.optimizer, parsed.hyperparameters) == (
            "adam",
            Run("adam", {"lr": 0.05, "beta1": 0.8}).hyperparameters,
        )


def test_text_without_optimizer_reports_unknown_hyperparameters() -> None:
    parsed = parse_hyperparameters("lr=0.05 beta1=0.8 weight_decay=0.1", SGD)
    assert (parsed.values, parsed.unknown) == ({"lr": 0.05, "weight_decay": 0.1}, ["beta1"])
    assert parsed.run.hyperparameters == {
        "lr": 0.05,
        "noise": 1.0,
        "noise_seed": 0.0,
        "noise_decay": 0.0,
        "weight_decay": 0.1,
    }


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no text"),
        ("hello world", "copy hyperparameters first"),
        ("lr=", "copy hyperparameters"),
        ("=3", "copy hyperparameters"),
        ("lr=1 lr=2", "copy hyperparameters"),
        ("lr==3", "copy hyperparameters"),
        ("lr=0.1 0.2", "copy hyperparameters"),
        ("foo lr=1", "unknown optimizer 'foo'"),
        ("lr=abc", "learning rate must be"),
        ("lr=-1", "≥ 0"),
        ("lr=1,000", "was read as 1"),
        ("beta1=0.3", "SGD has no hyperparameter beta1"),
        ("sgd lr=1 beta1=0.3", "SGD has no hyperparameter beta1"),
        ("adam beta1=2", "beta1 must be"),
        ("Adam(lr=0.1, betas=(0.9, 0.99))", "copy hyperparameters|betas"),
        ("lr=1 " * 1000, "copy hyperparameters"),
        ("x" * 100_000, "copy hyperparameters"),
        ('{"runs": []}', "no hyperparameter runs"),
    ],
)
def test_other_text_is_rejected_with_one_sentence(text: str, message: str) -> None:
    with pytest.raises(ExperimentError, match=message) as raised:
        parse_hyperparameters(text, Run("sgd"))
    assert len(str(raised.value)) < 200


def test_defaults_set_modifiers_to_their_initial_strength() -> None:
    run = Run("adam", {"lr": 9.0, "weight_decay": 3.0, "noise": 4.0, "noise_seed": 5.0})
    assert default_hyperparameters(run) == {
        **OPTIMIZERS["adam"].defaults,
        "weight_decay": MODIFIERS["weight_decay"].default_strength,
        "noise": MODIFIERS["noise"].default_strength,
        "noise_seed": 0.0,
        "noise_decay": 0.0,
    }

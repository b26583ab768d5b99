"""What may be typed for a number, how far a key turns it, and a set of hyperparameters as text."""

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
SHARE = Hyperparameter(0.0, 1.0, maximum=1.0, label="share")
STEPS = Hyperparameter(1, 1000, "whole", minimum=1, maximum=10_000_000, label="stop at step")
EVERY = [
    h
    for owner in (*OPTIMIZERS.values(), *MODIFIERS.values())
    for h in owner.hyperparameters.values()
    if h.scale != "switch"
]


def walk(declared: Hyperparameter, value: float, count: int, coarse: bool = False) -> list[float]:
    """The values of so many single steps, up or down."""
    found = []
    for _ in range(abs(count)):
        value = step_value(declared, value, 1 if count > 0 else -1, coarse)
        found.append(value)
    return found


def test_ten_steps_of_a_rate_are_a_decade_and_each_can_be_read() -> None:
    up = [0.00125, 0.0016, 0.002, 0.0025, 0.00315, 0.004, 0.005, 0.0063, 0.008, 0.01]
    assert walk(RATE, 0.001, 10) == up
    assert walk(RATE, 0.01, -10) == [*up[-2::-1], 0.001]
    assert step_value(RATE, 0.001, 10) == 0.01
    assert walk(RATE, 0.003, 3, coarse=True) == [0.03, 0.3, 3.0]
    assert walk(RATE, 0.003, 1) == [0.004], "a number between two steps goes on to the next that is not too near"


def test_steps_of_a_decay_are_tenths_of_a_decade_of_what_it_forgets() -> None:
    assert walk(DECAY, 0.9, 10) == [0.92, 0.937, 0.95, 0.96, 0.9685, 0.975, 0.98, 0.984, 0.9875, 0.99]
    assert walk(DECAY, 0.9, 4, coarse=True) == [0.99, 0.999, 0.9999, 0.99999]
    assert walk(DECAY, 0.5, -1, coarse=True) == [0.0]
    assert step_value(replace(DECAY, maximum=1.0), 1.0, -1) == DECAY.slider_max


def test_a_decay_at_its_bound_can_be_turned_down_again() -> None:
    beta1 = OPTIMIZERS["adam"].hyperparameters["beta1"]
    highest = step_value(beta1, 0.9, 30, coarse=True)
    assert step_value(beta1, highest, 1) == highest > step_value(beta1, highest, -1)


def test_steps_of_shares_and_of_whole_numbers() -> None:
    assert walk(SHARE, 0.0, 3) == [0.01, 0.02, 0.03]
    assert walk(SHARE, 0.5, 1, coarse=True) == [0.6]
    assert walk(SHARE, 0.29, 2) == [0.3, 0.31], "no 0.30000000000000004"
    assert walk(STEPS, 7, 2) == [8.0, 9.0]
    assert walk(STEPS, 7, -2, coarse=True) == [1.0, 1.0]
    assert [float(round_number(width)) for width in (0.04, 0.03, 0.012, 0.08, 2.4)] == [0.05, 0.02, 0.01, 0.1, 2.0]


def test_what_is_off_at_first_is_turned_on_and_off_again() -> None:
    decay = MODIFIERS["weight_decay"].hyperparameters["weight_decay"]
    assert step_value(decay, 0.0, 1) == decay.slider_min
    assert step_value(decay, decay.slider_min, -1) == 0.0
    assert walk(decay, 5 * decay.slider_min, -2, coarse=True) == [decay.slider_min, 0.0]


@given(st.sampled_from(EVERY), st.floats(0, 1), st.integers(-3, 3).filter(bool), st.booleans())
def test_a_step_is_always_allowed_and_goes_where_it_should(
    declared: Hyperparameter, where: float, count: int, coarse: bool
) -> None:
    value = declared.from_slider(where)
    result = step_value(declared, value, count, coarse)
    assert declared.check("it", result) == result
    if count > 0:
        assert result > value or result == declared.maximum
    else:
        assert result < value or result == declared.minimum


@pytest.mark.parametrize("value", [1e308, 5e-324, 1e-300, 1.7976931348623157e308])
def test_at_the_ends_of_all_numbers_a_step_stays_among_them(value: float) -> None:
    for declared in (RATE, SHARE, DECAY, STEPS):
        for count in (1, -1):
            for coarse in (False, True):
                assert math.isfinite(step_value(declared, min(value, declared.maximum), count, coarse))


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
def test_numbers_as_people_write_them(text: str, value: float) -> None:
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
def test_what_is_no_number_or_not_allowed_is_refused_in_a_short_sentence(text: str) -> None:
    with pytest.raises(ExperimentError, match=r"^rate must be ") as raised:
        parse_number(RATE, text, "rate")
    assert len(str(raised.value)) < 180


def test_what_may_be_meant_otherwise_is_never_taken_in_silence() -> None:
    assert parse_number(RATE, "1,000", "rate").value == 1.0
    assert "1,000 was read as 1: " in parse_number(RATE, "1,000", "rate").interpretation_note
    assert "write 1000" in parse_number(RATE, "1,000", "rate").interpretation_note
    assert "was read as 0" in parse_number(RATE, "1e-400", "rate").interpretation_note
    for text in ("1,000", "10.000"):
        with pytest.raises(ExperimentError, match="nothing between thousands: 1"):
            parse_number(STEPS, text, "stop")
    with pytest.raises(ExperimentError, match="without spaces: 1000, not '1 000'"):
        parse_number(RATE, "1 000", "rate")
    with pytest.raises(ExperimentError, match=r"below 1, not 0\.99999999999999999999"):
        parse_number(DECAY, "0.99999999999999999999", "beta1")


@pytest.mark.parametrize(
    ("declared", "words"),
    [
        (RATE, "a number of at least 0"),
        (DECAY, "a number of at least 0 and below 1"),
        (SHARE, "a number from 0 to 1"),
        (STEPS, "a whole number from 1 to 10000000"),
        (Hyperparameter(1, 2, minimum=-math.inf), "a finite number"),
        (Hyperparameter(1, 2, "log", minimum=1e-300), "a number above 0"),
        (Hyperparameter(0, 1, "switch"), "0 (off) or 1 (on)"),
        (Hyperparameter(0, 9, "whole"), "a whole number of at least 0"),
    ],
)
def test_what_is_allowed_is_told(declared: Hyperparameter, words: str) -> None:
    assert describe_allowed(declared) == words


SGD = Run("sgd", {"lr": 0.3, "noise": 1.0}, slot=2, color="#112233", replicas=3)


@pytest.mark.parametrize(
    "words", ["sgd", "adam lr=0.1 beta1=0.85", "lbfgs", "adamw clip_norm=2 lookahead=0", "sgd noise=0.5 noise_seed=7"]
)
def test_a_set_that_is_copied_is_the_command_lines_and_is_pasted_whole(words: str) -> None:
    run = Run.parse(words)
    text = format_hyperparameters(run)
    assert Run.parse(text) == run
    made = parse_hyperparameters(text, SGD).run
    assert (made.optimizer, made.hyperparameters) == (run.optimizer, run.hyperparameters)
    assert (made.slot, made.color, made.replicas) == (SGD.slot, SGD.color, SGD.replicas)


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
def test_a_bare_set_changes_what_it_names(text: str) -> None:
    run = Run("adam", {"beta2": 0.99, "clip_norm": 3.0})
    made = parse_hyperparameters(text, run)
    assert made.run.hyperparameters == {**run.hyperparameters, "lr": 0.05, "beta1": 0.8}
    assert (made.values, made.unknown) == ({"lr": 0.05, "beta1": 0.8}, [])


@pytest.mark.parametrize(
    "text",
    [
        "Adam(lr=0.05, beta1=0.8)",
        "torch.optim.Adam(lr=0.05, beta1=0.8)",
        '--run "adam lr=0.05 beta1=0.8"',
        "ADAM lr=0.05 beta1=0.8",
    ],
)
def test_a_set_that_names_its_optimizer_is_whole(text: str) -> None:
    for run in (SGD, Run("adam", {"beta2": 0.99, "clip_norm": 3.0})):
        made = parse_hyperparameters(text, run).run
        assert (made.optimizer, made.hyperparameters) == (
            "adam",
            Run("adam", {"lr": 0.05, "beta1": 0.8}).hyperparameters,
        )


def test_of_a_bare_set_only_what_the_run_has_is_taken() -> None:
    made = parse_hyperparameters("lr=0.05 beta1=0.8 weight_decay=0.1", SGD)
    assert (made.values, made.unknown) == ({"lr": 0.05, "weight_decay": 0.1}, ["beta1"])
    assert made.run.hyperparameters == {
        "lr": 0.05,
        "noise": 1.0,
        "noise_seed": 0.0,
        "noise_decay": 0.0,
        "weight_decay": 0.1,
    }


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no text"),
        ("hello world", "copy hyperparameters first"),
        ("lr=", "copy hyperparameters"),
        ("=3", "copy hyperparameters"),
        ("lr=1 lr=2", "copy hyperparameters"),
        ("lr==3", "copy hyperparameters"),
        ("lr=0.1 0.2", "copy hyperparameters"),
        ("foo lr=1", "no optimizer 'foo'"),
        ("lr=abc", "learning rate must be"),
        ("lr=-1", "at least 0"),
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
def test_anything_else_is_refused_in_one_sentence(text: str, words: str) -> None:
    with pytest.raises(ExperimentError, match=words) as raised:
        parse_hyperparameters(text, Run("sgd"))
    assert len(str(raised.value)) < 200


def test_defaults_leave_parts_at_the_strength_they_begin_with() -> None:
    run = Run("adam", {"lr": 9.0, "weight_decay": 3.0, "noise": 4.0, "noise_seed": 5.0})
    assert default_hyperparameters(run) == {
        **OPTIMIZERS["adam"].defaults,
        "weight_decay": MODIFIERS["weight_decay"].default_strength,
        "noise": MODIFIERS["noise"].default_strength,
        "noise_seed": 0.0,
        "noise_decay": 0.0,
    }

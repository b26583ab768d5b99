"""Mapping from optimizers to equivalent PyTorch and Keras classes: the inverse of ``optimizers.frameworks``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from optimizers import OPTIMIZERS
from optimizers.frameworks import from_framework

Hyperparameters = Mapping[str, float]
FrameworkCall = tuple[str, dict[str, Any]]  # name and keyword arguments of a class


class Counterpart(NamedTuple):
    """The equivalent of an optimizer in a framework.

    ``call`` returns class name and arguments. ``adjustment`` names the template function that compensates for a
    difference, in every step or, with ``only_if_lr_changes``, only if the learning rate changes.
    """

    call: Callable[[Hyperparameters], FrameworkCall]
    adjustment: str = ""
    only_if_lr_changes: bool = False


def _renamed_call(
    class_name: str, argument_names: Mapping[str, str], **extra: Any
) -> Callable[[Hyperparameters], FrameworkCall]:
    """Return a call with hyperparameters under the names of the framework."""
    return lambda h: (class_name, {theirs: h[ours] for theirs, ours in argument_names.items()} | extra)


def _same_names(*names: str) -> dict[str, str]:
    return {name: name for name in names}


def _adam_call(class_name: str, *names: str, **extra: Any) -> Callable[[Hyperparameters], FrameworkCall]:
    return lambda h: (
        class_name,
        {
            "lr": h["lr"],
            "betas": (h["beta1"], h["beta2"]),
            "eps": h["eps"],
            **{each: h[each] for each in names},
            **extra,
        },
    )


def _sgd_call(lr_name: str, nesterov: bool = False) -> Callable[[Hyperparameters], FrameworkCall]:
    """Return a call of SGD; both frameworks reject ``nesterov=True`` with zero momentum."""
    return lambda h: (
        "SGD",
        {lr_name: h["lr"], "momentum": h["momentum"]} | ({"nesterov": True} if nesterov and h["momentum"] else {}),
    )


def _lbfgs_call(h: Hyperparameters) -> FrameworkCall:
    max_iter, max_eval = int(h["max_iter"]), int(h["max_eval"])
    return "LBFGS", {
        "lr": h["lr"],
        "max_iter": max_iter,
        "max_eval": max_eval or max_iter * 5 // 4,
        "tolerance_grad": h["tolerance_grad"],
        "tolerance_change": h["tolerance_change"],
        "history_size": int(h["history_size"]),
        "line_search_fn": "strong_wolfe" if h["strong_wolfe"] else None,
    }


# Functions in templates.torch_loop and templates.keras_loop
LR_IN_VELOCITY = "lr_in_velocity"
EPS_BEFORE_CORRECTION = "eps_before_correction"
EPS_AFTER_CORRECTION = "eps_after_correction"
TORCH = {
    "sgd": Counterpart(_renamed_call("SGD", _same_names("lr"))),
    "momentum": Counterpart(_sgd_call("lr"), LR_IN_VELOCITY, True),
    "momentum_torch": Counterpart(_sgd_call("lr")),
    "nesterov": Counterpart(_sgd_call("lr", nesterov=True)),
    "nesterov_keras": Counterpart(_sgd_call("lr", nesterov=True), LR_IN_VELOCITY, True),
    "averaged_momentum": Counterpart(_renamed_call("SGD", _same_names("lr", "momentum", "dampening"))),
    "adagrad": Counterpart(
        _renamed_call("Adagrad", _same_names("lr", "lr_decay", "eps") | {"initial_accumulator_value": "initial_sum"})
    ),
    "rmsprop": Counterpart(
        lambda h: (
            "RMSprop",
            {
                "lr": h["lr"],
                "alpha": h["rho"],
                "eps": h["eps"],
                "momentum": h["momentum"],
                "centered": bool(h["centered"]),
            },
        )
    ),
    "adadelta": Counterpart(_renamed_call("Adadelta", _same_names("lr", "rho", "eps"))),
    "adam": Counterpart(_adam_call("Adam")),
    "adam_keras": Counterpart(_adam_call("Adam"), EPS_BEFORE_CORRECTION),
    "amsgrad": Counterpart(_adam_call("Adam", amsgrad=True)),
    "amsgrad_keras": Counterpart(_adam_call("Adam", amsgrad=True), EPS_BEFORE_CORRECTION),
    "adamw": Counterpart(_adam_call("AdamW", "weight_decay")),
    "adamw_keras": Counterpart(_adam_call("AdamW", "weight_decay"), EPS_BEFORE_CORRECTION),
    "adamax": Counterpart(_adam_call("Adamax")),
    "nadam": Counterpart(_adam_call("NAdam", "momentum_decay")),
    "radam": Counterpart(_adam_call("RAdam")),
    "rprop": Counterpart(
        lambda h: (
            "Rprop",
            {"lr": h["lr"], "etas": (h["eta_minus"], h["eta_plus"]), "step_sizes": (h["step_min"], h["step_max"])},
        )
    ),
    "asgd": Counterpart(_renamed_call("ASGD", _same_names("lr", "lambd", "alpha", "t0"))),
    "lbfgs": Counterpart(_lbfgs_call),
    "adafactor": Counterpart(
        lambda h: (
            "Adafactor",
            {
                "lr": h["lr"],
                "beta2_decay": -h["beta2_decay"],
                "eps": (h["eps1"], h["eps2"]),
                "d": h["clip"],
                "weight_decay": h["weight_decay"],
            },
        )
    ),
}
_LR_NAMES = {"learning_rate": "lr"}
_ADAM_NAMES = {"learning_rate": "lr", "beta_1": "beta1", "beta_2": "beta2", "epsilon": "eps"}
KERAS = {
    "sgd": Counterpart(_renamed_call("SGD", _LR_NAMES)),
    "momentum": Counterpart(_sgd_call("learning_rate")),
    "momentum_torch": Counterpart(_sgd_call("learning_rate"), "", True),
    "nesterov": Counterpart(_sgd_call("learning_rate", nesterov=True), "", True),
    "nesterov_keras": Counterpart(_sgd_call("learning_rate", nesterov=True)),
    "rmsprop_keras": Counterpart(
        lambda h: (
            "RMSprop",
            {
                "learning_rate": h["lr"],
                "rho": h["rho"],
                "momentum": h["momentum"],
                "epsilon": h["eps"],
                "centered": bool(h["centered"]),
            },
        )
    ),
    "adam": Counterpart(_renamed_call("Adam", _ADAM_NAMES), EPS_AFTER_CORRECTION),
    "adam_keras": Counterpart(_renamed_call("Adam", _ADAM_NAMES)),
    "amsgrad": Counterpart(_renamed_call("Adam", _ADAM_NAMES, amsgrad=True), EPS_AFTER_CORRECTION),
    "amsgrad_keras": Counterpart(_renamed_call("Adam", _ADAM_NAMES, amsgrad=True)),
    "adamw": Counterpart(_renamed_call("AdamW", _ADAM_NAMES | _same_names("weight_decay")), EPS_AFTER_CORRECTION),
    "adamw_keras": Counterpart(_renamed_call("AdamW", _ADAM_NAMES | _same_names("weight_decay"))),
    "adagrad_keras": Counterpart(
        _renamed_call("Adagrad", _LR_NAMES | {"initial_accumulator_value": "initial_sum", "epsilon": "eps"})
    ),
    "adadelta": Counterpart(_renamed_call("Adadelta", _LR_NAMES | {"rho": "rho", "epsilon": "eps"})),
    "adamax_keras": Counterpart(_renamed_call("Adamax", _ADAM_NAMES)),
    "nadam_keras": Counterpart(_renamed_call("Nadam", _ADAM_NAMES)),
    "ftrl": Counterpart(
        lambda h: (
            "Ftrl",
            {
                "learning_rate": h["lr"],
                "learning_rate_power": -h["power"],
                "initial_accumulator_value": h["initial_sum"],
                "l1_regularization_strength": h["l1"],
                "l2_regularization_strength": h["l2"],
                "l2_shrinkage_regularization_strength": h["l2_shrinkage"],
                "beta": h["beta"],
            },
        )
    ),
    "lion": Counterpart(
        _renamed_call("Lion", _LR_NAMES | {"beta_1": "beta1", "beta_2": "beta2", "weight_decay": "weight_decay"})
    ),
    "lamb": Counterpart(_renamed_call("Lamb", _ADAM_NAMES)),
    "adafactor_keras": Counterpart(
        lambda h: (
            "Adafactor",
            {
                "learning_rate": h["lr"],
                "beta_2_decay": -h["beta2_decay"],
                "epsilon_1": h["eps1"],
                "epsilon_2": h["eps2"],
                "clip_threshold": h["clip"],
            },
        )
    ),
}
COUNTERPARTS = {"torch": TORCH, "keras": KERAS}
# The frameworks keep no state for these while they are 0, so a run that switches them on or off is not equivalent
STATEFUL_ARGUMENTS = ("momentum", "centered")


def find_counterpart(
    framework: str, optimizer_id: str, spans: list[Hyperparameters], lr_changes: bool
) -> tuple[list[FrameworkCall], str] | None:
    """Return the call for each span of hyperparameters of a run, and the name of the adjustment (may be empty).

    Returns None if the framework has no equivalent.
    """
    match = COUNTERPARTS[framework].get(optimizer_id)
    if match is None or any(len({bool(h[name]) for h in spans if name in h}) > 1 for name in STATEFUL_ARGUMENTS):
        return None
    if match.only_if_lr_changes and lr_changes and not match.adjustment:
        return None
    calls = [match.call(h) for h in spans]
    if not all(_is_equivalent(framework, call, optimizer_id, h) for call, h in zip(calls, spans, strict=True)):
        return None
    return calls, match.adjustment if lr_changes or not match.only_if_lr_changes else ""


def _is_equivalent(framework: str, call: FrameworkCall, optimizer_id: str, h: Hyperparameters) -> bool:
    """Return whether ``from_framework`` maps a call back to the optimizer, or to one that differs by an adjustment."""
    if not OPTIMIZERS[optimizer_id].is_in_frameworks(h):
        return False
    try:
        id, hyperparameters = from_framework(framework, *call)
    except ValueError:  # the framework rejects the arguments
        return False
    base_ids = {OPTIMIZERS[each].variant_of or each for each in (id, optimizer_id)}
    if id == optimizer_id:
        read_back = {**OPTIMIZERS[id].defaults, **hyperparameters}
        different = {name for name in OPTIMIZERS[id].hyperparameters if read_back[name] != h[name]}
        return not different - {"max_eval"}  # 0 means a value derived from max_iter
    if id == "sgd":
        return h["momentum"] == 0 and not h.get("dampening")
    return len(base_ids) == 1 or (optimizer_id == "averaged_momentum" and id == "momentum_torch")

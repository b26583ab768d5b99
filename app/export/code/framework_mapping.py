"""Which class of a framework makes the very steps of one of our optimizers: ``optimizers.frameworks``, read backwards."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from optimizers import OPTIMIZERS
from optimizers.frameworks import from_framework

Settings = Mapping[str, float]
Call = tuple[str, dict[str, Any]]  # a class and its keyword arguments


class Counterpart(NamedTuple):
    """``call`` gives class and arguments. ``adjusted`` is what makes up for a difference, in every step or once lr changes."""

    call: Callable[[Settings], Call]
    adjusted: str = ""
    only_if_lr_changes: bool = False


def _named(name: str, names: Mapping[str, str], **more: Any) -> Callable[[Settings], Call]:
    """The class with our hyperparameters under its own names."""
    return lambda h: (name, {theirs: h[ours] for theirs, ours in names.items()} | more)


def _own(*names: str) -> dict[str, str]:
    return {name: name for name in names}


def _betas(name: str, *names: str, **more: Any) -> Callable[[Settings], Call]:
    return lambda h: (
        name,
        {
            "lr": h["lr"],
            "betas": (h["beta1"], h["beta2"]),
            "eps": h["eps"],
            **{each: h[each] for each in names},
            **more,
        },
    )


def _momentum(lr: str, nesterov: bool = False) -> Callable[[Settings], Call]:
    """Both frameworks refuse Nesterov's momentum where there is none."""
    return lambda h: (
        "SGD",
        {lr: h["lr"], "momentum": h["momentum"]} | ({"nesterov": True} if nesterov and h["momentum"] else {}),
    )


def _lbfgs(h: Settings) -> Call:
    most, tried = int(h["max_iter"]), int(h["max_eval"])
    return "LBFGS", {
        "lr": h["lr"],
        "max_iter": most,
        "max_eval": tried or most * 5 // 4,
        "tolerance_grad": h["tolerance_grad"],
        "tolerance_change": h["tolerance_change"],
        "history_size": int(h["history_size"]),
        "line_search_fn": "strong_wolfe" if h["strong_wolfe"] else None,
    }


RATE_INSIDE, EPS_EARLY, EPS_LATE = "rate_inside", "eps_before_correction", "eps_after_correction"
TORCH = {
    "sgd": Counterpart(_named("SGD", _own("lr"))),
    "momentum": Counterpart(_momentum("lr"), RATE_INSIDE, True),
    "momentum_torch": Counterpart(_momentum("lr")),
    "nesterov": Counterpart(_momentum("lr", nesterov=True)),
    "nesterov_keras": Counterpart(_momentum("lr", nesterov=True), RATE_INSIDE, True),
    "averaged_momentum": Counterpart(_named("SGD", _own("lr", "momentum", "dampening"))),
    "adagrad": Counterpart(
        _named("Adagrad", _own("lr", "lr_decay", "eps") | {"initial_accumulator_value": "initial_sum"})
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
    "adadelta": Counterpart(_named("Adadelta", _own("lr", "rho", "eps"))),
    "adam": Counterpart(_betas("Adam")),
    "adam_keras": Counterpart(_betas("Adam"), EPS_EARLY),
    "amsgrad": Counterpart(_betas("Adam", amsgrad=True)),
    "amsgrad_keras": Counterpart(_betas("Adam", amsgrad=True), EPS_EARLY),
    "adamw": Counterpart(_betas("AdamW", "weight_decay")),
    "adamw_keras": Counterpart(_betas("AdamW", "weight_decay"), EPS_EARLY),
    "adamax": Counterpart(_betas("Adamax")),
    "nadam": Counterpart(_betas("NAdam", "momentum_decay")),
    "radam": Counterpart(_betas("RAdam")),
    "rprop": Counterpart(
        lambda h: (
            "Rprop",
            {"lr": h["lr"], "etas": (h["eta_minus"], h["eta_plus"]), "step_sizes": (h["step_min"], h["step_max"])},
        )
    ),
    "asgd": Counterpart(_named("ASGD", _own("lr", "lambd", "alpha", "t0"))),
    "lbfgs": Counterpart(_lbfgs),
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
_RATE, _ADAM = {"learning_rate": "lr"}, {"learning_rate": "lr", "beta_1": "beta1", "beta_2": "beta2", "epsilon": "eps"}
KERAS = {
    "sgd": Counterpart(_named("SGD", _RATE)),
    "momentum": Counterpart(_momentum("learning_rate")),
    "momentum_torch": Counterpart(_momentum("learning_rate"), "", True),
    "nesterov": Counterpart(_momentum("learning_rate", nesterov=True), "", True),
    "nesterov_keras": Counterpart(_momentum("learning_rate", nesterov=True)),
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
    "adam": Counterpart(_named("Adam", _ADAM), EPS_LATE),
    "adam_keras": Counterpart(_named("Adam", _ADAM)),
    "amsgrad": Counterpart(_named("Adam", _ADAM, amsgrad=True), EPS_LATE),
    "amsgrad_keras": Counterpart(_named("Adam", _ADAM, amsgrad=True)),
    "adamw": Counterpart(_named("AdamW", _ADAM | _own("weight_decay")), EPS_LATE),
    "adamw_keras": Counterpart(_named("AdamW", _ADAM | _own("weight_decay"))),
    "adagrad_keras": Counterpart(
        _named("Adagrad", _RATE | {"initial_accumulator_value": "initial_sum", "epsilon": "eps"})
    ),
    "adadelta": Counterpart(_named("Adadelta", _RATE | {"rho": "rho", "epsilon": "eps"})),
    "adamax_keras": Counterpart(_named("Adamax", _ADAM)),
    "nadam_keras": Counterpart(_named("Nadam", _ADAM)),
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
    "lion": Counterpart(_named("Lion", _RATE | {"beta_1": "beta1", "beta_2": "beta2", "weight_decay": "weight_decay"})),
    "lamb": Counterpart(_named("Lamb", _ADAM)),
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
# A framework keeps no memory for these while they are 0, so that a run in which they come and go is not the same
KEPT = ("momentum", "centered")


def counterpart(
    framework: str, optimizer: str, stretches: list[Settings], lr_changes: bool
) -> tuple[list[Call], str] | None:
    """The calls with the hyperparameters of each stretch of a run, and the name of what must be adjusted; None where none is so."""
    made = COUNTERPARTS[framework].get(optimizer)
    if made is None or any(len({bool(h[name]) for h in stretches if name in h}) > 1 for name in KEPT):
        return None
    if made.only_if_lr_changes and lr_changes and not made.adjusted:
        return None
    calls = [made.call(h) for h in stretches]
    if not all(_same(framework, call, optimizer, h) for call, h in zip(calls, stretches, strict=True)):
        return None
    return calls, made.adjusted if lr_changes or not made.only_if_lr_changes else ""


def _same(framework: str, call: Call, optimizer: str, h: Settings) -> bool:
    """Whether a call, read forwards, is our optimizer again, or one that differs only by what is adjusted."""
    id, hyperparameters = from_framework(framework, *call)
    base = {OPTIMIZERS[each].variant_of or each for each in (id, optimizer)}
    if id == optimizer:
        known = {**OPTIMIZERS[id].defaults, **hyperparameters}
        differ = {name for name in OPTIMIZERS[id].hyperparameters if known[name] != h[name]}
        return not differ - {"max_eval"}  # 0 stands for a number that depends on max_iter
    if id == "sgd":
        return h["momentum"] == 0 and not h.get("dampening")
    return len(base) == 1 or (optimizer == "averaged_momentum" and id == "momentum_torch")

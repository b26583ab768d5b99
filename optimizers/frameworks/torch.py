# mypy: allow-untyped-defs
"""Classes of torch.optim as optimizer ids and hyperparameters; arguments that affect only speed are ignored."""

from __future__ import annotations

from sys import float_info

NO_COUNTERPART = {
    "SparseAdam": "it is for sparse gradients, and in the plane it is Adam.",
    "Muon": "it needs a matrix, and a point in the plane is a vector.",
}
SUPPORTED_VALUES = {"maximize": (False,)}
REQUIRED_ARGUMENTS: dict[str, dict[str, float]] = {}  # arguments without a default other than the learning rate
EXTRA_PRESETS = [
    ("SGD", {"momentum": 0.9}),
    ("SGD", {"momentum": 0.9, "nesterov": True}),
    ("SGD", {"momentum": 0.9, "dampening": 0.9}),
    ("Adam", {"amsgrad": True}),
]


def _decay_setting(decoupled, weight_decay):
    return {"decoupled_weight_decay" if decoupled else "weight_decay": weight_decay}


def SGD(
    lr=1e-3,
    momentum=0.0,
    dampening=0.0,
    weight_decay=0.0,
    nesterov=False,
    *,
    maximize=False,
    foreach=None,
    differentiable=False,
    fused=None,
):
    settings = {"lr": lr, "weight_decay": weight_decay}
    if nesterov and not momentum:
        raise ValueError("torch.optim.SGD refuses Nesterov momentum without momentum")
    if momentum == 0:
        return "sgd", settings
    settings["momentum"] = momentum
    if nesterov:
        if dampening:
            raise ValueError("torch.optim.SGD refuses Nesterov momentum with dampening")
        return "nesterov", settings
    return ("averaged_momentum", {**settings, "dampening": dampening}) if dampening else ("momentum_torch", settings)


def Adagrad(
    lr=0.01,
    lr_decay=0.0,
    weight_decay=0.0,
    initial_accumulator_value=0.0,
    eps=1e-10,
    foreach=None,
    *,
    maximize=False,
    differentiable=False,
    fused=None,
):
    return "adagrad", {
        "lr": lr,
        "lr_decay": lr_decay,
        "weight_decay": weight_decay,
        "initial_sum": initial_accumulator_value,
        "eps": eps,
    }


def RMSprop(
    lr=0.01,
    alpha=0.99,
    eps=1e-8,
    weight_decay=0.0,
    momentum=0.0,
    centered=False,
    capturable=False,
    foreach=None,
    maximize=False,
    differentiable=False,
):
    return "rmsprop", {
        "lr": lr,
        "rho": alpha,
        "eps": eps,
        "weight_decay": weight_decay,
        "momentum": momentum,
        "centered": float(centered),
    }


def Adadelta(
    lr=1.0, rho=0.9, eps=1e-6, weight_decay=0.0, foreach=None, *, capturable=False, maximize=False, differentiable=False
):
    return "adadelta", {"lr": lr, "rho": rho, "eps": eps, "weight_decay": weight_decay}


def _adam_settings(lr, betas, eps):
    return {"lr": lr, "beta1": betas[0], "beta2": betas[1], "eps": eps}


def Adam(
    lr=1e-3,
    betas=(0.9, 0.999),
    eps=1e-8,
    weight_decay=0.0,
    amsgrad=False,
    *,
    foreach=None,
    maximize=False,
    capturable=False,
    differentiable=False,
    fused=None,
    decoupled_weight_decay=False,
):
    return "amsgrad" if amsgrad else "adam", {
        **_adam_settings(lr, betas, eps),
        **_decay_setting(decoupled_weight_decay, weight_decay),
    }


def AdamW(
    lr=1e-3,
    betas=(0.9, 0.999),
    eps=1e-8,
    weight_decay=0.01,
    amsgrad=False,
    *,
    maximize=False,
    foreach=None,
    capturable=False,
    differentiable=False,
    fused=None,
):
    if amsgrad:
        return "amsgrad", {**_adam_settings(lr, betas, eps), "decoupled_weight_decay": weight_decay}
    return "adamw", {**_adam_settings(lr, betas, eps), "weight_decay": weight_decay}


def Adamax(
    lr=2e-3,
    betas=(0.9, 0.999),
    eps=1e-8,
    weight_decay=0.0,
    foreach=None,
    *,
    maximize=False,
    differentiable=False,
    capturable=False,
):
    return "adamax", {**_adam_settings(lr, betas, eps), "weight_decay": weight_decay}


def NAdam(
    lr=2e-3,
    betas=(0.9, 0.999),
    eps=1e-8,
    weight_decay=0.0,
    momentum_decay=4e-3,
    decoupled_weight_decay=False,
    *,
    foreach=None,
    maximize=False,
    capturable=False,
    differentiable=False,
):
    return "nadam", {
        **_adam_settings(lr, betas, eps),
        "momentum_decay": momentum_decay,
        **_decay_setting(decoupled_weight_decay, weight_decay),
    }


def RAdam(
    lr=1e-3,
    betas=(0.9, 0.999),
    eps=1e-8,
    weight_decay=0.0,
    decoupled_weight_decay=False,
    *,
    foreach=None,
    maximize=False,
    capturable=False,
    differentiable=False,
):
    return "radam", {**_adam_settings(lr, betas, eps), **_decay_setting(decoupled_weight_decay, weight_decay)}


def Rprop(
    lr=0.01,
    etas=(0.5, 1.2),
    step_sizes=(1e-6, 50.0),
    *,
    capturable=False,
    foreach=None,
    maximize=False,
    differentiable=False,
):
    if not 0.0 < etas[0] < 1.0 < etas[1]:
        raise ValueError("torch.optim.Rprop requires etas below and above 1")
    return "rprop", {
        "lr": lr,
        "eta_minus": etas[0],
        "eta_plus": etas[1],
        "step_min": max(step_sizes[0], 0.0),  # no step is negative
        "step_max": step_sizes[1],
    }


def ASGD(
    lr=0.01,
    lambd=1e-4,
    alpha=0.75,
    t0=1e6,
    weight_decay=0.0,
    foreach=None,
    maximize=False,
    differentiable=False,
    capturable=False,
):
    return "asgd", {"lr": lr, "lambd": lambd, "alpha": alpha, "t0": t0, "weight_decay": weight_decay}


def LBFGS(
    lr=1.0,
    max_iter=20,
    max_eval=None,
    tolerance_grad=1e-7,
    tolerance_change=1e-9,
    history_size=100,
    line_search_fn=None,
):
    # One update of the defaults takes 20 steps without a line search and can magnify rounding errors by 1e12: torch
    # leaves its own path if the start changes in the last bit, and is as far from ours.
    if line_search_fn not in (None, "strong_wolfe"):
        raise ValueError(f"torch.optim.LBFGS knows only the line search 'strong_wolfe', not {line_search_fn!r}")
    return "lbfgs", {
        "lr": lr,
        "max_iter": max_iter,
        "max_eval": 0 if max_eval is None else max(max_eval, 1),
        "tolerance_grad": tolerance_grad,
        "tolerance_change": tolerance_change,
        "history_size": history_size,
        "strong_wolfe": float(line_search_fn is not None),
    }


def Adafactor(lr=0.01, beta2_decay=-0.8, eps=(None, 1e-3), d=1.0, weight_decay=0.0, *, foreach=None, maximize=False):
    if d < 1.0:
        raise ValueError("torch.optim.Adafactor requires a clipping threshold d of at least 1")
    return "adafactor", {
        "lr": lr,
        "beta2_decay": -beta2_decay,
        "eps1": float_info.epsilon if eps[0] is None else eps[0],
        "eps2": eps[1],
        "clip": d,
        "weight_decay": weight_decay,
    }

# mypy: allow-untyped-defs
"""Functions of optax as optimizer ids and hyperparameters.

Schedules of optax count steps from 0, those of this package from 1: an optax schedule f is ``lambda t: f(t - 1)`` here.
"""

from __future__ import annotations

NO_COUNTERPART = {
    "rprop": "in optax 0.2.8 it makes the step of the update before (pull request 1725); torch's follows the paper.",
    "noisy_sgd": "its random numbers are jax's; combine sgd with the part noise instead.",
    "momo_adam": "only MoMo with plain momentum is in the catalogue.",
}
SUPPORTED_VALUES = {
    "weight_decay_mask": (None, True),
    "trust_ratio_mask": (None, True),
    "mask": (None,),
    "decay_offset": (0,),
    "mu_dtype": (None,),
    "accumulator_dtype": (None,),
    "state_dtype": (None,),
    "dtype_momentum": (None,),
}
CONTRIB_NAMES = {
    "ademamix",
    "schedule_free_sgd",
    "schedule_free_adamw",
    "prodigy",
    "dog",
    "dowg",
    "cocob",
    "momo",
    "acprop",
    "adopt",
}
REQUIRED_ARGUMENTS: dict[str, dict[str, float]] = {}  # arguments without a default other than the learning rate
EXTRA_PRESETS = [("sgd", {"momentum": 0.9}), ("sgd", {"momentum": 0.9, "nesterov": True})]


def _adam(lr, b1, b2, eps, eps_root, nesterov=False):
    settings = {"lr": lr, "beta1": b1, "beta2": b2, "eps": eps}
    if nesterov:
        return "nadam_optax", {**settings, "eps_root": eps_root}
    return ("adam_optax", {**settings, "eps_root": eps_root}) if eps_root else ("adam", settings)


def sgd(learning_rate, momentum=None, nesterov=False, accumulator_dtype=None):
    if not momentum:
        return "sgd", {"lr": learning_rate}
    return "nesterov" if nesterov else "momentum_torch", {"lr": learning_rate, "momentum": momentum}


def adam(learning_rate, b1=0.9, b2=0.999, eps=1e-8, eps_root=0.0, mu_dtype=None, *, nesterov=False):
    return _adam(learning_rate, b1, b2, eps, eps_root, nesterov)


def adamw(
    learning_rate,
    b1=0.9,
    b2=0.999,
    eps=1e-8,
    eps_root=0.0,
    mu_dtype=None,
    weight_decay=1e-4,
    mask=None,
    *,
    nesterov=False,
):
    id, settings = _adam(learning_rate, b1, b2, eps, eps_root, nesterov)
    if id == "adam":
        return "adamw", {**settings, "weight_decay": weight_decay}
    return id, {**settings, "decoupled_weight_decay": weight_decay}


def nadam(learning_rate, b1=0.9, b2=0.999, eps=1e-8, eps_root=0.0, mu_dtype=None, *, nesterov=True):
    return _adam(learning_rate, b1, b2, eps, eps_root, nesterov)


def nadamw(
    learning_rate,
    b1=0.9,
    b2=0.999,
    eps=1e-8,
    eps_root=0.0,
    mu_dtype=None,
    weight_decay=1e-4,
    mask=None,
    *,
    nesterov=True,
):
    return adamw(learning_rate, b1, b2, eps, eps_root, mu_dtype, weight_decay, mask, nesterov=nesterov)


def radam(learning_rate, b1=0.9, b2=0.999, eps=1e-8, eps_root=0.0, threshold=5.0, *, nesterov=False):
    return "radam_optax", {
        "lr": learning_rate,
        "beta1": b1,
        "beta2": b2,
        "eps": eps,
        "eps_root": eps_root,
        "threshold": threshold,
        "nesterov": float(nesterov),
    }


def amsgrad(
    learning_rate,
    b1=0.9,
    b2=0.999,
    eps=1e-8,
    eps_root=0.0,
    mu_dtype=None,
    bias_correction_mu=True,
    bias_correction_nu=True,
):
    return "amsgrad_optax", {
        "lr": learning_rate,
        "beta1": b1,
        "beta2": b2,
        "eps": eps,
        "eps_root": eps_root,
        "correct_m": float(bias_correction_mu),
        "correct_v": float(bias_correction_nu),
    }


def adamax(learning_rate, b1=0.9, b2=0.999, eps=1e-8):
    return "adamax", {"lr": learning_rate, "beta1": b1, "beta2": b2, "eps": eps}


def adamaxw(learning_rate, b1=0.9, b2=0.999, eps=1e-8, weight_decay=1e-4, mask=None):
    return "adamax", {"lr": learning_rate, "beta1": b1, "beta2": b2, "eps": eps, "decoupled_weight_decay": weight_decay}


def adagrad(learning_rate, initial_accumulator_value=0.1, eps=1e-7):
    return "adagrad_keras", {"lr": learning_rate, "initial_sum": initial_accumulator_value, "eps": eps}


def adadelta(learning_rate, rho=0.9, eps=1e-6, weight_decay=0.0, weight_decay_mask=None):
    if learning_rate is None:
        raise ValueError("optax.adadelta climbs without a learning rate, as it keeps the gradient's sign: give it 1.0")
    return "adadelta", {"lr": learning_rate, "rho": rho, "eps": eps, "weight_decay": weight_decay}


def rmsprop(
    learning_rate,
    decay=0.9,
    eps=1e-8,
    initial_scale=0.0,
    eps_in_sqrt=True,
    centered=False,
    momentum=None,
    nesterov=False,
    bias_correction=False,
):
    return "rmsprop_optax", {
        "lr": learning_rate,
        "rho": decay,
        "eps": eps,
        "initial": initial_scale,
        "eps_inside": float(eps_in_sqrt),
        "centered": float(centered),
        "momentum": momentum or 0.0,
        "nesterov": float(nesterov and momentum is not None),
        "bias_correction": float(bias_correction),
    }


def adabelief(learning_rate, b1=0.9, b2=0.999, eps=1e-16, eps_root=1e-16, *, nesterov=False):
    return "adabelief", {
        "lr": learning_rate,
        "beta1": b1,
        "beta2": b2,
        "eps": eps,
        "eps_root": eps_root,
        "nesterov": float(nesterov),
    }


def yogi(learning_rate, b1=0.9, b2=0.999, eps=1e-3):
    return "yogi", {"lr": learning_rate, "beta1": b1, "beta2": b2, "eps": eps}


def lion(learning_rate, b1=0.9, b2=0.99, mu_dtype=None, weight_decay=1e-3, mask=None):
    return "lion", {"lr": learning_rate, "beta1": b1, "beta2": b2, "weight_decay": weight_decay}


def adan(learning_rate, b1=0.98, b2=0.92, b3=0.99, eps=1e-8, eps_root=1e-8, weight_decay=0.0, mask=None):
    return "adan_optax", {
        "lr": learning_rate,
        "beta1": b1,
        "beta2": b2,
        "beta3": b3,
        "eps": eps,
        "eps_root": eps_root,
        "weight_decay": weight_decay,
    }


def sign_sgd(learning_rate):
    return "signsgd", {"lr": learning_rate}


def signum(learning_rate, beta=0.9, accumulator_dtype=None):
    return "signum", {"lr": learning_rate, "beta": beta}


def novograd(learning_rate, b1=0.9, b2=0.25, eps=1e-6, eps_root=0.0, weight_decay=0.0):
    return "novograd", {
        "lr": learning_rate,
        "beta1": b1,
        "beta2": b2,
        "eps": eps,
        "eps_root": eps_root,
        "weight_decay": weight_decay,
    }


def polyak_sgd(max_learning_rate=1.0, scaling=1.0, f_min=0.0, eps=0.0, variant="sps"):
    if variant not in ("sps", "sps+"):
        raise ValueError(f"optax.polyak_sgd knows the variants 'sps' and 'sps+', not {variant!r}")
    return "polyak_step_size", {
        "lr": max_learning_rate,
        "scaling": scaling,
        "f_min": f_min,
        "eps": eps,
        "positive": float(variant == "sps+"),
    }


def fromage(learning_rate, min_norm=1e-6):
    return "fromage", {"lr": learning_rate, "min_norm": min_norm}


def lamb(learning_rate, b1=0.9, b2=0.999, eps=1e-6, eps_root=0.0, weight_decay=0.0, mask=None):
    return "lamb", {
        "lr": learning_rate,
        "beta1": b1,
        "beta2": b2,
        "eps": eps,
        "eps_root": eps_root,
        "weight_decay": weight_decay,
    }


def lars(
    learning_rate,
    weight_decay=0.0,
    weight_decay_mask=True,
    trust_coefficient=0.001,
    eps=0.0,
    trust_ratio_mask=True,
    momentum=0.9,
    nesterov=False,
):
    return "lars", {
        "lr": learning_rate,
        "weight_decay": weight_decay,
        "trust_coefficient": trust_coefficient,
        "eps": eps,
        "momentum": momentum,
        "nesterov": float(nesterov),
    }


def sm3(learning_rate, momentum=0.9):
    return "sm3", {"lr": learning_rate, "momentum": momentum}


def optimistic_gradient_descent(learning_rate, alpha=1.0, beta=1.0):
    return "optimistic_gradient", {"lr": learning_rate, "alpha": alpha, "beta": beta}


def optimistic_adam_v2(
    learning_rate, *, alpha=1.0, beta=1.0, b1=0.9, b2=0.999, eps=1e-8, eps_root=0.0, mu_dtype=None, nesterov=True
):
    return "optimistic_adam", {
        "lr": learning_rate,
        "alpha": alpha,
        "beta": beta,
        "beta1": b1,
        "beta2": b2,
        "eps": eps,
        "eps_root": eps_root,
        "nesterov": float(nesterov),
    }


def optimistic_adam(
    learning_rate, optimism=None, b1=0.9, b2=0.999, eps=1e-8, eps_root=0.0, mu_dtype=None, *, nesterov=True
):
    if optimism is not None and callable(learning_rate):
        raise ValueError("optax.optimistic_adam takes no schedule: use optimistic_adam_v2")
    beta = 1.0 if optimism is None else optimism / learning_rate
    return optimistic_adam_v2(learning_rate, beta=beta, b1=b1, b2=b2, eps=eps, eps_root=eps_root, nesterov=nesterov)


def adafactor(
    learning_rate=None,
    min_dim_size_to_factor=128,
    decay_rate=0.8,
    decay_offset=0,
    multiply_by_parameter_scale=True,
    clipping_threshold=1.0,
    momentum=None,
    dtype_momentum=None,
    weight_decay_rate=None,
    eps=1e-30,
    factored=True,
    weight_decay_mask=None,
):
    return "adafactor_optax", {
        "lr": 1.0 if learning_rate is None else learning_rate,
        "decay_rate": decay_rate,
        "eps": eps,
        "clip": 1e300 if clipping_threshold is None else clipping_threshold,
        "momentum": momentum or 0.0,
        "weight_decay": weight_decay_rate or 0.0,
        "scale_by_size": float(multiply_by_parameter_scale),
    }


def ademamix(
    learning_rate,
    b1=0.9,
    b2=0.999,
    b3=0.9999,
    alpha=5.0,
    eps=1e-8,
    eps_root=0.0,
    mu_dtype=None,
    weight_decay=0.0,
    mask=None,
):
    return "ademamix", {
        "lr": learning_rate,
        "beta1": b1,
        "beta2": b2,
        "beta3": b3,
        "alpha": alpha,
        "eps": eps,
        "eps_root": eps_root,
        "decoupled_weight_decay": weight_decay,
    }


def schedule_free_sgd(
    learning_rate=1.0, warmup_steps=None, b1=0.9, weight_decay=None, weight_lr_power=2.0, state_dtype=None
):
    return "schedule_free_sgd", {
        "lr": learning_rate,
        "warmup": warmup_steps or 0,
        "beta": b1,
        "weight_decay": weight_decay or 0.0,
        "lr_power": weight_lr_power,
    }


def schedule_free_adamw(
    learning_rate=0.0025,
    warmup_steps=None,
    b1=0.9,
    b2=0.999,
    eps=1e-8,
    weight_decay=0.0,
    weight_lr_power=2.0,
    state_dtype=None,
):
    return "schedule_free_adamw", {
        "lr": learning_rate,
        "warmup": warmup_steps or 0,
        "beta1": b1,
        "beta2": b2,
        "eps": eps,
        "weight_decay": weight_decay,
        "lr_power": weight_lr_power,
    }


def prodigy(
    learning_rate=1.0,
    betas=(0.9, 0.999),
    beta3=None,
    eps=1e-8,
    estim_lr0=1e-6,
    estim_lr_coef=1.0,
    weight_decay=0.0,
    safeguard_warmup=False,
):
    return "prodigy", {
        "lr": learning_rate,
        "beta1": betas[0],
        "beta2": betas[1],
        "beta3": 0.0 if beta3 is None else beta3 or 1e-300,
        "eps": eps,
        "d0": estim_lr0,
        "d_coef": estim_lr_coef,
        "weight_decay": weight_decay,
        "safeguard_warmup": float(safeguard_warmup),
    }


def dog(learning_rate=1.0, init_step=("heuristic", 1e-6), eps=1e-8, weight_decay=None, mask=None):
    kind, value = init_step
    if kind not in ("heuristic", "distance"):
        raise ValueError(f"optax.contrib.dog with the first step by {kind!r} has no counterpart here")
    return "dog", {
        "lr": learning_rate,
        "r": value,
        "relative": float(kind == "heuristic"),
        "eps": eps,
        "weight_decay": weight_decay or 0.0,
    }


def dowg(learning_rate=1.0, init_estim_sq_dist=None, eps=1e-4, weight_decay=None, mask=None):
    return "dowg", {
        "lr": learning_rate,
        "r2": eps if init_estim_sq_dist is None else init_estim_sq_dist,
        "eps": eps,
        "weight_decay": weight_decay or 0.0,
    }


def cocob(learning_rate=1.0, alpha=100.0, eps=1e-8, weight_decay=0.0, mask=None):
    return "cocob", {"lr": learning_rate, "alpha": alpha, "eps": eps, "weight_decay": weight_decay}


def momo(learning_rate=1.0, beta=0.9, lower_bound=0.0, weight_decay=0.0, adapt_lower_bound=False):
    return "momo", {
        "lr": learning_rate,
        "beta": beta,
        "lower_bound": lower_bound,
        "weight_decay": weight_decay,
        "adapt_bound": float(adapt_lower_bound),
    }


def acprop(learning_rate, b1=0.9, b2=0.999, eps=1e-16, eps_root=1e-16, weight_decay=0.0, mask=None):
    return "acprop", {
        "lr": learning_rate,
        "beta1": b1,
        "beta2": b2,
        "eps": eps,
        "eps_root": eps_root,
        "weight_decay": weight_decay,
    }


def lbfgs(learning_rate=None, memory_size=10, scale_init_precond=True):
    return "lbfgs_optax", {
        "lr": 1.0 if learning_rate is None else learning_rate,
        "memory_size": memory_size,
        "scale_init_precond": float(scale_init_precond),
    }


def adopt(learning_rate, b1=0.9, b2=0.9999, eps=1e-6, mu_dtype=None, *, nesterov=False, use_clipping=True):
    if nesterov:
        raise ValueError("optax.contrib.adopt with nesterov=True has no counterpart here")
    return "adopt", {"lr": learning_rate, "beta1": b1, "beta2": b2, "eps": eps, "clip": float(use_clipping)}

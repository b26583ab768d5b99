# mypy: allow-untyped-defs
"""Classes of keras.optimizers as optimizer ids and hyperparameters; see ``_common_settings`` for shared arguments."""

from __future__ import annotations

NO_COUNTERPART = {
    "ScheduleFreeAdamW": "in keras 3.15 on TensorFlow it takes z after its update for z before; optax's follows the "
    "paper.",
    "Muon": "it needs a matrix, and a point in the plane is a vector.",
}
SUPPORTED_VALUES = {"use_ema": (False,), "gradient_accumulation_steps": (None, 1), "loss_scale_factor": (None,)}
SCALAR_EQUIVALENTS = {"clipnorm": "clipvalue"}  # arguments about the norm of a variable: the same for a scalar one
REQUIRED_ARGUMENTS: dict[str, dict[str, float]] = {}  # arguments without a default other than the learning rate
EXTRA_PRESETS = [("SGD", {"momentum": 0.9}), ("SGD", {"momentum": 0.9, "nesterov": True}), ("Adam", {"amsgrad": True})]


def _common_settings(
    weight_decay=None,
    clipnorm=None,
    clipvalue=None,
    global_clipnorm=None,
    use_ema=False,
    ema_momentum=0.99,
    ema_overwrite_frequency=None,
    loss_scale_factor=None,
    gradient_accumulation_steps=None,
    name=None,
):
    if sum(given is not None for given in (clipnorm, clipvalue, global_clipnorm)) > 1:
        raise ValueError("keras allows one of clipnorm, clipvalue and global_clipnorm")
    return {
        "decoupled_weight_decay": weight_decay or 0.0,
        # keras clips the norm of each variable by clipnorm and that of all together by global_clipnorm: the same for
        # one variable of two elements. For two scalar variables, see SCALAR_EQUIVALENTS.
        "clip_norm": max(clipnorm or 0.0, global_clipnorm or 0.0, 0.0),
        "clip_value": max(clipvalue or 0.0, 0.0),  # keras does not clip by a negative number
    }


def SGD(learning_rate=0.01, momentum=0.0, nesterov=False, **shared):
    if not 0 <= momentum <= 1:
        raise ValueError("keras.optimizers.SGD requires a momentum from 0 to 1")
    if momentum == 0:
        return "sgd", {"lr": learning_rate, **_common_settings(**shared)}
    return "nesterov_keras" if nesterov else "momentum", {
        "lr": learning_rate,
        "momentum": momentum,
        **_common_settings(**shared),
    }


def RMSprop(learning_rate=0.001, rho=0.9, momentum=0.0, epsilon=1e-7, centered=False, **shared):
    return "rmsprop_keras", {
        "lr": learning_rate,
        "rho": rho,
        "momentum": momentum,
        "eps": epsilon,
        "centered": float(centered),
        **_common_settings(**shared),
    }


def Adam(learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7, amsgrad=False, **shared):
    return "amsgrad_keras" if amsgrad else "adam_keras", {
        "lr": learning_rate,
        "beta1": beta_1,
        "beta2": beta_2,
        "eps": epsilon,
        **_common_settings(**shared),
    }


def AdamW(learning_rate=0.001, weight_decay=0.004, beta_1=0.9, beta_2=0.999, epsilon=1e-7, amsgrad=False, **shared):
    if amsgrad:
        return Adam(learning_rate, beta_1, beta_2, epsilon, True, weight_decay=weight_decay, **shared)
    settings = {"lr": learning_rate, "beta1": beta_1, "beta2": beta_2, "eps": epsilon, **_common_settings(**shared)}
    return "adamw_keras", {**settings, "decoupled_weight_decay": 0.0, "weight_decay": weight_decay}


def Adagrad(learning_rate=0.001, initial_accumulator_value=0.1, epsilon=1e-7, **shared):
    return "adagrad_keras", {
        "lr": learning_rate,
        "initial_sum": initial_accumulator_value,
        "eps": epsilon,
        **_common_settings(**shared),
    }


def Adadelta(learning_rate=0.001, rho=0.95, epsilon=1e-7, **shared):
    return "adadelta", {"lr": learning_rate, "rho": rho, "eps": epsilon, **_common_settings(**shared)}


def Adamax(learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7, **shared):
    return "adamax_keras", {
        "lr": learning_rate,
        "beta1": beta_1,
        "beta2": beta_2,
        "eps": epsilon,
        **_common_settings(**shared),
    }


def Nadam(learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7, **shared):
    return "nadam_keras", {
        "lr": learning_rate,
        "beta1": beta_1,
        "beta2": beta_2,
        "eps": epsilon,
        **_common_settings(**shared),
    }


def Ftrl(
    learning_rate=0.001,
    learning_rate_power=-0.5,
    initial_accumulator_value=0.1,
    l1_regularization_strength=0.0,
    l2_regularization_strength=0.0,
    l2_shrinkage_regularization_strength=0.0,
    beta=0.0,
    **shared,
):
    return "ftrl", {
        "lr": learning_rate,
        "power": -learning_rate_power,
        "initial_sum": initial_accumulator_value,
        "l1": l1_regularization_strength,
        "l2": l2_regularization_strength,
        "l2_shrinkage": l2_shrinkage_regularization_strength,
        "beta": beta,
        **_common_settings(**shared),
    }


def Lion(learning_rate=0.001, beta_1=0.9, beta_2=0.99, weight_decay=None, **shared):
    settings = {"lr": learning_rate, "beta1": beta_1, "beta2": beta_2, **_common_settings(**shared)}
    return "lion", {**settings, "decoupled_weight_decay": 0.0, "weight_decay": weight_decay or 0.0}


def Lamb(learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7, **shared):
    return "lamb", {"lr": learning_rate, "beta1": beta_1, "beta2": beta_2, "eps": epsilon, **_common_settings(**shared)}


def Adafactor(
    learning_rate=0.001,
    beta_2_decay=-0.8,
    epsilon_1=1e-30,
    epsilon_2=0.001,
    clip_threshold=1.0,
    relative_step=True,
    **shared,
):
    return "adafactor_keras", {
        "lr": learning_rate,
        "beta2_decay": -beta_2_decay,
        "eps1": epsilon_1,
        "eps2": epsilon_2,
        "clip": clip_threshold,
        **_common_settings(**shared),
    }

# mypy: allow-untyped-defs
"""Classes of tf.compat.v1.train as optimizer ids and hyperparameters.

TensorFlow 1 rounds a learning rate given as a Python float to single precision; here everything is double precision.
"""

from __future__ import annotations

NO_COUNTERPART = {
    "AdagradDAOptimizer": "dual averaging is not in the catalogue.",
    "ProximalGradientDescentOptimizer": "it is gradient descent with a soft threshold, which is not in the catalogue.",
}
SUPPORTED_VALUES: dict[str, tuple[object, ...]] = {}
# Arguments without a default other than the learning rate
REQUIRED_ARGUMENTS: dict[str, dict[str, float]] = {"MomentumOptimizer": {"momentum": 0.9}}
EXTRA_PRESETS = [("MomentumOptimizer", {"momentum": 0.9, "use_nesterov": True})]


def GradientDescentOptimizer(learning_rate, use_locking=False, name="GradientDescent"):
    return "sgd", {"lr": learning_rate}


def MomentumOptimizer(learning_rate, momentum, use_locking=False, name="Momentum", use_nesterov=False):
    return "nesterov" if use_nesterov else "momentum_torch", {"lr": learning_rate, "momentum": momentum}


def AdagradOptimizer(learning_rate, initial_accumulator_value=0.1, use_locking=False, name="Adagrad"):
    return "adagrad", {"lr": learning_rate, "initial_sum": initial_accumulator_value, "eps": 0.0}


def AdadeltaOptimizer(learning_rate=0.001, rho=0.95, epsilon=1e-8, use_locking=False, name="Adadelta"):
    return "adadelta", {"lr": learning_rate, "rho": rho, "eps": epsilon}


def AdamOptimizer(
    learning_rate=0.001,
    beta1=0.9,
    beta2=0.999,
    epsilon=1e-8,
    use_locking=False,
    name="Adam",
    use_own_namescope_for_non_slot_vars=False,
):
    return "adam_keras", {"lr": learning_rate, "beta1": beta1, "beta2": beta2, "eps": epsilon}


def RMSPropOptimizer(
    learning_rate, decay=0.9, momentum=0.0, epsilon=1e-10, use_locking=False, centered=False, name="RMSProp"
):
    return "rmsprop_keras", {
        "lr": learning_rate,
        "rho": decay,
        "momentum": momentum,
        "eps": epsilon,
        "centered": float(centered),
        "initial": 1.0,
    }


def FtrlOptimizer(
    learning_rate,
    learning_rate_power=-0.5,
    initial_accumulator_value=0.1,
    l1_regularization_strength=0.0,
    l2_regularization_strength=0.0,
    use_locking=False,
    name="Ftrl",
    accum_name=None,
    linear_name=None,
    l2_shrinkage_regularization_strength=0.0,
    beta=None,
):
    return "ftrl", {
        "lr": learning_rate,
        "power": -learning_rate_power,
        "initial_sum": initial_accumulator_value,
        "l1": l1_regularization_strength,
        "l2": l2_regularization_strength,
        "l2_shrinkage": l2_shrinkage_regularization_strength,
        "beta": beta or 0.0,
    }


def ProximalAdagradOptimizer(
    learning_rate,
    initial_accumulator_value=0.1,
    l1_regularization_strength=0.0,
    l2_regularization_strength=0.0,
    use_locking=False,
    name="ProximalAdagrad",
):
    return "proximal_adagrad", {
        "lr": learning_rate,
        "initial_sum": initial_accumulator_value,
        "l1": l1_regularization_strength,
        "l2": l2_regularization_strength,
    }

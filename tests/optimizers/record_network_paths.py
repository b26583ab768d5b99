"""Write data/network_paths.npz: 100 steps of torch and optax on the network of moons_network.py, in double precision.

    PYTHONPATH=<folder with torch and optax> python -m tests.optimizers.record_network_paths

The gradients are those of the frameworks. Kept are, after steps 1, 10 and 100, the norm of each layer and every 17th
parameter, and the version of the framework. Parameters are flat arrays, one per layer, so that no Adafactor factors
them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax
import torch
from optax import contrib

from tests.optimizers.moons_network import LAYER_SIZES, PENALTY, SHAPES, moons, start

DATA = Path(__file__).parents[1] / "data" / "network_paths.npz"
STEPS = (1, 10, 100)
CASES: list[tuple[str, str, dict[str, Any]]] = [
    ("torch", "SGD", {"lr": 0.1}),
    ("torch", "SGD", {"lr": 0.05, "momentum": 0.9, "nesterov": True, "weight_decay": 1e-3}),
    ("torch", "Adagrad", {"lr": 0.05}),
    ("torch", "RMSprop", {"lr": 3e-4, "momentum": 0.5, "centered": True}),
    ("torch", "Adadelta", {"lr": 1.0}),
    ("torch", "Adam", {"lr": 0.01}),
    ("torch", "Adam", {"lr": 0.01, "amsgrad": True}),
    ("torch", "AdamW", {"lr": 0.01, "weight_decay": 0.1}),
    ("torch", "Adamax", {"lr": 0.01}),
    ("torch", "NAdam", {"lr": 0.005}),
    ("torch", "RAdam", {"lr": 0.01}),
    ("torch", "Rprop", {"lr": 0.001, "etas": (0.5, 1.05), "step_sizes": (1e-6, 0.01)}),
    ("torch", "ASGD", {"lr": 0.1}),
    ("torch", "Adafactor", {"lr": 0.05}),
    ("torch", "LBFGS", {"lr": 1.0, "max_iter": 1, "max_eval": 25, "line_search_fn": "strong_wolfe"}),
    ("torch", "LBFGS", {"lr": 0.005, "max_iter": 1}),
    ("optax", "sgd", {"learning_rate": 0.05, "momentum": 0.9}),
    ("optax", "adam", {"learning_rate": 0.01}),
    ("optax", "adamw", {"learning_rate": 0.01, "weight_decay": 0.1}),
    ("optax", "nadam", {"learning_rate": 0.01}),
    ("optax", "radam", {"learning_rate": 0.01}),
    ("optax", "amsgrad", {"learning_rate": 0.01}),
    ("optax", "adamax", {"learning_rate": 0.01}),
    ("optax", "adagrad", {"learning_rate": 0.05}),
    ("optax", "adadelta", {"learning_rate": 1.0}),
    ("optax", "rmsprop", {"learning_rate": 3e-4, "momentum": 0.5, "centered": True}),
    ("optax", "adabelief", {"learning_rate": 0.01}),
    ("optax", "yogi", {"learning_rate": 0.01}),
    ("optax", "lion", {"learning_rate": 1e-3}),
    ("optax", "adan", {"learning_rate": 0.01}),
    ("optax", "sign_sgd", {"learning_rate": 1e-3}),
    ("optax", "signum", {"learning_rate": 1e-3}),
    ("optax", "novograd", {"learning_rate": 0.005, "weight_decay": 1e-3}),
    ("optax", "polyak_sgd", {"max_learning_rate": 0.5}),
    ("optax", "fromage", {"learning_rate": 0.02}),
    ("optax", "lamb", {"learning_rate": 0.01, "weight_decay": 0.01}),
    ("optax", "lars", {"learning_rate": 3.0, "weight_decay": 0.01}),
    ("optax", "sm3", {"learning_rate": 0.05}),
    ("optax", "optimistic_gradient_descent", {"learning_rate": 0.1}),
    ("optax", "optimistic_adam_v2", {"learning_rate": 0.005}),
    ("optax", "adafactor", {"learning_rate": 0.05, "momentum": None}),
    ("optax", "lbfgs", {}),
    ("optax", "ademamix", {"learning_rate": 0.005}),
    ("optax", "schedule_free_sgd", {"learning_rate": 0.5}),
    ("optax", "schedule_free_adamw", {"learning_rate": 0.01}),
    ("optax", "prodigy", {}),
    ("optax", "dog", {}),
    ("optax", "dowg", {"learning_rate": 0.2}),
    ("optax", "cocob", {"learning_rate": 1.0, "alpha": 1000.0}),
    ("optax", "momo", {}),
    ("optax", "acprop", {"learning_rate": 0.001}),
    ("optax", "adopt", {"learning_rate": 0.005}),
]


def initial_layers() -> list[np.ndarray]:
    return np.split(start(), np.cumsum(LAYER_SIZES)[:-1])


def torch_loss(layers: list[torch.Tensor]) -> torch.Tensor:
    x, labels = moons()
    h = torch.tensor(x)
    parameters = [layer.reshape(shape) for layer, shape in zip(layers, SHAPES, strict=True)]
    for k in range(0, len(parameters), 2):
        h = h @ parameters[k] + parameters[k + 1]
        h = torch.tanh(h) if k < len(parameters) - 2 else h
    penalty = PENALTY / 2 * sum((layer * layer).sum() for layer in layers)
    return torch.nn.functional.cross_entropy(h, torch.tensor(labels)) + penalty


def torch_steps(name: str, arguments: dict[str, Any]) -> Iterator[np.ndarray]:
    layers = [torch.tensor(layer, requires_grad=True) for layer in initial_layers()]
    optimizer = getattr(torch.optim, name)(layers, **arguments)

    def closure() -> torch.Tensor:
        optimizer.zero_grad()
        loss = torch_loss(layers)
        loss.backward()
        return loss

    while True:
        optimizer.step(closure)
        yield np.concatenate([layer.detach().numpy().copy() for layer in layers])


def optax_loss(layers: list[Any]) -> Any:
    x, labels = moons()
    h = jnp.asarray(x)
    parameters = [layer.reshape(shape) for layer, shape in zip(layers, SHAPES, strict=True)]
    for k in range(0, len(parameters), 2):
        h = h @ parameters[k] + parameters[k + 1]
        h = jnp.tanh(h) if k < len(parameters) - 2 else h
    penalty = PENALTY / 2 * sum((layer * layer).sum() for layer in layers)
    return optax.softmax_cross_entropy_with_integer_labels(h, jnp.asarray(labels)).mean() + penalty


def optax_steps(name: str, arguments: dict[str, Any]) -> Iterator[np.ndarray]:
    optimizer = optax.with_extra_args_support((getattr(optax, name, None) or getattr(contrib, name))(**arguments))
    layers = [jnp.asarray(layer) for layer in initial_layers()]
    state = optimizer.init(layers)

    @jax.jit
    def step(layers: Any, state: Any) -> Any:
        loss, gradients = jax.value_and_grad(optax_loss)(layers)
        updates, state = optimizer.update(gradients, state, layers, value=loss, grad=gradients, value_fn=optax_loss)
        return optax.apply_updates(layers, updates), state

    while True:
        layers, state = step(layers, state)
        yield np.concatenate([np.asarray(layer) for layer in layers])


def summary(vector: np.ndarray) -> np.ndarray:
    """Return the norm of each layer, followed by every 17th parameter."""
    layers = np.split(vector, np.cumsum(LAYER_SIZES)[:-1])
    return np.concatenate([[np.linalg.norm(layer) for layer in layers], vector[::17]])


def main() -> None:
    """Run all cases and write the file."""
    jax.config.update("jax_enable_x64", True)
    torch.set_default_dtype(torch.float64)
    rows = []
    for framework, name, arguments in CASES:
        steps = (torch_steps if framework == "torch" else optax_steps)(name, arguments)
        path = [vector for vector, _ in zip(steps, range(max(STEPS)), strict=False)]
        rows.append([summary(path[t - 1]) for t in STEPS])
        print(framework, name, float(np.linalg.norm(path[-1] - start())), flush=True)
    meta = {"cases": CASES, "torch": torch.__version__, "optax": optax.__version__, "jax": jax.__version__}
    np.savez_compressed(DATA, meta=np.frombuffer(json.dumps(meta).encode(), np.uint8), summaries=np.array(rows))


if __name__ == "__main__":
    main()

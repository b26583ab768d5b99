"""A small lesson as JSON, and values that do not belong into one."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Iterator
from typing import Any

LESSON: dict[str, Any] = {
    "thalweg_lesson": 1,
    "title": "A parabola",
    "experiment": {
        "thalweg": 1,
        "formula": "x^2",
        "start": [3],
        "steps": 20,
        "runs": [
            {"optimizer": "sgd", "hyperparameters": {"lr": 0.1}},
            {"optimizer": "sgd", "hyperparameters": {"lr": 0.9}},
        ],
    },
    "question": {
        "text": "What does the second run do?",
        "choices": [
            {"text": "It stays positive.", "claims": [{"measure": "smallest", "run": 2, "at_least": 0}]},
            {"text": "It jumps to −2.4.", "claims": [{"measure": "position", "run": 2, "step": 1, "equals": -2.4}]},
        ],
        "answer": 1,
    },
    "observe": "The first run needs 0.6 for its first step.",
    "claims": [{"measure": "step_size", "step": 1, "equals": 0.6}],
    "explanation": ["Every step multiplies x by 0.8."],
    "formulas": ["x_t = (1 - 2\\eta) x_{t-1}"],
    "task": {
        "text": "Reach the minimum in one step.",
        "free": ["run1.lr"],
        "goal": [{"measure": "position", "step": 1, "at_least": -0.01, "at_most": 0.01}],
    },
    "references": ["Nocedal & Wright 2006"],
}
LESSON["claims"].append({"measure": "factor", "step": 5, "equals": 0.8})
STRANGE_VALUES = [
    None, True, -1, 0, 3, 1e308, 10**30, 0.5, "", "x", "run1.lr", "run99.lr", "\ud800", "=1+1", [], [[]], {}, [0] * 300,
    {"a": 1}, "y" * 5000,
]  # fmt: skip


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the paths to all values in a JSON document."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield (*path, key)
        yield from places(inner, (*path, key))


def mutated(document: Any, generator: random.Random) -> str:
    """Return a document as JSON with one to three values replaced, removed, or added under a strange key."""
    result = copy.deepcopy(document)
    for _ in range(generator.randint(1, 3)):
        path = generator.choice(list(places(result)))
        owner = result
        for key in path[:-1]:
            owner = owner[key]
        change = generator.random()
        if change < 0.7:
            owner[path[-1]] = copy.deepcopy(generator.choice(STRANGE_VALUES))
        elif change < 0.85:
            del owner[path[-1]]
        elif isinstance(owner, dict):
            owner[generator.choice(["x", "name", "measure", "equals", "instead", "extra", "steps"])] = generator.choice(
                STRANGE_VALUES
            )
        if not list(places(result)):
            break
    return json.dumps(result)

"""Lessons for tests: one with choices and a task, one that asks for a number."""

from __future__ import annotations

import json
from typing import Any

from app.io.lesson_files import lesson_from_json

CHOICE_LESSON: dict[str, Any] = {
    "thalweg_lesson": 1,
    "title": "One rate",
    "experiment": {
        "thalweg": 1,
        "surface": "sphere",
        "start": [3, 0],
        "steps": 20,
        "runs": [
            {"optimizer": "sgd", "hyperparameters": {"lr": 0.01}},
            {"optimizer": "momentum", "hyperparameters": {"lr": 0.01}},
        ],
    },
    "question": {"text": "Does it arrive?", "choices": ["Yes.", "No."], "answer": 1},
    "observe": "Watch the loss.",
    "claims": [{"measure": "position", "step": 0, "equals": 3}],
    "explanation": ["The rate is too small."],
    "formulas": ["x_t = (1 - 2\\eta)\\, x_{t-1}"],
    "task": {
        "text": "Choose a rate.",
        "free": ["run1.lr", "run1.weight_decay", "start.x", "surface"],
        "goal": [{"measure": "loss", "at_most": 0.001}],
    },
    "shows": ["step_panel", "formula"],
    "references": ["Nobody 1900"],
}
NUMBER_LESSON: dict[str, Any] = {
    "thalweg_lesson": 1,
    "title": "One step",
    "experiment": {**CHOICE_LESSON["experiment"], "steps": 1, "runs": CHOICE_LESSON["experiment"]["runs"][:1]},
    "question": {"text": "What is x?", "measure": {"measure": "position"}, "tolerance": 0.01},
}
choice_lesson = lesson_from_json(json.dumps(CHOICE_LESSON), "one_rate")
number_lesson = lesson_from_json(json.dumps(NUMBER_LESSON), "one_step")

"""What a newer version has written into a file survives edits."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from app.io.experiment_json import from_json, to_json
from app.model.comparison import ComparisonMode
from app.model.experiment import Experiment
from app.session.session import Session
from tests.io.test_experiment_files import NEWER

pytestmark = pytest.mark.usefixtures("application")


def saved_keys(experiment: Experiment) -> dict:
    data = json.loads(to_json(experiment))
    assert data["thalweg"] == 1
    return data


def test_keys_of_a_newer_version_outlive_edits() -> None:
    session = Session()
    session.load_experiment(from_json(json.dumps(NEWER)))
    session.advance(5)
    session.change(lambda e: e.with_run(0, e.runs[0].with_hyperparameter("lr", 0.002)))
    session.change(lambda e: e.with_added_run(replace(e.runs[0], slot=None)))
    session.change(lambda e: e.without_run(1))
    session.change(lambda e: replace(e, loss_plot=replace(e.loss_plot, quantity="loss")))
    session.set_comparison(ComparisonMode("evaluations", 50), {})
    session.set_comparison(ComparisonMode("tuned", 50), {0: 0.1})
    session.change(lambda e: e.with_run(0, e.runs[0].with_hyperparameter("lr", 0.2)))
    session.change_branch(0, name="old")
    data = saved_keys(session.experiment)
    assert [run["mood"] for run in data["runs"]] == ["calm", "calm"]
    assert data["comparison"] == {"mode": "", "budget": 0, "fingerprint": 0, "why": "so"}
    assert (data["weather"], data["loss_plot"]["tint"], data["branches"][0]["leaf"]) == (NEWER["weather"], 3, [])
    assert saved_keys(session.experiment.with_surface("sphere"))["weather"] == NEWER["weather"]

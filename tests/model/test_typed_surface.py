"""Experiments with a typed formula: checks, edits, and the file format."""

from __future__ import annotations

import json
from typing import Any

import pytest

from app.engine.race import Race
from app.io.experiment_json import from_json, to_json
from app.model.experiment import Experiment
from app.model.run import Run
from app.utils.validation import ExperimentError

HIMMELBLAU = "(x^2+y-11)^2 + (x+y^2-7)^2 + a x"


def typed(**changes: Any) -> Experiment:
    settings = {"formula": HIMMELBLAU, "parameters": {"a": 2.0}, "runs": (Run("adam", {"lr": 0.1}),), **changes}
    return Experiment(**settings)


def test_a_file_needs_only_the_formula() -> None:
    experiment = from_json('{"thalweg": 1, "formula": "a x^2 + b y"}')
    assert (experiment.surface_id, experiment.parameters, experiment.domain) == ("formula", {"a": 1.0, "b": 1.0}, None)
    assert experiment.surface(2.0, 5.0) == (9.0, (4.0, 1.0))


def test_formula_parameters_and_domain_are_saved() -> None:
    experiment = typed(domain=((-6.0, 6.0), (-4.0, 4.0)))
    data = json.loads(to_json(experiment))
    assert (data["formula"], data["parameters"]) == (HIMMELBLAU, {"a": 2.0})
    assert from_json(to_json(experiment)) == experiment
    assert experiment.surface.bounds == ((-6.0, 6.0), (-4.0, 4.0))


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ({"formula": "sine(x)"}, "did you mean sin?"),
        ({"formula": "x", "parameters": {"q": 1}}, "the formula has no parameter q"),
        ({"formula": "a x", "parameters": {"a": None}}, "parameter a must be a finite number"),
        ({"formula": "x", "parameters": [1]}, "parameters must be names with numbers"),
        ({"formula": "x", "domain": [[1, 0], [0, 1]]}, "from a lower to a higher number"),
        ({"formula": "x", "domain": 5}, "the domain must be two ranges"),
        ({"formula": 5}, "formula must be text"),
        ({"formula": "x" * 501}, "at most 500 characters"),
        ({"formula": "log(-1 - x^2)"}, "no finite value in the domain"),
        ({"formula": "x", "data": [[1, 2], [3, 4]]}, "a formula or data, not both"),
        ({"surface": "formula"}, "unknown surface 'formula'"),
        ({"formula": "__import__('os').system('true')"}, "use only x, y, numbers"),
    ],
)
def test_what_cannot_be_a_surface_is_refused(keys: dict[str, Any], message: str) -> None:
    with pytest.raises(ExperimentError) as error:
        from_json(json.dumps({"thalweg": 1, **keys}))
    assert message in str(error.value)


def test_a_parameter_changes_the_paths_and_nothing_else() -> None:
    one, other = typed(), typed().with_parameter("a", -3.0)
    assert (other.start, other.runs, other.domain) == (one.start, one.runs, one.domain)
    assert not one.same_surface(other)
    paths = []
    for experiment in (one, other):
        race = Race(experiment)
        race.advance(50)
        paths.append(race.trajectories[0].xs[:51])
    assert paths[0][0] == paths[1][0]
    assert paths[0] != paths[1]
    with pytest.raises(ExperimentError, match="no parameter b"):
        one.with_parameter("b", 1.0)


def test_editing_the_formula_keeps_values_domain_and_start() -> None:
    experiment = typed(domain=((-6.0, 6.0), (-4.0, 4.0)), start=(1.0, 2.0)).with_formula(HIMMELBLAU + " + b y")
    assert experiment.parameters == {"a": 2.0, "b": 1.0}
    assert (experiment.domain, experiment.start) == (((-6.0, 6.0), (-4.0, 4.0)), (1.0, 2.0))
    sphere = experiment.with_surface("sphere")
    assert (sphere.formula, sphere.parameters, sphere.domain, sphere.start) == ("", {}, None, (-4.0, 3.0))
    assert sphere.with_formula("x^2 + y^2").surface_id == "formula"


def test_a_formula_is_part_of_what_rates_were_tuned_for() -> None:
    assert typed().fingerprint != typed().with_parameter("a", 0.0).fingerprint
    assert typed().fingerprint != typed(formula=HIMMELBLAU + " + 0").fingerprint

"""Every problem has the gradient of its loss, batches that add up to it, and can be solved."""

import numpy as np
import pytest

from surfaces.problems import PROBLEMS, Problem, make_problem

SMALL = {
    "moons": {"points": 60},
    "spirals": {"points": 60},
    "digits": {"points": 60},
    "linear": {"size": 20},
    "logistic": {"size": 20},
}


@pytest.fixture(params=PROBLEMS)
def problem(request: pytest.FixtureRequest) -> Problem:
    return make_problem(request.param, **SMALL[request.param])


def test_the_gradient_is_the_derivative_of_the_loss(problem: Problem) -> None:
    point, rng = problem.make_start(1), np.random.default_rng(0)
    gradient = problem.function(point)[1]
    for _ in range(3):
        direction = rng.standard_normal(problem.size)
        direction /= np.linalg.norm(direction)
        step = 1e-6
        ahead, behind = (problem.function(point + sign * step * direction)[0] for sign in (1, -1))
        assert (ahead - behind) / (2 * step) == pytest.approx(gradient @ direction, rel=1e-6, abs=1e-8)


def test_batches_add_up_to_the_full_loss_and_gradient(problem: Problem) -> None:
    point = problem.make_start(2)
    batches = np.random.default_rng(0).permutation(problem.sample_count).reshape(-1, problem.sample_count // 20)
    results = [problem.batch_function(point, rows) for rows in batches]
    loss, gradient = problem.function(point)
    assert np.mean([result[0] for result in results]) == pytest.approx(loss, rel=1e-12)
    np.testing.assert_allclose(np.mean([result[1] for result in results], axis=0), gradient, atol=1e-13)


def test_layers_cover_the_vector(problem: Problem) -> None:
    covered = np.concatenate([np.arange(problem.size)[layer] for layer in problem.layers])
    assert covered.tolist() == list(range(problem.size))
    assert [problem.make_start(0)[layer].size for layer in problem.layers] == [np.prod(s) for s in problem.shapes]


def test_numbers_name_a_problem_completely(problem: Problem) -> None:
    again, other = make_problem(problem.id, **SMALL[problem.id]), make_problem(problem.id, **SMALL[problem.id], seed=5)
    point = problem.make_start(3)
    assert problem.function(point)[0] == again.function(point)[0] != other.function(point)[0]
    assert point.tobytes() == again.make_start(3).tobytes() != problem.make_start(4).tobytes()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "rate", "momentum", "steps", "accuracy"),
    [("moons", 0.5, 0.9, 400, 0.97), ("spirals", 0.3, 0.9, 3_000, 0.95), ("digits", 0.3, 0.9, 500, 0.8)],
)
def test_networks_learn_what_they_have_not_seen(
    name: str, rate: float, momentum: float, steps: int, accuracy: float
) -> None:
    problem = make_problem(name)
    point, velocity = problem.make_start(0), 0.0
    for _ in range(steps):
        velocity = momentum * velocity - rate * problem.function(point)[1]
        point = point + velocity
    assert problem.metrics["test_accuracy"](point) >= accuracy


def test_the_linear_model_has_the_stated_curvatures() -> None:
    problem = make_problem("linear", size=20, condition=1000)
    assert problem.curvatures is not None
    hessian = np.array([problem.function(unit)[1] - problem.function(np.zeros(20))[1] for unit in np.eye(20)])
    np.testing.assert_allclose(np.linalg.eigvalsh(hessian), problem.curvatures, rtol=1e-9)
    truth = np.linalg.solve(hessian, -problem.function(np.zeros(20))[1])
    assert problem.function(truth)[0] < 1e-25
    assert problem.metrics["distance"](truth) < 1e-9


def test_gradient_descent_on_the_linear_model_follows_theory() -> None:
    """Each eigenvector component of the error shrinks by 1 - rate * curvature with every step."""
    problem = make_problem("linear", size=10, condition=50)
    assert problem.curvatures is not None
    point, gradients = problem.make_start(1), []
    for _ in range(40):
        gradients.append(problem.function(point)[1])
        point = point - 1.5 * gradients[-1]
    hessian = np.array([problem.function(unit)[1] - problem.function(np.zeros(10))[1] for unit in np.eye(10)])
    curvatures, vectors = np.linalg.eigh(hessian)
    components = np.abs(gradients @ vectors)
    np.testing.assert_allclose(
        components[39], components[0] * np.abs(1 - 1.5 * curvatures) ** 39, rtol=1e-6, atol=1e-12
    )

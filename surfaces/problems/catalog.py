"""The problems by id. Each is made from a few numbers, so that an experiment can name it."""

from __future__ import annotations

from collections.abc import Callable

from surfaces.problems.data import digit_pictures, two_moons, two_spirals
from surfaces.problems.linear_models import linear_problem, logistic_problem
from surfaces.problems.perceptron import perceptron_problem
from surfaces.problems.problem import Problem

TEST_SEED = 1_000_000  # added to the seed of the training data


def moons_problem(points: int = 400, noise: float = 0.15, seed: int = 0) -> Problem:
    """Return a network 2-16-16-2 with tanh units on two half moons."""
    train, test = (two_moons(points, noise, s) for s in (seed, seed + TEST_SEED))
    return perceptron_problem("moons", (2, 16, 16, 2), train, test)


def spirals_problem(points: int = 400, noise: float = 0.02, seed: int = 0) -> Problem:
    """Return a network 2-32-32-2 with tanh units on two spirals."""
    train, test = (two_spirals(points, noise, seed=s) for s in (seed, seed + TEST_SEED))
    source = "Lang & Witbrock 1988, Learning to tell two spirals apart"
    return perceptron_problem("spirals", (2, 32, 32, 2), train, test, source=source)


def digits_problem(points: int = 1_000, noise: float = 0.15, seed: int = 0) -> Problem:
    """Return a network 64-32-10 with ReLU units on generated pictures of digits: 2,410 parameters."""
    train, test = (digit_pictures(points, noise, s) for s in (seed, seed + TEST_SEED))
    return perceptron_problem("digits", (64, 32, 10), train, test, activation="relu")


PROBLEMS: dict[str, Callable[..., Problem]] = {
    "moons": moons_problem,
    "spirals": spirals_problem,
    "digits": digits_problem,
    "linear": linear_problem,
    "logistic": logistic_problem,
}


def make_problem(id: str, **numbers: float) -> Problem:
    """Return the problem with an id and the numbers that its function takes; KeyError if there is none."""
    return PROBLEMS[id](**numbers)

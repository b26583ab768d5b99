"""The search for minima before a map is made in short steps, and its result does not depend on the raster."""

from __future__ import annotations

import math
from collections.abc import Generator
from typing import Any

import numpy as np
import pytest

from app.engine.nearest_minimum import COMPARED_PER_STEP, NearestMinimum, all_minima, compute_minima
from app.utils.progress_generators import finish
from surfaces import SURFACES, from_formula
from surfaces.minimum_search import find_minima, search_minima


def count_steps(generator: Generator[Any, None, Any]) -> int:
    return sum(1 for _ in generator)


def test_search_is_made_in_many_steps() -> None:
    surface = SURFACES["bukin6"]  # with kinks, whose pattern searches take longest
    assert count_steps(search_minima(surface.function, surface.bounds, with_kinks=True)) > 40
    formula = from_formula("sin(3 x) + cos(4 y)")
    assert count_steps(compute_minima(formula, formula.bounds)) > 3
    assert count_steps(compute_minima(formula, formula.bounds)) == 0, "it is remembered"


def test_raster_of_many_minima_is_made_in_steps_and_agrees_with_all_distances() -> None:
    surface = SURFACES["rastrigin"]
    minima = all_minima(surface, surface.bounds)
    by_raster, by_distance = (NearestMinimum(minima, surface.bounds) for _ in range(2))
    assert count_steps(by_raster.fill_table()) == math.ceil(len(minima) / COMPARED_PER_STEP)
    x, y = np.random.default_rng(1).uniform(-5, 5, (2, 1000))
    (distance, index), (exact, expected) = by_raster(x, y), by_distance(x, y)
    assert (distance >= exact - 1e-12).all()
    assert (index == expected).mean() > 0.95
    assert (by_raster(*minima.T)[1] == np.arange(len(minima))).all()


@pytest.mark.parametrize("surface_id", ["himmelblau", "rastrigin", "six_hump_camel"])
def test_all_minima_are_those_known_and_those_found_in_the_margin_too(surface_id: str) -> None:
    surface = SURFACES[surface_id]
    minima = all_minima(surface, surface.bounds)
    points = [*surface.minima, *((x, y) for x, y, _ in find_minima(surface.function, surface.bounds))]
    for point in points:
        assert np.hypot(*(minima - point).T).min() < 1e-3
    losses = [surface(*point)[0] for point in minima.tolist()]
    assert losses == sorted(losses)
    distances = [np.hypot(*(np.delete(minima, k, axis=0) - minima[k]).T).min() for k in range(len(minima))]
    assert min(distances) > 1e-3


def test_surface_without_minima_has_none() -> None:
    surface = from_formula("x + 2 y")
    nearest = NearestMinimum(finish(compute_minima(surface, surface.bounds)), surface.bounds)
    distance, index = nearest(np.zeros(3), np.zeros(3))
    assert np.isinf(distance).all()
    assert (index == -1).all()

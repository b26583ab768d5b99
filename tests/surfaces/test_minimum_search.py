"""Numerical search for minima: the catalog's are found, and a lower border is not called a minimum."""

from __future__ import annotations

import math

import pytest

from surfaces import SURFACES
from surfaces.minimum_search import find_minima, lowest_minima

NOT_FOUND = {
    "eggholder": "its lowest point lies on the border, where the gradient is not 0",
    "bukin6": "its minimum lies in a crease along which the loss hardly rises",
}
ANALYTIC = [name for name, surface in SURFACES.items() if surface.with_data is None and name not in NOT_FOUND]


@pytest.mark.parametrize("name", ANALYTIC)
def test_the_known_minima_are_found_and_no_others(name: str) -> None:
    surface = SURFACES[name]
    found = lowest_minima(surface.function, surface.bounds, with_kinks=surface.is_nonsmooth)
    assert len(found) == len(surface.minima)
    for x, y in surface.minima:
        assert min(math.hypot(x - a, y - b) for a, b in found) < 1e-4


def test_a_domain_that_is_lower_on_its_border_has_no_lowest_minimum() -> None:
    eggholder = SURFACES["eggholder"]
    assert lowest_minima(eggholder.function, eggholder.bounds, with_kinks=True) == ()
    assert find_minima(eggholder.function, eggholder.bounds, with_kinks=True), "there are local minima inside"


def test_minima_are_sorted_by_loss_and_inside_the_domain() -> None:
    rastrigin = SURFACES["rastrigin"]
    minima = find_minima(rastrigin.function, rastrigin.bounds)
    losses = [loss for _, _, loss in minima]
    assert losses == sorted(losses)
    assert losses[0] == pytest.approx(0, abs=1e-12)
    (left, right), (bottom, top) = rastrigin.bounds
    assert len(minima) == 11 * 11, "one at each pair of integers from -5 to 5"
    assert all(left <= x <= right and bottom <= y <= top for x, y, _ in minima)

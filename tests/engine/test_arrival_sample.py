"""The sample of arrived runs: dense at first, thin later, and open only for the first block."""

from __future__ import annotations

import numpy as np
import pytest

from app.engine.arrival_sample import DENSE_COUNT, ArrivalSample


@pytest.mark.parametrize("count", [10, 1000, 40_000])
def test_size_grows_with_the_logarithm_of_the_number_of_arrivals(count: int) -> None:
    size = np.count_nonzero(ArrivalSample(is_batched=True).select(count))
    assert size == pytest.approx(DENSE_COUNT * np.log1p(count / DENSE_COUNT), abs=1)
    assert size >= min(count, 5)


def test_arrivals_in_several_groups_give_the_same_sample() -> None:
    whole, parts = ArrivalSample(is_batched=True), ArrivalSample(is_batched=True)
    together = np.concatenate([parts.select(count) for count in (3, 0, 500, 97)])
    assert np.array_equal(together, whole.select(600))


def test_a_closed_sample_gets_no_further_runs() -> None:
    sample = ArrivalSample(is_batched=False)
    assert sample.select(5).any()
    sample.is_open = False
    assert not sample.select(5).any()

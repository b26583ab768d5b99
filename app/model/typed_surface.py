"""The surface of a typed formula in an experiment: checks, and the surface itself."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from app.model.dataset import to_experiment_error
from app.model.parameter_timeline import MAX_PARAMETER_CHANGES, check_parameters
from app.utils.i18n import tr
from app.utils.validation import MAX_COORDINATE, ExperimentError, check_coordinate, check_number, check_text
from surfaces import Surface, from_formula
from surfaces.formula.formula import Formula, read_formula
from surfaces.formula.typed_surface import DEFAULT_BOUNDS
from surfaces.surface import Bounds, line_bounds


def parse_formula(text: str) -> Formula:
    """Return the formula in a text; ExperimentError, with the message in the current language, if there is none."""
    try:
        return read_formula(text)
    except ValueError as error:
        raise to_experiment_error(error) from None


def parameters_of(text: str) -> tuple[str, ...]:
    """Return the names of the parameters of a formula."""
    return parse_formula(text).parameters


def dimension_of(text: str) -> int:
    """Return the number of coordinates that a formula depends on."""
    return parse_formula(text).dimension


def check_line_start(start: Any) -> tuple[float, float]:
    """Return a start on a line, (x, 0): y has no effect. ExperimentError unless it is one number, or a pair."""
    if isinstance(start, (tuple, list)) and len(start) in (1, 2):
        start = start[0]
    return check_coordinate(tr("start {axis}", axis="x"), start), 0.0


def check_formula_data(data: object) -> None:
    """Raise ExperimentError if an experiment with a formula also has data."""
    if data is not None:
        raise ExperimentError(tr("an experiment can have a formula or data, not both"))


def check_typed_surface(text: Any, parameters: Any, domain: Any) -> tuple[str, Mapping[str, float], Bounds | None]:
    """Return formula, parameters in the order of the formula, and domain, as checked values.

    Parameters that the formula has and the mapping lacks are 1.
    """
    from surfaces.formula.tokens import MAX_LENGTH  # with the rest of the parser, only for a formula

    formula = check_text(tr("formula"), text, MAX_LENGTH)
    parsed = parse_formula(formula)
    values = check_parameters(parsed.parameters, parameters)
    return formula, values, None if domain is None else _check_domain(domain, parsed.dimension)


def _check_domain(domain: Any, dimension: int) -> Bounds:
    try:
        if dimension == 1:
            domain = line_bounds(*(check_number(tr("domain"), value) for value in domain[0]))
        (left, right), (bottom, top) = domain
    except (TypeError, ValueError):
        raise ExperimentError(tr("the domain must be two ranges, as in [[-5, 5], [-5, 5]]")) from None
    left, right, bottom, top = (check_number(tr("domain"), value) for value in (left, right, bottom, top))
    if not (-MAX_COORDINATE <= left < right <= MAX_COORDINATE and -MAX_COORDINATE <= bottom < top <= MAX_COORDINATE):
        raise ExperimentError(
            tr(
                "the domain must be two ranges, each from a lower to a higher number, within {most:g}",
                most=MAX_COORDINATE,
            )
        )
    return (left, right), (bottom, top)


@lru_cache(maxsize=4 * MAX_PARAMETER_CHANGES)  # trajectories are compared by the identity of their surfaces
def get_typed_surface(
    text: str, parameters: tuple[tuple[str, float], ...], domain: Bounds | None, search_level: int = 0
) -> Surface:
    """Return the surface of a formula; ExperimentError if it has no finite value in the domain."""
    try:
        return from_formula(text, domain or DEFAULT_BOUNDS, None, search_level, **dict(parameters))
    except ValueError as error:
        raise to_experiment_error(error) from None

"""Loss surfaces over the plane; numpy only. The contract is in ``surfaces.surface``."""

from . import bowls, many_minima, regression, saddles, valleys
from .regression import linear_regression
from .surface import SURFACES, Surface, surface

FAMILIES = [bowls, valleys, many_minima, saddles, regression]

__all__ = ["FAMILIES", "SURFACES", "Surface", "linear_regression", "surface"]

"""Loss surfaces over the plane; numpy only. The contract is in ``surfaces.surface``."""

from . import bowls  # isort: skip  (the order of these is the order of the menu)
from . import valleys  # isort: skip
from . import many_minima  # isort: skip
from . import saddles  # isort: skip
from . import regression  # isort: skip
from .regression import linear_regression
from .surface import SURFACES, Surface, surface

__all__ = ["SURFACES", "Surface", "bowls", "linear_regression", "many_minima", "regression", "saddles", "surface", "valleys"]

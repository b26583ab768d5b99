"""Loss surfaces over the plane; numpy only. The contract is in ``surfaces.surface``."""

from . import bowls  # isort: skip  (the order of these is the order of the menu)
from . import valleys  # isort: skip
from . import few_minima  # isort: skip
from . import many_minima  # isort: skip
from . import deceptive  # isort: skip
from . import plateaus  # isort: skip
from . import kinks  # isort: skip
from . import saddles  # isort: skip
from . import regression  # isort: skip
from . import networks  # isort: skip
from .networks import tanh_neuron, two_weight_network
from .regression import linear_regression, logistic_regression
from .surface import SURFACES, Surface, surface

__all__ = ["SURFACES", "Surface", "bowls", "deceptive", "few_minima", "kinks", "linear_regression", "logistic_regression",
           "many_minima", "networks", "plateaus", "regression", "saddles", "surface", "tanh_neuron", "two_weight_network",
           "valleys"]

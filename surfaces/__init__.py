"""Loss surfaces over the plane; numpy only. The contract is described in ``surfaces.surface``."""

from typing import Any

from surfaces.functions import bowls  # isort: skip  (the order of these imports is the order of the list)
from surfaces.functions import valleys  # isort: skip
from surfaces.functions import few_minima  # isort: skip
from surfaces.functions import many_minima  # isort: skip
from surfaces.functions import deceptive  # isort: skip
from surfaces.functions import plateaus  # isort: skip
from surfaces.functions import non_smooth  # isort: skip
from surfaces.functions import saddles  # isort: skip
from surfaces import regression  # isort: skip
from surfaces import networks  # isort: skip
from surfaces.formula.typed_surface import from_formula
from surfaces.networks import tanh_neuron, two_weight_network
from surfaces.regression import linear_regression, logistic_regression
from surfaces.surface import SURFACES, Surface, surface

__all__ = [
    "SURFACES",
    "Surface",
    "bowls",
    "deceptive",
    "few_minima",
    "from_formula",
    "linear_regression",
    "logistic_regression",
    "many_minima",
    "networks",
    "non_smooth",
    "plateaus",
    "read_table",
    "regression",
    "saddles",
    "surface",
    "tanh_neuron",
    "two_weight_network",
    "valleys",
]


def __getattr__(name: str) -> Any:
    """Load what reads data files only when it is used."""
    if name == "read_table":
        from surfaces.data_file import read_table

        return read_table
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

"""The surfaces of the catalog as formulas that can be typed."""

from __future__ import annotations

from surfaces.formula.formula import read_formula
from surfaces.formula.tree import format_tree
from surfaces.surface import Surface

# Of the surfaces whose printed formula has abbreviations or named constants
TEXTS = {
    "branin": "(y - 5.1x^2/(4π^2) + 5x/π - 6)^2 + 10(1 - 1/(8π)) cos(x) + 10",
    "goldstein_price": "(1 + (x+y+1)^2 (19 - 14x + 3x^2 - 14y + 6x y + 3y^2))"
    "(30 + (2x-3y)^2 (18 - 32x + 12x^2 + 48y - 36x y + 27y^2))",
    "shubert": "sum(i, 1, 5, i cos((i+1)x + i)) sum(j, 1, 5, j cos((j+1)y + j))",
    "levy": "sin(π(1+(x-1)/4))^2 + ((x-1)/4)^2 (1 + 10 sin(π(1+(x-1)/4) + 1)^2)"
    " + ((y-1)/4)^2 (1 + sin(2π(1+(y-1)/4))^2)",
    "drop_wave": "-(1 + cos(12 sqrt(x^2+y^2)))/(2 + (x^2+y^2)/2)",
    "muller_brown": "-200exp(-(x-1)^2 - 10y^2) - 100exp(-x^2 - 10(y-.5)^2)"
    " - 170exp(-6.5(x+.5)^2 + 11(x+.5)(y-1.5) - 6.5(y-1.5)^2) + 15exp(.7(x+1)^2 + .6(x+1)(y-1) + .7(y-1)^2)",
    "schwefel": "2*418.9828872724338 - x sin(sqrt(|x|)) - y sin(sqrt(|y|))",
}


def catalog_text(surface: Surface) -> str:
    """Return the formula of a surface of the catalog that is not made from data, without LaTeX commands."""
    text = TEXTS.get(surface.id, surface.formula)
    return format_tree(read_formula(text).tree) if "\\" in text else text

"""Names that a formula can use: functions, constants, Greek letters, and other spellings of them."""

from __future__ import annotations

import math

ONE_ARGUMENT = frozenset(
    {
        "sin",
        "cos",
        "tan",
        "sec",
        "csc",
        "cot",
        "asin",
        "acos",
        "atan",
        "sinh",
        "cosh",
        "tanh",
        "asinh",
        "sech",
        "exp",
        "log",
        "log10",
        "log2",
        "sqrt",
        "cbrt",
        "abs",
        "sign",
        "floor",
        "ceil",
        "sigmoid",
        "softplus",
        "relu",
        "gauss",
        "step",
    }
)
ARGUMENT_COUNTS = {  # fewest and most arguments of the other functions
    "min": (2, 8),
    "max": (2, 8),
    "where": (3, 3),
    "pow": (2, 2),
    "hypot": (2, 2),
    "atan2": (2, 2),
    "mod": (2, 2),
    "root": (2, 2),
    "sum": (4, 4),
    "prod": (4, 4),
}
ALIASES = {
    "ln": "log",
    "lg": "log10",
    "arcsin": "asin",
    "arccos": "acos",
    "arctan": "atan",
    "arcsinh": "asinh",
    "arsinh": "asinh",
    "arctan2": "atan2",
    "tg": "tan",
    "ctg": "cot",
    "cosec": "csc",
    "sgn": "sign",
    "minimum": "min",
    "maximum": "max",
    "iif": "where",
    "absolute": "abs",
    "fabs": "abs",
    "power": "pow",
    "heaviside": "step",
    "logistic": "sigmoid",
    "norm": "hypot",
}
CONSTANTS = {"pi": math.pi, "tau": 2 * math.pi, "e": math.e}
GREEK_LETTERS = dict(
    zip(
        "αβγδεζηθκλμνξρστφχψωπ",
        [
            "alpha",
            "beta",
            "gamma",
            "delta",
            "epsilon",
            "zeta",
            "eta",
            "theta",
            "kappa",
            "lambda",
            "mu",
            "nu",
            "xi",
            "rho",
            "sigma",
            "tau",
            "phi",
            "chi",
            "psi",
            "omega",
            "pi",
        ],
        strict=True,
    )
)
GREEK_NAMES = frozenset(GREEK_LETTERS.values()) - CONSTANTS.keys()
KNOWN_NAMES = ONE_ARGUMENT | ARGUMENT_COUNTS.keys() | ALIASES.keys() | GREEK_NAMES | (CONSTANTS.keys() - {"e"})

"""sin, cos, exp and sqrt on Python floats, complex numbers and arrays by the same name; floats take the fast road."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np


def _either(on_floats: Callable[[float], float], on_the_rest: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda x: on_floats(x) if x.__class__ is float else on_the_rest(x)


sin = _either(math.sin, np.sin)
cos = _either(math.cos, np.cos)
exp = _either(math.exp, np.exp)
sqrt = _either(math.sqrt, np.sqrt)
pi = math.pi
e = math.e

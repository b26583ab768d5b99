"""What a hyperparameter may be, and how it is turned: range, scale and words."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Annotated, Any


@dataclass(frozen=True)
class Hyperparameter:
    """How a hyperparameter is turned: the slider runs from ``low`` to ``high`` on ``scale``.

    ``scale`` is "linear", "log" (of the value), "decay" (log of 1 - value, which resolves 0.9, 0.99, 0.999), "whole"
    (whole numbers) or "switch" (0 is off, 1 is on). A typed value may lie beyond the slider, between ``least`` and ``most``.
    ``rate``: every step is as long as it says, so that schedules turn it and decoupled decay goes with it. ``symbol`` is its
    letter in the formula of its rule, mathtext without dollar signs; empty where a formula has no letter for it.
    """

    low: float
    high: float
    scale: str = "linear"
    least: float = 0.0
    most: float = math.inf
    label: str = ""
    default: float = math.nan
    rate: bool = False
    symbol: str = ""

    @property
    def single(self) -> bool:
        """Whether one value must serve a whole batch: a rule branches on it."""
        return self.scale in ("whole", "switch")

    def check(self, name: str, value: Any) -> float:
        """The value as a float; ValueError with a sentence that says what is allowed."""
        if isinstance(value, bool) and self.scale == "switch":
            return float(value)
        try:
            number = math.nan if isinstance(value, bool) else float(value)
        except (TypeError, ValueError, OverflowError):
            raise ValueError(f"{name} must be a number, not {value!r}") from None
        fits = self.least <= number <= self.most and not math.isinf(number)
        if not fits or (self.single and number != round(number)):
            raise ValueError(f"{name} must be {self.allowed}, not {value}")
        return number

    @property
    def allowed(self) -> str:
        """The allowed values in words."""
        if self.scale == "switch":
            return "0 (off) or 1 (on)"
        kind = "a whole number" if self.scale == "whole" else "a number"
        if math.isinf(self.most):
            return kind if math.isinf(self.least) else f"{kind} of at least {self.least:g}"
        top = f"up to {self.most:g}" if self.most == round(self.most, 6) else f"below {self.most:g}"
        return ("a whole number, " if self.scale == "whole" else "") + f"at least {self.least:g} and {top}"

    def position(self, value: float) -> float:
        """Where the value stands on the slider, 0 to 1; values beyond the slider stand at its end."""
        if self.scale == "decay":
            share = math.log(max(1 - value, 1e-300) / (1 - self.low)) / math.log((1 - self.high) / (1 - self.low))
        elif self.scale == "log":
            share = math.log(max(value, 1e-300) / self.low) / math.log(self.high / self.low)
        else:
            share = (value - self.low) / (self.high - self.low)
        return min(1.0, max(0.0, share))

    def value(self, position: float) -> float:
        """The value at a place on the slider, 0 to 1, to three significant digits of what the scale resolves."""
        if position <= 0 and self.scale == "log" and self.default == 0:
            return 0.0  # what is off at first can be turned off again
        if self.single:
            return float(round(self.low + position * (self.high - self.low)))
        if self.scale == "linear":
            return float(f"{self.low + position * (self.high - self.low):.3g}")
        if self.scale == "decay":
            rest = (1 - self.low) * ((1 - self.high) / (1 - self.low)) ** position
            return round(1 - float(f"{rest:.3g}"), 12)
        return float(f"{self.low * (self.high / self.low) ** position:.3g}")


BELOW_ONE = math.nextafter(1.0, 0.0)
LearningRate = Annotated[float, Hyperparameter(1e-6, 10.0, "log", label="learning rate", rate=True, symbol=r"\eta")]
StepLength = Annotated[float, Hyperparameter(1e-6, 10.0, "log", label="step length", rate=True, symbol=r"\eta")]
FirstStep = Annotated[float, Hyperparameter(1e-6, 10.0, "log", label="first step", symbol=r"\alpha_0")]
Momentum = Annotated[float, Hyperparameter(0.0, 0.99999, "decay", most=1.0)]
Decay = Annotated[float, Hyperparameter(0.0, 0.99999, "decay", most=BELOW_ONE)]
Epsilon = Annotated[float, Hyperparameter(1e-16, 1.0, "log")]
WeightDecay = Annotated[float, Hyperparameter(1e-6, 1.0, "log")]
Positive = Annotated[float, Hyperparameter(1e-6, 100.0, "log")]
Power = Annotated[float, Hyperparameter(0.0, 4.0)]
Fraction = Annotated[float, Hyperparameter(0.0, 1.0, most=1.0)]
Height = Annotated[float, Hyperparameter(-100.0, 100.0, least=-math.inf)]
Count = Annotated[float, Hyperparameter(1, 100, "whole", least=1, most=100_000)]
Switch = Annotated[float, Hyperparameter(0, 1, "switch", most=1.0)]
Seed = Annotated[float, Hyperparameter(0, 99, "whole", most=2**32 - 1)]
WarmUp = Annotated[float, Hyperparameter(0, 200, "whole", most=10_000_000, label="warm-up steps")]

# The letters of the hyperparameters whose annotation does not say, by their names; a switch chooses between formulas and has none.
SYMBOLS = {
    "momentum": r"\mu",
    "dampening": r"\tau",
    "alpha": r"\alpha",
    "beta": r"\beta",
    "beta1": r"\beta_1",
    "beta2": r"\beta_2",
    "beta3": r"\beta_3",
    "nu": r"\nu",
    "nu1": r"\nu_1",
    "nu2": r"\nu_2",
    "rho": r"\rho",
    "tau": r"\tau",
    "eta": r"\eta",
    "eps": r"\epsilon",
    "eps_root": r"\bar{\epsilon}",
    "eps1": r"\epsilon_1",
    "eps2": r"\epsilon_2",
    "min_scale": r"\epsilon_2",
    "weight_decay": r"\lambda",
    "lambd": r"\lambda",
    "l1": r"\lambda_1",
    "l2": r"\lambda_2",
    "l2_shrinkage": r"\lambda_s",
    "lr_decay": r"\gamma",
    "lr_power": "p",
    "power": "p",
    "momentum_decay": r"\psi",
    "beta2_decay": "c",
    "decay_rate": "c",
    "warmup": "T",
    "t0": "t_0",
    "initial_sum": "G_0",
    "initial": "v_0",
    "f_min": "f^*",
    "lower_bound": "f_*",
    "scaling": "s",
    "eta_minus": r"\eta^-",
    "eta_plus": r"\eta^+",
    "step_min": r"\Delta_{\min}",
    "step_max": r"\Delta_{\max}",
    "clip": "d",
    "trust_coefficient": r"\kappa",
    "min_norm": r"r_{\min}",
    "threshold": r"\rho_{\min}",
    "r": r"r_{\epsilon}",
    "r2": r"r_{\epsilon}^2",
    "d0": "d_0",
    "d_coef": "c",
    "c1": "c_1",
    "c2": "c_2",
    "floor": r"\delta",
    "max_radius": r"\hat{\Delta}",
    "history_size": "m",
    "memory_size": "m",
    "reflection": r"\rho",
    "expansion": r"\chi",
    "contraction": r"\gamma",
    "shrink": r"\sigma",
    "population": r"\lambda",
    "minibatch": "b",
    "sam": r"\rho",
    "noise": r"\sigma",
    "noise_decay": r"\gamma",
    "clip_value": "c",
    "clip_norm": "c",
    "decoupled_weight_decay": r"\lambda",
    "lookahead": "k",
    "lookahead_alpha": r"\alpha",
    "warmup_steps": "T",
    "step_every": "T",
    "step_gamma": r"\gamma",
    "exponential_gamma": r"\gamma",
    "cosine_steps": "T",
    "cosine_lowest": "a",
    "linear_steps": "T",
    "linear_end": "a",
    "inverse_sqrt": "T",
    "one_cycle": "T",
    "one_cycle_rise": "p",
}

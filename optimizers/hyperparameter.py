"""Declaration of hyperparameters: allowed values, slider range and scale, label and symbol."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Annotated, Any


@dataclass(frozen=True)
class Hyperparameter:
    """Declaration of one hyperparameter.

    Attributes
    ----------
    slider_min, slider_max : float
        Ends of the slider.
    scale : str
        Scale of the slider: "linear", "log" (of the value), "decay" (log of 1 - value, which resolves 0.9, 0.99 and
        0.999), "whole" (integers) or "switch" (0 is off, 1 is on).
    minimum, maximum : float
        Smallest and largest allowed value; a typed value may lie outside the slider.
    label : str
        Name shown in the window; derived from the name of the argument if empty.
    default : float
        Taken from the signature of the update rule.
    is_learning_rate : bool
        Whether every step is proportional to the value, so that schedules and decoupled weight decay multiply by it.
    symbol : str
        Symbol in the formula of the update rule, mathtext without dollar signs; empty if the formula has none for it.
    explanation : str
        What it does, in one sentence; taken from ``optimizers.hyperparameter_help`` if empty.
    in_frameworks : bool
        Whether the frameworks that compute the update rule have it; if not, they only have its default value.
    """

    slider_min: float
    slider_max: float
    scale: str = "linear"
    minimum: float = 0.0
    maximum: float = math.inf
    label: str = ""
    default: float = math.nan
    is_learning_rate: bool = False
    symbol: str = ""
    explanation: str = ""
    in_frameworks: bool = True

    def text_label(self, name: str) -> str:
        """Return the name shown in a text that does not name the modifier; ``name`` is that of the argument."""
        return TEXT_LABELS.get(name, self.label)

    @property
    def scalar_only(self) -> bool:
        """Whether a batch must share one value, because update rules branch on it."""
        return self.scale in ("whole", "switch")

    def allows(self, number: float) -> bool:
        """Return whether a number is one of the allowed values."""
        in_range = self.minimum <= number <= self.maximum and not math.isinf(number)
        return in_range and (not self.scalar_only or number == round(number))

    def check(self, name: str, value: Any) -> float:
        """Return the value as a float; raise ValueError with the allowed values if it is not one of them."""
        if isinstance(value, bool) and self.scale == "switch":
            return float(value)
        try:
            number = math.nan if isinstance(value, bool) else float(value)
        except (TypeError, ValueError, OverflowError):
            raise ValueError(f"{name} must be a number, not {value!r}") from None
        if not self.allows(number):
            raise ValueError(f"{name} must be {self.allowed_text}, not {value}")
        return number

    @property
    def allowed_text(self) -> str:
        """The allowed values as text."""
        if self.scale == "switch":
            return "0 (off) or 1 (on)"
        kind = "an integer" if self.scale == "whole" else "a number"
        if math.isinf(self.maximum):
            return kind if math.isinf(self.minimum) else f"{kind} ≥ {self.minimum:g}"
        if self.maximum != round(self.maximum, 6):  # the largest float below a bound that is not allowed
            return f"{kind} ≥ {self.minimum:g} and < {self.maximum:g}"
        return f"{kind} from {self.minimum:g} to {self.maximum:g}"

    def to_slider(self, value: float) -> float:
        """Return the slider position of a value, 0 to 1; values outside the slider are clipped to its ends."""
        if self.scale == "decay":
            fraction = math.log(max(1 - value, 1e-300) / (1 - self.slider_min)) / math.log(
                (1 - self.slider_max) / (1 - self.slider_min)
            )
        elif self.scale == "log":
            fraction = math.log(max(value, 1e-300) / self.slider_min) / math.log(self.slider_max / self.slider_min)
        else:
            fraction = (value - self.slider_min) / (self.slider_max - self.slider_min)
        return min(1.0, max(0.0, fraction))

    def from_slider(self, position: float) -> float:
        """Return the value at a slider position, 0 to 1, to three significant digits of the quantity that is scaled."""
        if position <= 0 and self.scale == "log" and self.default == 0:
            return 0.0  # a logarithmic scale has no 0: the left end means off
        if self.scalar_only:
            return float(round(self.slider_min + position * (self.slider_max - self.slider_min)))
        if self.scale == "linear":
            return float(f"{self.slider_min + position * (self.slider_max - self.slider_min):.3g}")
        if self.scale == "decay":
            complement = (1 - self.slider_min) * ((1 - self.slider_max) / (1 - self.slider_min)) ** position
            return round(1 - float(f"{complement:.3g}"), 12)
        return float(f"{self.slider_min * (self.slider_max / self.slider_min) ** position:.3g}")


BELOW_ONE = math.nextafter(1.0, 0.0)
LearningRate = Annotated[
    float, Hyperparameter(1e-6, 10.0, "log", label="learning rate", is_learning_rate=True, symbol=r"\eta")
]
StepSize = Annotated[float, Hyperparameter(1e-6, 10.0, "log", label="step size", is_learning_rate=True, symbol=r"\eta")]
InitialStepLength = Annotated[float, Hyperparameter(1e-6, 10.0, "log", label="initial step size", symbol=r"\alpha_0")]
Momentum = Annotated[float, Hyperparameter(0.0, 0.99999, "decay")]  # of a velocity, which frameworks do not limit
Averaging = Annotated[float, Hyperparameter(0.0, 0.99999, "decay", maximum=1.0)]  # of a moving average; 1 keeps it
Decay = Annotated[float, Hyperparameter(0.0, 0.99999, "decay", maximum=BELOW_ONE)]
Epsilon = Annotated[float, Hyperparameter(1e-16, 1.0, "log")]
WeightDecay = Annotated[float, Hyperparameter(1e-6, 1.0, "log")]
Positive = Annotated[float, Hyperparameter(1e-6, 100.0, "log")]
Power = Annotated[float, Hyperparameter(0.0, 4.0)]
Fraction = Annotated[float, Hyperparameter(0.0, 1.0, maximum=1.0)]
LossValue = Annotated[float, Hyperparameter(-100.0, 100.0, minimum=-math.inf)]
Count = Annotated[float, Hyperparameter(1, 100, "whole", minimum=1, maximum=100_000)]
Switch = Annotated[float, Hyperparameter(0, 1, "switch", maximum=1.0)]
BiasCorrection = Annotated[float, Hyperparameter(0, 1, "switch", maximum=1.0, symbol="c", in_frameworks=False)]
Seed = Annotated[float, Hyperparameter(0, 99, "whole", maximum=2**32 - 1)]
WarmUp = Annotated[float, Hyperparameter(0, 200, "whole", maximum=10_000_000, label="warm-up steps")]

LABELS = {  # displayed names, where the name of the argument does not say enough; by name
    "adapt_bound": "adapt lower bound",
    "bb2": "use BB2",
    "correct_m": "bias-correct m",
    "correct_v": "bias-correct v",
    "cosine_lowest": "cosine: final fraction",
    "d_coef": "d coefficient",
    "eps_inside": "epsilon inside root",
    "eps_root": "epsilon (inside root)",
    "f_min": "minimum loss f*",
    "initial": "initial v",
    "initial_sum": "initial accumulator",
    "linear_end": "linear: final fraction",
    "marquardt": "Marquardt scaling",
    "max_iter": "max iterations",
    "minibatch_seed": "mini-batch seed",
    "nesterov": "Nesterov",
    "one_cycle_rise": "one-cycle: warm-up fraction",
    "population": "population size",
    "relative": "relative to |x₀|",
    "safeguard_warmup": "safeguard warm-up",
    "scale_by_size": "scale by parameter size",
    "scale_init_precond": "scale initial preconditioner",
    "step_gamma": "step decay gamma",
    "step_max": "max step size",
    "step_min": "min step size",
    "strong_wolfe": "strong Wolfe line search",
    "threshold": "rectification threshold",
    "tolerance_change": "tolerance (change)",
    "tolerance_grad": "tolerance (gradient)",
}

TEXT_LABELS = {  # displayed names in a text, where the label says enough only below the name of its modifier; by name
    "cosine_steps": "cosine: steps",
    "decoupled_weight_decay": "decoupled weight decay",
    "exponential_gamma": "exponential decay gamma",
    "inverse_sqrt": "inverse square root: warm-up steps",
    "linear_steps": "linear: steps",
    "one_cycle": "one-cycle: steps",
    "step_every": "step decay: steps",
    "warmup_steps": "linear warm-up: steps",
}

# Symbols of the hyperparameters whose annotation has none, by name; most switches select a formula and have none
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

"""Names of the problems by id; the problems themselves are loaded when one is used."""

PROBLEM_NAMES = {
    "moons": "Two moons (network)",
    "spirals": "Two spirals (network)",
    "digits": "Digits (network)",
    "linear": "Linear model in 50 dimensions",
    "logistic": "Logistic model in 50 dimensions",
}

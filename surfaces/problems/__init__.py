"""Problems with many parameters: small networks and linear models on generated data, each named by a few numbers."""

from surfaces.problems.catalog import PROBLEMS, make_problem
from surfaces.problems.problem import Problem

__all__ = ["PROBLEMS", "Problem", "make_problem"]

"""One step of a run taken apart: what every expression of the rule computed, and what the step is made of."""

from app.analysis.step_explanation.explanation import StepExplanation, explain, explain_with

__all__ = ["StepExplanation", "explain", "explain_with"]

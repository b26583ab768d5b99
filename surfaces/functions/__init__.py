"""Analytic test functions by family."""

"""Experiments and data on disk."""

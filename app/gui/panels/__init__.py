"""Panels of the main window, built from the declarations of optimizers and surfaces."""

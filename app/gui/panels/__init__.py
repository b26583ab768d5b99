"""The window's panels, built from the declarations of optimizers and surfaces."""

"""Computations: simulations, trajectories and learning-rate sweeps."""

"""Reads trajectories: run status, curvature, metrics, results and what the views draw of them."""

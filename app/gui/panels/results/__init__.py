"""Panels below the views: current values, results table, and branches."""

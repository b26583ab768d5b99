"""Lessons: measures of runs, and checks of what lessons claim about them."""

"""The parts of a run's status: recent motion, forecast, and one module for each group of kinds."""

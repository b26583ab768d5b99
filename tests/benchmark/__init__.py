"""How fast Thalweg is, as ratios against something run in the same minute: ``python -m tests.benchmark``."""

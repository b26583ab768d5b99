"""Speed and memory of Thalweg relative to references measured in the same minute: ``python -m tests.benchmark``."""

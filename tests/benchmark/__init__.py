"""Speed and memory of Thalweg relative to references measured in the same minute: ``python -m tests.benchmark``."""

import app.plotting  # noqa: F401 (first, because it imports matplotlib under the settings of the program)

"""Export formats: figures, animations, data, experiments and code, without Qt."""

import app.plotting  # noqa: F401 (first, because it imports matplotlib under our own settings)

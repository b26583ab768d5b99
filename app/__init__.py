"""Thalweg: gradient-descent optimizers run side by side on a loss surface while their hyperparameters are changed live."""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # no large matrices here; idle threads cost the start 70 ms

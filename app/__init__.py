"""Thalweg: run gradient-descent optimizers side by side on a loss surface."""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # the matrices are small; idle threads add 70 ms to the start

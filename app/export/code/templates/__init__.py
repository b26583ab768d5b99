"""Templates of exported scripts.

A script includes the definitions that it needs. A comment ``# if word``, ``# if word or word`` or ``# if not word`` at
the end of a line makes that line optional, so such a line must not be wrapped.
"""

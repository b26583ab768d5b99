"""Texts about an explained step: names, rows for the window, plain text, and LaTeX."""

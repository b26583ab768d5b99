"""Monkey test: trigger actions, keys and controls of the window in random order and check it after each one.

``python -m tests.monkey --seed 7 --minutes 5`` runs for five minutes; the same seed gives the same input. The first
failure ends it and prints the seed and the last inputs. Time advances with the inputs and with the steps that are
computed, so that the speed of the machine changes nothing.
"""

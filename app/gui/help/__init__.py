"""Help in the program: pages on optimizers and surfaces, What's This, the shortcuts and the About dialog."""

"""Solvers behind the three questions; private to the optimizer and chosen by measurement."""

"""Mutants of the reference tried against the acceptance suite."""

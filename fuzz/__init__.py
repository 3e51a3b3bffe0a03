"""Hostile input for the implementation: what tests and fuzzers share, and the fuzzers themselves."""

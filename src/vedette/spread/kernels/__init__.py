"""The loops that numba compiles: arrays in, arrays out."""

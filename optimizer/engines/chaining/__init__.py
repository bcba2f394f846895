"""Inner loops of `optimizer.engines.chains`, compiled by numba: trips taken apart, put together, matched.

Every kernel of the package lives in this folder; they see nothing but the tuples of arrays in `layout`.
"""

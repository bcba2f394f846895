"""The inner loops of the route engine, compiled by numba: slack induction by string removals.

Every kernel of the package lives in this folder, so that one hash names all of its machine code
(`optimizer.engines.compiled`). They see nothing but the two tuples of arrays in `layout`.
"""

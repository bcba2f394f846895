"""Other people's solvers, each given the same integers and the same time on the same core."""

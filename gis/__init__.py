"""The road network: reading, snapping, travel times, paths, closures, coordinates and layers."""

"""Public instances and peers, measured side by side in one run."""

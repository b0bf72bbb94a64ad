"""Compares what a deployed API answers with what a local one does: `python -m walk.fidelity`."""

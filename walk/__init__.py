"""Walks a new user through every flow of a running API: `python -m walk`."""

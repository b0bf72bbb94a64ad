"""Says which setting of the API or of its user pool is wrong: `python -m doctor`."""

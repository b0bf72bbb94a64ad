"""The servers around the API on this machine, each in a separate process."""

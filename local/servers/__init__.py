"""The servers that stand around the API on this machine, each in a process of its own."""

"""What the API costs, over what it cannot do without: `make bench`."""

"""Measures what the API costs beyond Flask and boto3 alone: `make bench`."""

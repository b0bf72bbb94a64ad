"""Tests in front of the local AWS, in a browser, and of what `make` starts."""

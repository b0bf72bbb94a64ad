"""Tests of `make doctor`."""

"""Tests of what holds for every endpoint."""

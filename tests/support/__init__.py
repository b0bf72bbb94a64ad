"""What the tests share: nothing is imported from a test module."""

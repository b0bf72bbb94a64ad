"""The local AWS of `make run` and the tests. It knows nothing of `app/`."""

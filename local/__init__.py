"""The local AWS of `make run` and the tests. Nothing here imports `app/`."""

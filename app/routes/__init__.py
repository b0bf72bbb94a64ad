"""One blueprint a file. A view reads its input, calls a service and returns what to answer."""

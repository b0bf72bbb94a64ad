"""How a step of the walk can end, other than as it should."""


class FailedError(Exception):
    """What is wrong with an answer; the rest of the story is not told."""


class SkippedError(Exception):
    """Why the rest of a story cannot be told here, which is nobody's fault."""


class GaveUpError(Exception):
    """Why the walk cannot go on."""

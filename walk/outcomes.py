"""The ways in which a step of the walk can end, besides success."""


class FailedError(Exception):
    """An answer is wrong; the rest of the story is left out."""


class SkippedError(Exception):
    """The pool lacks what the rest of a story needs, which is not a failure."""


class GaveUpError(Exception):
    """The walk cannot go on; the message says why."""

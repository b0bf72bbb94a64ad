"""Logging in by SRP: the password is proven and never sent."""

from walk.challenges import begin_srp, finish
from walk.stories.story import Story
from walk.walker import Walker


def tell(walk: Walker) -> None:
    """Prove the password."""
    answer = walk.call(
        "Log in without sending the password",
        "POST /auth/start",
        {"email": walk.user.email, "flow": "USER_SRP_AUTH", "srp_a": begin_srp(walk)},
        status=202,
        may_refuse=("InvalidParameterException",),
    )
    finish(walk, answer)


STORY = Story("srp", "SRP", tell, ("POST /auth/start", "POST /auth/challenge"))

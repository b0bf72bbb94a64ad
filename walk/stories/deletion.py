"""The end: the user goes, and is gone."""

from walk import user
from walk.stories.story import Story
from walk.values import ACCESS_TOKEN
from walk.walker import Walker


def tell(walk: Walker) -> None:
    """Delete the user."""
    walk.user.delete_sent = True
    walk.call("Delete the user", "DELETE /me", bearer=ACCESS_TOKEN)
    walk.user.logged_in = False
    walk.call("Nobody logs in any more", "POST /auth/login", user.credentials(walk), status=401)
    walk.user.may_exist = False


STORY = Story("deletion", "Deletion", tell, ("DELETE /me", "POST /auth/login"))

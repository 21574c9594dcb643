"""Why something about people is not done, in a sentence for whoever asked."""


class PeopleRefusal(Exception):
    """The message is shown as it is."""

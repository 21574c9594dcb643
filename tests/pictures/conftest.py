"""Two merchants with people, for pages with pictures."""

from tests.web.conftest import anna, ben, pair, strangers, viewer  # noqa: F401  fixtures

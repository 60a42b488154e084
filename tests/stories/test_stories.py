"""Thirty dated stories: each comes to exactly the rows, levels, due times, orders and proposals that its page tells."""

from pathlib import Path

import pytest
from tests.stories.telling import Story, stories, telling


@pytest.mark.parametrize("story", stories(), ids=lambda story: story.name)
def test_a_story_comes_to_what_its_page_tells(story: Story, tmp_path: Path) -> None:
    with telling(story, tmp_path) as teller:
        for step in story.does:
            teller.play(step)
        found = teller.told(story.then)
    assert found == story.then


def test_there_are_thirty_stories_and_each_tells_orders_and_proposals() -> None:
    told = stories()
    assert len(told) >= 30
    assert all({"orders", "proposals"} <= set(story.then) for story in told)
    assert len({story.title for story in told}) == len(told)

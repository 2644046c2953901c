"""What the page reads by itself: streams of events, and where a JSON text is broken."""

import pytest
from playwright.sync_api import Browser

from tests.e2e.browsing import Watched
from tests.e2e.server_process import ServerProcess

BROKEN_ANYWHERE = """async () => {
  const { EventParser } = await import("/page/stream.js");
  const text = 'id: 1\\nevent: a\\ndata: {"x":1}\\n\\n: ping\\r\\n\\r\\nevent: b\\r\\ndata: 1\\r\\ndata: 2\\r\\n\\r\\n';
  const whole = JSON.stringify(new EventParser().feed(text));
  const different = [];
  for (let at = 0; at <= text.length; at += 1) {
    const parser = new EventParser();
    const parts = [...parser.feed(text.slice(0, at)), ...parser.feed(text.slice(at))];
    if (JSON.stringify(parts) !== whole) different.push(at);
  }
  return { events: JSON.parse(whole), different };
}"""


def test_events_are_read_across_any_boundary(watched: Watched, page_server: ServerProcess):
    watched.go(page_server.url + "/")
    read = watched.page.evaluate(BROKEN_ANYWHERE)
    assert read["different"] == []
    assert read["events"] == [
        {"type": "a", "data": '{"x":1}', "id": "1"},
        {"type": "b", "data": "1\n2", "id": None},
    ]


@pytest.mark.parametrize(
    ("text", "place", "what"),
    [
        ('{"a": 1,}', (1, 9), "a comma too many"),
        ('{"a": 1\n "b": 2}', (2, 2), "a comma or } is missing"),
        ("{'a': 1}", (1, 2), "double quotes"),
        ('["a", tru]', (1, 7), "misspelt"),
        ('{"a": [1, 2', (1, 12), "before a list is closed"),
        ('{"a": 1} and', (1, 10), "more text after the end"),
        ("[" * 50_000, (1, 50_001), "before a list is closed"),
    ],
)
def test_a_json_error_is_found_where_it_is(
    browser: Browser, page_server: ServerProcess, text: str, place: tuple[int, int], what: str
):
    page = browser.new_page()
    page.goto(page_server.url + "/")
    find = "async (text) => (await import('/page/json_place.js')).jsonError(text)"
    found = page.evaluate(find, text)
    page.close()
    assert (found["line"], found["column"]) == place
    assert what in found["what"]

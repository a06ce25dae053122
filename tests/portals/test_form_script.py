"""The script of the forms in a browser, on a page of its own: questions come at once, answers are saved, the form is sent."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Route

from kedja.portals.shared import page

pytestmark = pytest.mark.browser
SCRIPT = (Path(page.__file__).parents[1] / "static" / "forms.js").read_text(encoding="utf-8")
PAGE = f"""<!doctype html><title>x</title>
<form method="post" action="/sent" data-autosave>
  <button name="go" value="next" tabindex="-1">first</button>
  <div data-name="why~"><textarea name="why~"></textarea></div>
  <div data-name="worse~"><input type="radio" name="worse~" value="true"><input type="radio" name="worse~" value="false"></div>
  <div data-name="what~" hidden data-when='[false, [{{"names": ["worse~"], "op": "=", "value": "true"}}]]'>
    <input name="what~"></div>
  <div data-name="much~" hidden data-when='[true, [{{"names": ["what~"], "op": ">=", "value": "7"}}]]'><input name="much~"></div>
  <p data-saved="Saved" data-failed="Not saved"></p>
  <button id="back" name="go" value="back">Back</button>
</form><script>{SCRIPT}</script>"""


def test_questions_come_and_go_answers_are_saved_and_the_form_is_sent_by_the_button_that_was_pressed(browser: Browser) -> None:
    posts: list[str] = []

    def answer(route: Route) -> None:
        if route.request.method == "POST":
            posts.append(route.request.post_data or "")
            quiet = "go=quiet" in posts[-1]
            route.fulfill(status=204) if quiet else route.fulfill(body="<h1>There</h1>", content_type="text/html")
        else:
            route.fulfill(body=PAGE, content_type="text/html")

    opened = browser.new_page()
    opened.route("**/*", answer)
    opened.goto("http://kedja.test/form")
    opened.fill("textarea", "hej")
    opened.wait_for_selector("p:text('Saved')")
    assert "why%7E=hej" in posts[-1]
    opened.check('[value="true"]')
    assert opened.is_visible('[name="what~"]')
    opened.fill('[name="what~"]', "7,5")
    assert opened.is_visible('[name="much~"]')
    opened.check('[value="false"]')
    assert not opened.is_visible('[name="what~"]')
    assert not opened.is_visible('[name="much~"]'), "the answer of a hidden question is none"
    opened.click("#back")
    opened.wait_for_selector("h1")
    assert "go=back" in posts[-1]
    assert "seen=worse%7E" in posts[-1]
    assert "seen=what%7E" not in posts[-1]
    opened.close()

"""What a form, a feed and an export make of entries. Pure."""

from __future__ import annotations

import csv
from datetime import UTC, date, datetime
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kedja.innovation import feeds, seeds
from kedja.innovation.catalogue import kinds
from kedja.innovation.entries import called, cited, faults, read
from kedja.innovation.entry_export import Exported, as_csv, as_json, research_study
from kedja.outcome import OutcomeError
from kedja.testbed.innovation_library import demo
from kedja.validation import validate

TODAY = date(2026, 11, 30)
CALL = {"title": ["Pengar"], "funder": ["Fonden"], "for": ["Test"], "who": ["region", "company"], "closes": ["2027-01-31"]}
TESTS = [seed for seed in demo(TODAY) if seed.kind.id == "test"]


def wrong(**fields: str) -> list[str]:
    return sorted(read(kinds()["call"], {**CALL, **{name: [text] for name, text in fields.items()}}, keeps=True)[1])


def exported(seed: seeds.Seed, number: int = 7) -> Exported:
    stage = seed.stages[-1]
    place = (seed.kind, number, 2, stage.state, seed.org, seed.org_name, datetime(2026, 5, 3, 10, tzinfo=UTC), "sv", stage.values)
    return Exported(
        *place, "Region Sörvik (2026-05-03). Test.", "https://kedja.test/innovation/library/test/7?version=2", stage.note
    )


def test_what_is_filled_in_is_read_by_its_type() -> None:
    given = {**CALL, "amount": ["1 500 000 kr"], "share": ["50 %"], "links": ["https://a.se/x\nhttps://b.se"], "unknown": ["x"]}
    values, faulty = read(kinds()["call"], given, keeps=False)
    assert faulty == {}
    assert (values["amount"], values["share"], values["who"]) == (1500000, 50, ["region", "company"])
    assert values["links"] == ["https://a.se/x", "https://b.se"]
    assert "unknown" not in values


def test_what_cannot_be_read_is_said_at_its_field() -> None:
    assert wrong() == []
    assert wrong(title="  ") == ["title"]
    assert wrong(closes="31/1") == ["closes"]
    assert wrong(amount="mycket") == wrong(amount="-5") == wrong(amount="1e9") == wrong(amount="٣") == ["amount"]
    assert wrong(share="101") == ["share"]
    assert wrong(who="everybody") == ["who"]
    assert wrong(links="javascript:alert(1)") == wrong(links="http://a.se") == wrong(links="https://a.se/<b>") == ["links"]
    assert wrong(title="x" * 201) == ["title"]


@given(
    st.dictionaries(st.sampled_from([field.id for field in kinds()["test"].fields]), st.lists(st.text(max_size=300), max_size=3))
)
def test_no_form_breaks_the_reading_and_what_is_read_is_sound(form: dict[str, list[str]]) -> None:
    values, faulty = read(kinds()["test"], form, keeps=True)
    sound = {name: value for name, value in values.items() if name not in faulty}
    needed = {field.id for field in kinds()["test"].fields if field.needed}
    assert set(faults(kinds()["test"], sound)) <= needed - set(sound)


def test_entries_are_cited_by_letter_and_number() -> None:
    review = kinds()["review"]
    assert [str(one) for one in cited(review, {"tests": ["T-12", "T-3"], "standards": ["S-1", "T-3"]})] == ["S-1", "T-3", "T-12"]
    assert [called(text) for text in ("T-0", "T-", "Z-1", "T-1234567890", "t-1", "")] == [None] * 6


@pytest.mark.parametrize("seed", TESTS, ids=lambda seed: seed.origin)
def test_every_test_of_the_demo_is_a_valid_research_study(seed: seeds.Seed) -> None:
    study = research_study(exported(seed))
    errors = [issue for issue in validate(study) if issue.severity in ("error", "fatal")]
    assert [(issue.expression, issue.diagnostics) for issue in errors] == []
    assert study["status"] in {"approved", "active", "completed", "administratively-completed"}


def test_research_study_says_what_was_found_and_what_must_differ_elsewhere() -> None:
    worse = next(seed for seed in TESTS if seed.stages[-1].values.get("outcome") == "worse")
    study = research_study(exported(worse))
    notes = " ".join(note["text"] for note in study["note"])
    assert "Utfall: Sämre" in notes
    assert "Vad måste vara annorlunda" in notes
    stopped = next(seed for seed in TESTS if seed.stages[-1].state == "stopped")
    assert research_study(exported(stopped))["reasonStopped"]["text"].startswith("Selen lossnade")


def test_csv_has_a_column_for_each_field_and_runs_no_formula() -> None:
    seed = TESTS[0]
    evil = {**seed.stages[-1].values, "title": "=HYPERLINK(A1)", "result": "-1 + 2"}
    one = Exported(seed.kind, 1, 1, "finished", "", "@x", datetime.now(UTC), "sv", evil, "c", "u")
    rows = list(csv.DictReader(StringIO(as_csv(seed.kind, [one, exported(seed)]))))
    assert (rows[0]["title"], rows[0]["result"], rows[0]["organisation"]) == ("'=HYPERLINK(A1)", "'-1 + 2", "'@x")
    assert rows[1]["id"] == "T-7"
    assert rows[1]["areas"] == "; ".join(seed.stages[-1].values["areas"])
    assert {field.id for field in seed.kind.fields} <= rows[0].keys()


def test_json_names_version_citation_and_address() -> None:
    told = as_json(exported(TESTS[0]))
    assert (told["id"], told["version"], told["kind"]) == ("T-7", 2, "test")
    assert told["url"].endswith("version=2")


RSS = """<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>Nytt &amp; bra</title>
<item><title>AI mot &lt;b&gt;fall&lt;/b&gt;</title><description>&lt;p&gt;Sensor&lt;/p&gt;
&lt;script&gt;x()&lt;/script&gt; hemma</description>
<link>https://a.se/1</link><guid>a-1</guid><pubDate>Mon, 02 Mar 2026 23:30:00 -0500</pubDate></item>
<item><description>utan titel</description></item>
<item><title>Andra</title><link>javascript:x</link></item></channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>Atom</title><entry><id>urn:1</id><title>Demens</title>
<link rel="self" href="https://a.se/self"/><link href="https://a.se/2"/><updated>2026-03-02T10:00:00Z</updated>
<summary>Kognitivt stöd</summary></entry></feed>"""
RDF = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
 xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>Gammal</title></channel>
<item><title>Cancer</title><link>https://a.se/3</link><dc:date>2026-01-05</dc:date></item></rdf:RDF>"""
JSON = """{"version": "https://jsonfeed.org/version/1.1", "title": "J", "items": [
{"id": "1", "url": "https://a.se/4", "title": "Rehab",
 "content_html": "<p>Stroke</p>", "date_published": "2026-02-03T04:05:06+01:00"},
{"id": 7, "title": 9}, "x"]}"""


def test_rss_is_read_as_text_with_its_day_and_tags() -> None:
    first, second = feeds.read(RSS.encode())
    assert first.id == "a-1"
    assert dict(first.values) == {
        "title": "AI mot fall",
        "what": "Sensor hemma",
        "source": "Nytt & bra",
        "areas": ["falls", "night"],
        "link": "https://a.se/1",
        "seen": "2026-03-03",
    }
    assert (second.id, "link" in second.values) == ("javascript:x", False)


@pytest.mark.parametrize(
    ("text", "id", "link", "day", "areas"),
    [
        (ATOM, "urn:1", "https://a.se/2", "2026-03-02", ["dementia"]),
        (RDF, "https://a.se/3", "https://a.se/3", "2026-01-05", ["cancer"]),
        (JSON, "1", "https://a.se/4", "2026-02-03", ["rehab"]),
    ],
    ids=["atom", "rdf", "json"],
)
def test_other_feeds_are_read_alike(text: str, id: str, link: str, day: str, areas: list[str]) -> None:
    (item,) = feeds.read(text.encode())
    assert (item.id, item.values["link"], item.values["seen"], item.values["areas"]) == (id, link, day, areas)
    assert faults(kinds()["signal"], item.values) == {}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('<!DOCTYPE rss [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><rss><channel/></rss>', "document type"),
        ('<!DOCTYPE rss SYSTEM "file:///etc/passwd"><rss/>', "document type"),
        ("<html><body/></html>", "no feed"),
        ("<rss><channel>", "neither JSON nor XML"),
        ("plain", "neither JSON nor XML"),
        ('{"items": 3}', "no list `items`"),
        ("<rss>" + "<a>" * 70, "levels deep"),
        ("<rss>" + "<item><title>x</title></item>" * 1001 + "</rss>", "more than 1000"),
    ],
)
def test_what_is_no_feed_or_would_harm_is_refused_with_the_reason(text: str, says: str) -> None:
    with pytest.raises(OutcomeError) as told:
        feeds.read(text.encode())
    assert says in told.value.issues[0].diagnostics


def test_a_feed_that_is_too_large_is_refused_before_it_is_read() -> None:
    with pytest.raises(OutcomeError) as told:
        feeds.read(b" " * (feeds.MOST_BYTES + 1))
    assert told.value.status == 413


@given(st.text(max_size=2000))
def test_plain_text_of_any_markup_has_no_tags_left_to_run(markup: str) -> None:
    assert "\n" not in feeds.plain(markup)
    assert "<script" not in feeds.plain(f"<script>{markup}</script>x").lower() or "<script" in markup.lower()

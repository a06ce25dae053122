"""The likeness search finds what an idea is like, in other words, forms, compounds and the other language, and says why."""

from __future__ import annotations

import pytest

from bench.bench_likeness import labelled, recall
from kedja.innovation.likeness.analysis import analyse, split
from kedja.innovation.likeness.search import Document, alike
from kedja.innovation.likeness.stems import language_of, plain_words, stem

DOCUMENTS, PAIRS = labelled()
ENOUGH = 0.9


def test_nine_of_ten_ideas_find_their_like_among_ten_also_of_those_that_were_held_out() -> None:
    assert len(PAIRS) == 200
    assert recall(PAIRS, DOCUMENTS) >= ENOUGH
    assert recall([pair for pair in PAIRS if pair.held_out], DOCUMENTS) >= ENOUGH


def test_each_pair_names_a_document_and_no_idea_is_written_as_its_like_is() -> None:
    titles = {document.id: document.title.lower() for document in DOCUMENTS}
    assert all(titles[pair.like] != pair.asked.lower() for pair in PAIRS)
    assert len({pair.asked for pair in PAIRS}) == len(PAIRS)
    assert len(titles) > len({pair.like for pair in PAIRS})  # some are there only to mislead


@pytest.mark.parametrize(
    ("word", "parts"),
    [
        ("fallolyckor", ("fall", "olyck")),
        ("trygghetslarm", ("trygghet", "larm")),
        ("nattkamera", ("natt", "kamer")),
        ("patientsäkerhetsarbete", ("patientsäkerhet", "arbet")),
        ("ruttplanering", ("rutt", "planering")),
        ("bokföring", ()),
        ("fall", ()),
    ],
)
def test_a_compound_is_split_where_its_parts_are_known(word: str, parts: tuple[str, ...]) -> None:
    assert split(word) == parts


@pytest.mark.parametrize(("one", "other"), [("registret", "register"), ("läkemedlen", "läkemedel"), ("boendet", "boende")])
def test_forms_of_a_word_have_one_stem(one: str, other: str) -> None:
    assert stem(one, "sv") == stem(other, "sv")


@pytest.mark.parametrize(
    ("text", "language"),
    [("Sensorer i sängen för de äldre", "sv"), ("A sensor in the bed for older people", "en"), ("app", "sv"), ("", "sv")],
)
def test_the_language_of_a_text_is_told_by_its_small_words(text: str, language: str) -> None:
    assert language_of(plain_words(text)) == language


FALLS = Document("case", "1", "Sensormadrass som larmar vid uppstigning", "Givare i sängen förhindrar fall på natten.")
TEETH = Document("test", "2", "Munvårdskort", "Bilder visar hur tänderna ska borstas.")


def test_why_is_told_in_the_words_of_both() -> None:
    (like,) = alike("Gamla ramlar ur sina bäddar nattetid", [FALLS, TEETH])
    assert like.document is FALLS
    assert ("ramlar", "fall") in {(shared.asked, shared.found) for shared in like.why}


def test_english_finds_swedish_and_swedish_english() -> None:
    assert alike("Bed alarm when an older person falls", [FALLS, TEETH])[0].document is FALLS
    english = Document("case", "3", "Oral care cards", "Pictures show how to brush the teeth of residents.")
    assert alike("Bilder på tandborstning för de boende", [FALLS, english])[0].document is english


def test_nothing_alike_finds_nothing() -> None:
    assert alike("Solpaneler på ladugårdens tak", [FALLS, TEETH]) == []
    assert alike("", [FALLS]) == []
    assert alike("och eller", [FALLS]) == []
    assert alike("fall", []) == []


def test_what_is_not_given_does_not_change_the_answer() -> None:
    """Whoever may not see a document gets the same scores as if it were not there: they are of what is given alone."""
    alone = alike("Gamla ramlar nattetid", [FALLS, TEETH])
    hidden = Document("case", "9", "Fall på natten", "Äldre faller och ramlar nattetid.")
    alike("Gamla ramlar nattetid", [FALLS, TEETH, hidden])
    assert alike("Gamla ramlar nattetid", [FALLS, TEETH]) == alone


def test_a_changed_text_is_found_by_its_new_words_at_once() -> None:
    changed = Document("case", "2", "Ruttplanering", "Hemtjänstens bilar kör kortare.")
    assert alike("tänder", [TEETH]) and not alike("tänder", [changed])
    assert alike("smartare rutter", [changed])


def test_odd_texts_are_read() -> None:
    for text in ("?" * 500, "å" * 300, "🙂 🙂", "1177 24/7", "A" * 60 + "ring"):
        assert analyse(text).length >= 0

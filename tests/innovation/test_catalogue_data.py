"""The catalogues as data: every kind can be gone through to its end, its words are in both languages, its seeds are sound."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from kedja.innovation import seeds
from kedja.innovation.catalogue import Kind, kinds, prefixes
from kedja.innovation.entries import called
from kedja.innovation.words import Words
from kedja.testbed.innovation_library import demo

TODAY = date(2026, 11, 30)
KINDS = list(kinds().values())


def said(kind: Kind) -> Iterator[tuple[str, Words]]:
    """Everything that a page says of a kind, by where it stands."""
    yield from (("", kind.words), ("plural", kind.plural), ("about", kind.about), ("add", kind.add))
    yield from (() if not kind.due else (("due", kind.due_words), ("over", kind.over_words)))
    for field in kind.fields:
        yield from ((field.id, words) for words in (field.words, *(option.words for option in field.options)))
    moved = {name for state in kind.states for name in state.next}
    for state in kind.states:
        yield from ((state.id, words) for words in (state.words, *((state.move,) if state.id in moved else ())))
    for reply in kind.replies:
        yield from ((reply.id, words) for words in (reply.words, reply.does, *(option.words for option in reply.options)))


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.id)
def test_everything_is_said_in_both_languages(kind: Kind) -> None:
    assert [(place, words) for place, words in said(kind) if not (words.sv and words.en)] == []
    hints = [field.hint for field in kind.fields] + [field.section for field in kind.fields] + [r.hint for r in kind.replies]
    assert [words for words in hints if bool(words.sv) != bool(words.en)] == []


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.id)
def test_every_state_is_reached_and_none_is_a_dead_end(kind: Kind) -> None:
    known = {state.id for state in kind.states}
    reached, ahead = set(), [kind.states[0].id]
    while ahead:
        state = kind.state(ahead.pop())
        reached.add(state.id)
        ahead += [name for name in state.next if name not in reached]
    assert reached == known
    assert [state.id for state in kind.states if not state.next and len(known) > 1] == []
    assert {name for state in kind.states for name in state.next} <= known


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.id)
def test_a_kind_names_only_what_it_has(kind: Kind) -> None:
    fields, states, replies = ({each.id for each in rows} for rows in (kind.fields, kind.states, kind.replies))
    assert len(fields) == len(kind.fields)
    assert kind.fields[0].id == "title"
    assert kind.fields[0].needed
    assert {name for state in kind.states for name in state.needs} <= fields
    assert {name for reply in kind.replies for name in reply.states} <= states
    assert {reply.tells for reply in kind.replies} - {""} <= replies
    assert {reply.seen for reply in kind.replies} <= {"all", "keepers"}
    assert not kind.due or kind.field(kind.due).type == "date"
    assert not kind.pairs or kinds()[kind.pairs].pairs == kind.id
    assert not fields & seeds.ABOUT
    assert kind.makers


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.id)
def test_what_is_told_to_all_who_take_part_can_be_told_to_one_alone_by_no_reply(kind: Kind) -> None:
    told = [reply for reply in kind.replies if reply.tells]
    assert [reply.id for reply in told if reply.seen != "all" and not reply.answered] == []


def test_no_two_kinds_are_cited_alike() -> None:
    assert len(prefixes()) == len(kinds())
    assert [kind.id for kind in KINDS if (one := called(f"{kind.prefix}-12")) is None or one.kind is not kind] == []


def test_what_is_shipped_is_sound_and_cites_only_what_is_shipped() -> None:
    found = seeds.shipped(TODAY)
    keys = {"@" + seed.origin.partition(":")[2] for seed in found}
    assert set(seeds.wanted(found)) <= keys
    standards = [seed for seed in found if seed.kind.id == "standard"]
    columns = ("owner", "version", "relevance", "alternative", "use", "conformance", "maintainer", "review_by")
    assert [(s.origin, name) for s in standards for name in columns if not s.stages[-1].values.get(name)] == []
    assert [s.origin for s in standards if not s.stages[-1].note and s.stages[-1].state in ("deprecated", "rejected")] == []


def test_the_visions_goals_quote_the_vision(shared) -> None:
    vision = next(shared("domain/policy").glob("002_*.txt")).read_text(encoding="utf-8")
    joined = "".join(vision.replace("\xad", "").replace("- \n", "").replace("-\n", "").replace("\n", " ").split())
    quoted = [
        quote
        for seed in seeds.shipped(TODAY)
        if seed.kind.id == "goal"
        for quote in seed.stages[-1].values["what"].split("”")[1::2]
    ]
    assert len(quoted) >= 2
    assert [quote for quote in quoted if "".join(quote.split()) not in joined] == []


def test_the_demo_shows_sixty_tests_and_twenty_five_questions() -> None:
    found = [*seeds.shipped(TODAY), *demo(TODAY)]
    keys = {"@" + seed.origin.partition(":")[2] for seed in found}
    assert set(seeds.wanted(found)) <= keys
    count = Counter(seed.kind.id for seed in found)
    assert (count["test"], count["question"]) == (60, 25)
    assert [kind.id for kind in KINDS if not count[kind.id] and not kind.is_private] == []
    outcomes = Counter(seed.stages[-1].values.get("outcome") for seed in found if seed.kind.id == "test")
    assert outcomes["none"] + outcomes["worse"] >= 9, "negative results are there too"


def test_a_file_that_is_wrong_says_where(tmp_path: Path) -> None:
    def wrong(text: str) -> str:
        with pytest.raises(ValueError) as told:
            seeds.read(tomllib.loads(text), TODAY)
        return str(told.value)

    call = 'title = "x"\nfunder = "y"\nfor = "z"\nwho = ["region"]\ncloses = "+3"\n'
    assert "`kind`" in wrong('kind = "cal"')
    assert "has no `key`" in wrong(f'kind = "call"\n[[entries]]\n{call}')
    assert "keys stand twice" in wrong(f'kind = "call"\n[[entries]]\nkey = "a"\n{call}[[entries]]\nkey = "a"\n{call}')
    assert "call/a: closses" in wrong(f'kind = "call"\n[[entries]]\nkey = "a"\nclosses = "x"\n{call}')
    assert "call/a: amount" in wrong(f'kind = "call"\n[[entries]]\nkey = "a"\namount = "mycket"\n{call}')
    assert "no state `opne`" in wrong(f'kind = "call"\n[[entries]]\nkey = "a"\nstate = "opne"\n{call}')
    test = 'kind = "need"\n[[entries]]\nkey = "a"\nstate = "closed"\ntitle = "t"\nneed = "n"\nareas = ["falls"]\n'
    assert "needs `result`" in wrong(test + 'setting = "home"\nroute = "open"\ncloses = "+3"\n')

"""The catalogues behind the door: who sees which version, who publishes, what is answered to all, equal treatment on record."""

from __future__ import annotations

from datetime import date

import pytest

from kedja.access.actor import Actor
from kedja.gate import Door
from kedja.gate import innovation_catalogue as gate
from kedja.gate.innovation_cases import file
from kedja.gate.innovation_replies import answer, say
from kedja.gate.innovation_seeds import take_feed, take_in
from kedja.gate.innovation_used import built, merits, use, used_by
from kedja.innovation import feeds, seeds
from kedja.innovation.catalogue import kinds
from kedja.innovation.entries import Called
from kedja.outcome import OutcomeError
from kedja.portals.innovation.built import document
from kedja.portals.shared.language import language
from kedja.testbed.innovation_library import demo
from tests.innovation.people import (
    ANALYST,
    CITIZEN,
    COMPANY,
    EVERYBODY,
    NORTH,
    NURSE,
    PATIENT_VOICE,
    PILOT,
    RULES,
    SELLER,
    SOUTHERN_NURSE,
    SOUTHERN_PILOT,
    worker,
)

RIVAL = worker("rival", f"{COMPANY}-2", "företag", kind=SELLER.kind)
TEST, QUESTION, NEED, TRAINING = (kinds()[name] for name in ("test", "question", "need", "training"))
TRIED = {
    "title": "Sensor mot fall",
    "kind": "device",
    "areas": ["falls"],
    "product": "Fallvakt",
    "product_version": "2",
    "site": "Kliniken",
    "setting": "hospital",
    "design": "before-after",
    "protocol": "Åtta månader",
    "measure": "Fall",
}
RESULT = {**TRIED, "outcome": "none", "result": "Ingen skillnad", "elsewhere": "Bemanning"}
WANTED = {
    "title": "Färre fall",
    "need": "Fall",
    "areas": ["falls"],
    "setting": "home",
    "route": "dialogue",
    "closes": "2030-01-01",
}


async def sees(door: Door, kind: str, number: int) -> list[str]:
    """Who of everybody sees an entry."""
    found = []
    for actor in (*EVERYBODY, RIVAL):
        rows, _ = await gate.find(door, actor, gate.Asked([kind], count=500), "r")
        if any(one.row["number"] == number for one in rows):
            found.append(actor.id)
    return found


async def refused(work: object) -> int:
    with pytest.raises(OutcomeError) as told:
        await work  # type: ignore[misc]
    return told.value.status


async def moved(door: Door, actor: Actor, kind: object, number: int, *states: str, note: str = "skäl") -> None:
    for state in states:
        sheet = await gate.sheet(door, actor, kind, number, 0, "r")  # type: ignore[arg-type]
        await gate.move(door, actor, kind, number, sheet.entry.row["version"], state, note, "r")  # type: ignore[arg-type]


async def test_draft_is_seen_by_who_made_it_and_who_keeps_the_catalogue_there(door: Door) -> None:
    number = await gate.make(door, NURSE, TEST, TRIED, "sv", "r")
    assert await sees(door, "test", number) == ["nurse", "pilot", "head", "director", "board", "analyst"]
    assert await refused(gate.sheet(door, SOUTHERN_PILOT, TEST, number, 0, "r")) == 404
    assert await refused(gate.entry(door, CITIZEN, TEST, number, 1, "r")) == 404


async def test_published_result_is_seen_by_all_but_its_draft_is_not(door: Door) -> None:
    number = await gate.make(door, NURSE, TEST, TRIED, "sv", "r")
    await gate.change(door, NURSE, TEST, number, 1, RESULT, "resultat", "sv", "r")
    await moved(door, PILOT, TEST, number, "finished")
    assert len(await sees(door, "test", number)) == len(EVERYBODY) + 1
    sheet = await gate.sheet(door, CITIZEN, TEST, number, 0, "r")
    assert [row["version"] for row in sheet.versions] == [3]
    assert await refused(gate.entry(door, CITIZEN, TEST, number, 2, "r")) == 404
    assert (await gate.entry(door, NURSE, TEST, number, 1, "r")).values["title"] == "Sensor mot fall"


async def test_result_is_not_published_before_it_says_what_it_must(door: Door) -> None:
    number = await gate.make(door, NURSE, TEST, TRIED, "sv", "r")
    assert await refused(gate.move(door, PILOT, TEST, number, 1, "finished", "", "r")) == 422
    assert await refused(gate.move(door, NURSE, TEST, number, 1, "planned", "", "r")) == 403
    assert await refused(gate.move(door, PILOT, TEST, number, 1, "rejected", "", "r")) == 403


async def test_two_who_change_at_once_are_told_so(door: Door) -> None:
    number = await gate.make(door, NURSE, TEST, TRIED, "sv", "r")
    await gate.change(door, PILOT, TEST, number, 1, {**TRIED, "title": "Ny"}, "", "sv", "r")
    assert await refused(gate.change(door, NURSE, TEST, number, 1, TRIED, "", "sv", "r")) == 409


async def test_who_may_not_make_or_change_is_refused_and_it_is_logged(door: Door) -> None:
    assert await refused(gate.make(door, CITIZEN, TEST, TRIED, "sv", "r")) == 403
    number = await gate.make(door, NURSE, TEST, RESULT, "sv", "r")
    await moved(door, PILOT, TEST, number, "finished")
    assert await refused(gate.change(door, NURSE, TEST, number, 2, RESULT, "", "sv", "mine")) == 403
    assert await refused(gate.change(door, SOUTHERN_PILOT, TEST, number, 2, RESULT, "", "sv", "theirs")) == 403
    row = await door.store.pool.fetchrow("SELECT decision, resources FROM access_log WHERE request = 'theirs'")
    assert row is not None
    assert (row["decision"], row["resources"]) == ("deny", [f"InnovationEntry/T-{number}"])


async def test_answer_of_the_desk_is_kept_in_versions_and_names_no_citizen(door: Door) -> None:
    number = await gate.make(door, CITIZEN, QUESTION, {"title": "Vem bestämmer?"}, "sv", "r")
    assert await sees(door, "question", number) == ["pilot", "rules", "southern-pilot", "citizen"]
    first = {"title": "Vem bestämmer?", "authority": "ivo", "answer": "Chefen", "basis": "HSL"}
    await gate.change(door, RULES, QUESTION, number, 1, first, "", "sv", "r")
    await moved(door, RULES, QUESTION, number, "answered")
    await gate.change(door, RULES, QUESTION, number, 3, {**first, "answer": "Nämnden"}, "ny lag", "sv", "r")
    old, new = [await gate.entry(door, SELLER, QUESTION, number, version, "r") for version in (3, 0)]
    assert (old.values["answer"], new.values["answer"]) == ("Chefen", "Nämnden")
    sheet = await gate.sheet(door, SELLER, QUESTION, number, 0, "r")
    assert "Name of citizen" not in str([dict(row) for row in sheet.versions])
    assert not sheet.edits


async def test_author_does_not_change_what_only_keepers_fill_in(door: Door) -> None:
    number = await gate.make(door, CITIZEN, QUESTION, {"title": "x"}, "sv", "r")
    await gate.change(door, RULES, QUESTION, number, 1, {"title": "x", "authority": "ivo"}, "", "sv", "r")
    await gate.change(door, CITIZEN, QUESTION, number, 2, {"title": "y", "authority": "imy"}, "", "sv", "r")
    assert (await gate.entry(door, RULES, QUESTION, number, 0, "r")).values == {"title": "y", "authority": "ivo"}


async def test_training_log_is_seen_by_its_owner_alone(door: Door) -> None:
    given = {"title": "Kurs", "kind": "course", "where": "Högskolan", "day": "2026-01-01"}
    number = await gate.make(door, NURSE, TRAINING, given, "sv", "r")
    assert await sees(door, "training", number) == ["nurse"]


async def open_need(door: Door) -> int:
    number = await gate.make(door, PILOT, NEED, WANTED, "sv", "r")
    await moved(door, PILOT, NEED, number, "open")
    return number


async def test_every_company_is_told_the_same_at_once_and_who_comes_later_all_of_it(door: Door) -> None:
    number = await open_need(door)
    interest, information, question = (NEED.reply(name) for name in ("interest", "information", "question"))
    await say(door, SELLER, NEED, number, interest, "Vi kan", "", "r")
    await say(door, PILOT, NEED, number, information, "Visning den 12:e", "", "r")
    await say(door, SELLER, NEED, number, question, "Får den sitta i taket?", "", "r")
    sheet = await gate.sheet(door, PILOT, NEED, number, 0, "r")
    asked = next(row["id"] for row in sheet.replies if row["reply"] == "question")
    await answer(door, PILOT, NEED, number, asked, "Ja", "r")
    await say(door, RIVAL, NEED, number, interest, "Vi med", "", "r")
    told = (await gate.sheet(door, PILOT, NEED, number, 0, "r")).told
    given = {name: [row["text"] for row in told if row["name"] == name] for name in (SELLER.name, RIVAL.name)}
    assert given[SELLER.name] == given[RIVAL.name] == ["Visning den 12:e", "Får den sitta i taket?"]
    assert all(row["seen"] is None for row in told if row["name"] == RIVAL.name)
    assert [row["title"] for row in (await gate.counts(door, RIVAL, "r"))[1]] == ["Färre fall"]
    await gate.sheet(door, RIVAL, NEED, number, 0, "r")
    told = (await gate.sheet(door, PILOT, NEED, number, 0, "r")).told
    assert all(row["seen"] is not None for row in told if row["name"] == RIVAL.name)
    assert (await gate.counts(door, RIVAL, "r"))[1] == []


async def test_company_sees_neither_who_else_takes_part_nor_the_record(door: Door) -> None:
    number = await open_need(door)
    await say(door, SELLER, NEED, number, NEED.reply("interest"), "Vår hemlighet", "", "r")
    await say(door, SELLER, NEED, number, NEED.reply("question"), "Obesvarad", "", "r")
    sheet = await gate.sheet(door, RIVAL, NEED, number, 0, "r")
    assert (list(sheet.replies), list(sheet.told), sheet.keeps) == ([], [], False)


async def test_what_may_not_be_said_is_refused(door: Door) -> None:
    number = await open_need(door)
    interest, information = NEED.reply("interest"), NEED.reply("information")
    assert await refused(say(door, NURSE, NEED, number, interest, "x", "", "r")) == 403
    assert await refused(say(door, SELLER, NEED, number, information, "x", "", "r")) == 403
    assert await refused(say(door, SOUTHERN_PILOT, NEED, number, information, "x", "", "r")) == 403
    await say(door, SELLER, NEED, number, interest, "x", "", "r")
    assert await refused(say(door, SELLER, NEED, number, interest, "x", "", "r")) == 409
    assert await refused(answer(door, SELLER, NEED, number, 1, "x", "r")) == 403
    assert await refused(answer(door, PILOT, NEED, number, 10**9, "x", "r")) == 404
    draft = await gate.make(door, PILOT, NEED, WANTED, "sv", "r")
    assert await refused(say(door, SELLER, NEED, draft, interest, "x", "", "r")) == 404
    assert await refused(say(door, PILOT, NEED, draft, information, "x", "", "r")) == 403


async def test_solutions_are_matched_by_areas_and_only_who_has_the_need_sees_it(door: Door) -> None:
    offer = kinds()["offer"]
    given = {"title": "Radar", "what": "x", "kind": "device", "areas": ["falls", "night"], "maturity": "idea"}
    made = await gate.make(door, SELLER, offer, given, "sv", "r")
    await moved(door, SELLER, offer, made, "published")
    number = await open_need(door)
    pairs = (await gate.sheet(door, PILOT, NEED, number, 0, "r")).pairs
    assert [(row["title"], row["shared"]) for row in pairs] == [("Radar", ["falls"])]
    assert (await gate.sheet(door, RIVAL, NEED, number, 0, "r")).pairs == ()


async def test_files_are_taken_in_once_and_then_only_what_has_changed(door: Door) -> None:
    today = date(2026, 11, 30)
    found = [*seeds.shipped(today), *demo(today)]
    first = await take_in(door, found)
    assert (first.new, first.changed) == (len(found), 0)
    again = await take_in(door, found)
    assert (again.new, again.changed, again.same) == (0, 0, len(found))
    tests, _ = await gate.find(door, CITIZEN, gate.Asked(["test"], count=500, order="number"), "r")
    assert sum(one.row["org_name"].startswith(("Region Sörvik", "Norrviks", "Region Västermark")) for one in tests) == 60
    rows, _ = await gate.find(door, SOUTHERN_NURSE, gate.Asked(["standard"], states=["deprecated"]), "r")
    riv = next(one for one in rows if one.row["title"].startswith("RIV"))
    sheet = await gate.sheet(door, SOUTHERN_NURSE, riv.kind, riv.row["number"], 0, "r")
    assert [row["state"] for row in sheet.versions] == ["deprecated", "recommended", "required"]
    fhir, _ = await gate.find(door, CITIZEN, gate.Asked(["standard"], "FHIR R4"), "r")
    assert "S-1" in [one.called for one in fhir]
    cited = (await gate.sheet(door, CITIZEN, kinds()["standard"], 1, 0, "r")).citing
    assert {row["kind"] for row in cited} >= {"standard", "review", "need", "proposal"}


async def test_search_finds_inflections_in_both_languages_and_narrows(door: Door) -> None:
    found, _ = await gate.find(
        door, PATIENT_VOICE, gate.Asked([kind.id for kind in kinds().values()], "golvsensorer natten"), "r"
    )
    assert any("Golvsensor" in one.row["title"] for one in found)
    worse, _ = await gate.find(door, PATIENT_VOICE, gate.Asked(["test"], has={"outcome": "worse"}, count=99), "r")
    assert {one.values["outcome"] for one in worse} == {"worse"}
    both, _ = await gate.find(
        door, PATIENT_VOICE, gate.Asked(["test"], has={"areas": ["falls"], "setting": "home"}, count=99), "r"
    )
    assert both
    assert all("falls" in one.values["areas"] and one.values["setting"] == "home" for one in both)


async def test_signals_of_a_feed_come_once_and_wait_to_be_judged(door: Door) -> None:
    text = "<rss><channel><title>N</title>{}</channel></rss>"
    one = "<item><guid>1</guid><title>Sensor mot fall</title></item>"
    first = await take_feed(door, feeds.read(text.format(one).encode()), ["ageing"])
    two = text.format(one + "<item><guid>2</guid><title>Annat</title></item>" * 2)
    second = await take_feed(door, feeds.read(two.encode()))
    assert (first.new, second.new, second.same) == (1, 1, 2)
    rows, _ = await gate.find(door, ANALYST, gate.Asked(["signal"], "Sensor fall", states=["new"]), "r")
    signal = next(one for one in rows if one.values.get("source") == "N")
    assert signal.values["areas"] == ["falls", "night", "ageing"]
    assert "citizen" not in await sees(door, "signal", signal.row["number"])


async def test_case_builds_on_what_its_people_see_and_the_entry_tells_those_who_may_know(door: Door) -> None:
    number = await gate.make(door, NURSE, TEST, RESULT, "sv", "r")
    given = {"org": NORTH, "org_name": "Region Nord", "unit": "", "unit_name": "", "machine": "", "title": "Sensor"}
    case = await file(door, NURSE, {**given, "problem": {"problem": "Fall"}, "confidential": ""}, "r")
    await use(door, NURSE, case, Called(TEST, number), "Upplägget", "r")
    assert [row["note"] for row in (await built(door, NURSE, case, "r")).used] == ["Upplägget"]
    assert (await built(door, SOUTHERN_NURSE, case, "r")).used == []  # the test is a draft still
    await moved(door, PILOT, TEST, number, "finished")
    assert len((await built(door, SOUTHERN_NURSE, case, "r")).used) == 1
    assert [row["id"] for row in await used_by(door, SOUTHERN_NURSE, Called(TEST, number), "r")] == [case]
    assert await used_by(door, CITIZEN, Called(TEST, number), "r") == []
    assert await refused(use(door, SOUTHERN_NURSE, case, Called(TEST, number), "", "r")) == 403
    assert await refused(use(door, NURSE, case, Called(TEST, 10**6), "", "r")) == 404


async def test_merits_are_ones_own_alone(door: Door) -> None:
    await gate.make(
        door, SOUTHERN_NURSE, TRAINING, {"title": "K", "kind": "course", "where": "H", "day": "2026-01-01"}, "sv", "r"
    )
    await gate.make(door, SOUTHERN_NURSE, TEST, TRIED, "sv", "r")
    training, deeds = await merits(door, SOUTHERN_NURSE, "r")
    assert [one.values["title"] for one in training] == ["K"]
    assert [(row["deed"], row["title"]) for row in deeds] == [("made", "Sensor mot fall")]
    told = {"name": "N", "training": [dict(training[0].values)], "contributions": [{**deeds[0], "day": "2026-01-01"}]}
    assert document(told, language("en")).startswith(b"%PDF-")

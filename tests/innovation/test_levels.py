"""What somebody sees of a case: the same in Python and in SQL, and default deny."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

from kedja.gate import Door, new_id
from kedja.innovation.acts import acts, may
from kedja.innovation.case import CONFIDENTIAL, OPENNESS
from kedja.innovation.roles import Level, Seen, level, viewer_of
from kedja.store.innovation import file, find
from kedja.store.pool import transaction
from tests.innovation.people import (
    ANALYST,
    CITIZEN,
    COMPANY,
    EVERYBODY,
    NORTH,
    NURSE,
    PATIENTS,
    PILOT,
    RULES,
    SELLER,
    SOUTHERN_NURSE,
)

_PARTIES = ((), ((CITIZEN.id, ""),), (("", COMPANY),), (("someone", PATIENTS),))
CASES = [
    Seen(openness, confidential, NURSE.id, NORTH, parties)
    for openness, confidential, parties in product(OPENNESS, ("", *CONFIDENTIAL), _PARTIES)
    if openness == "closed" or not confidential
]


async def test_python_and_sql_agree_for_everybody_on_every_case(door: Door) -> None:
    for case in CASES:
        async with transaction(door.store) as conn:
            id = await _stored(conn, case, door)
            for actor in EVERYBODY:
                viewer = viewer_of(actor)
                row = await find(conn, id, viewer)
                assert (row["level"] if row else 0) == level(viewer, case), (case, actor.id)


async def _stored(conn, case: Seen, door: Door) -> str:
    id = new_id()
    names = dict.fromkeys(("machine", "giver_name", "giver_org", "org_name", "unit", "unit_name", "title"), "x")
    seen = {"openness": case.openness, "confidential": case.confidential, "giver": case.giver, "org": case.org}
    await file(conn, {"id": id, "problem": {}, **names, **seen}, door.clock())
    for actor, org in case.parties:
        await conn.execute(
            "INSERT INTO innovation_party (case_id, actor, org, name, role) VALUES ($1, $2, $3, '', 'unit')", id, actor, org
        )
    return id


def test_what_is_confidential_is_for_those_who_decide_and_take_part_alone() -> None:
    secret = Seen("closed", "secret", SELLER.id, NORTH, (("", COMPANY),))
    whole = {actor.id for actor in EVERYBODY if level(viewer_of(actor), secret) is Level.WHOLE}
    assert whole == {"seller", "pilot", "head", "director", "board"}
    assert level(viewer_of(ANALYST), secret) is Level.NOTHING
    published = replace(secret, openness="published", confidential="")
    assert level(viewer_of(CITIZEN), published) is Level.OPEN


def test_a_shared_case_is_open_to_care_everywhere_and_to_nobody_outside_of_it() -> None:
    shared = Seen("shared", "", NURSE.id, NORTH)
    assert level(viewer_of(SOUTHERN_NURSE), shared) is Level.OPEN
    assert level(viewer_of(SELLER), shared) is Level.NOTHING
    assert level(viewer_of(CITIZEN), shared) is Level.NOTHING


def test_nobody_does_what_no_rule_gives_them() -> None:
    case = Seen("shared", "", NURSE.id, NORTH)
    allowed = {(actor.id, verb) for actor in EVERYBODY for verb in acts() if may(viewer_of(actor), verb, case)}
    settling = {actor for actor, verb in allowed if verb == "settle"}
    assert settling == {PILOT.id}
    assert {actor for actor, verb in allowed if verb == "change"} == {PILOT.id, NURSE.id}
    assert {actor for actor, verb in allowed if verb == "administer"} == {RULES.id}
    assert not {actor for actor, verb in allowed if verb == "decide"}
    assert {actor for actor, verb in allowed if verb == "file"} == {actor.id for actor in EVERYBODY}

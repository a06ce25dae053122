"""Medicines of several sources: merged by substance, with what the sources disagree on beside each other."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from kedja.portals.shared.entry import Held
from kedja.portals.shared.language import language
from kedja.portals.shared.tell import entries
from kedja.portals.staff.medication import Line, reconciled, states_of

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
SV = language("sv")
STATUSES = ("active", "on-hold", "stopped", "completed", "cancelled", "entered-in-error")


def medicine(n: int, atc: str, unit: str, dose: str = "", status: str = "active", day: int = 100, regime: str = "health") -> Held:
    resource: dict[str, Any] = {
        "resourceType": "MedicationRequest",
        "id": f"m{n}",
        "status": status,
        "authoredOn": (NOW - timedelta(days=day)).date().isoformat(),
        "medicationCodeableConcept": {"text": f"Läkemedel {atc}", "coding": [{"system": "http://www.whocc.no/atc", "code": atc}]},
    }
    if dose:
        resource["dosageInstruction"] = [{"text": dose}]
    return Held(resource, regime, "P", unit)


def lines(*held: Held) -> list[Line]:
    return reconciled(entries(held, {}, SV), states_of(held), NOW)


def test_two_doses_of_one_substance_stand_beside_each_other() -> None:
    (line,) = lines(
        medicine(1, "A10BA02", "u1", "1 tablett 2 gånger dagligen"), medicine(2, "A10BA02", "u2", "2 tabletter dagligen")
    )
    assert line.differs == {"dose"}
    assert [stand.doses for stand in line.stands] == [("1 tablett 2 gånger dagligen",), ("2 tabletter dagligen",)]


def test_the_same_dose_written_otherwise_is_no_conflict() -> None:
    (line,) = lines(medicine(1, "C07AB02", "u1", "1 tablett dagligen."), medicine(2, "C07AB02", "u2", "1  Tablett  dagligen"))
    assert not line.differs
    assert line.sources == 2


def test_what_was_stopped_after_another_prescribed_it_is_a_conflict_and_before_is_none() -> None:
    (after,) = lines(medicine(1, "B01AC06", "u1", day=50), medicine(2, "B01AC06", "u2", status="stopped", day=20))
    assert after.differs == {"status"}
    assert [stand.state for stand in after.stands] == ["taken", "stopped"]
    (before,) = lines(medicine(1, "B01AC06", "u1", day=20), medicine(2, "B01AC06", "u2", status="stopped", day=50))
    assert not before.differs
    assert len(before.stands) == 1


def test_the_national_list_is_a_source_that_can_disagree_but_no_prescriber() -> None:
    (line,) = lines(medicine(1, "C03CA01", "u1", "1"), medicine(2, "C03CA01", "u1", "2", regime="nll"))
    assert line.differs == {"dose"}
    assert line.sources == 1


def test_a_paused_and_a_taken_medicine_disagree() -> None:
    (line,) = lines(medicine(1, "C10AA05", "u1"), medicine(2, "C10AA05", "u2", status="on-hold"))
    assert line.differs == {"status"}


def test_a_substance_that_nobody_takes_is_no_line() -> None:
    assert lines(medicine(1, "N02BE01", "u1", status="stopped"), medicine(2, "N02BE01", "u2", status="entered-in-error")) == []


CABINETS = st.lists(
    st.builds(
        lambda atc, unit, dose, status, day: (atc, unit, dose, status, day),
        st.sampled_from(("A10BA02", "C07AB02", "B01AC06")),
        st.sampled_from(("u1", "u2", "u3")),
        st.sampled_from(("", "1 om dagen", "2 om dagen", "1 OM dagen.")),
        st.sampled_from(STATUSES),
        st.integers(1, 400),
    ),
    max_size=9,
)


@given(CABINETS, st.randoms())
def test_the_order_in_which_sources_answer_makes_no_difference_and_nothing_in_use_is_lost(cabinet: Any, chance: Any) -> None:
    held = [medicine(n, atc, unit, dose, status, day) for n, (atc, unit, dose, status, day) in enumerate(cabinet)]
    found = lines(*held)
    shuffled = list(held)
    chance.shuffle(shuffled)
    assert lines(*shuffled) == found
    used = {f"MedicationRequest/m{n}" for n, each in enumerate(cabinet) if each[3] in ("active", "on-hold")}
    by_source: dict[tuple[str, str], set[str]] = {}
    for atc, unit, _, status, _ in cabinet:
        by_source.setdefault((atc, unit), set()).add(status)
    shown = {entry.id for line in found for stand in line.stands for entry in stand.entries}
    for id in used:
        atc, unit, _, status, _ = cabinet[int(id.split("m")[1])]
        assert id in shown or (status == "on-hold" and "active" in by_source[atc, unit]), id
    assert len({line.group for line in found}) == len(found)


@given(CABINETS)
def test_one_source_alone_never_disagrees_and_a_disagreement_has_two_sides(cabinet: Any) -> None:
    held = [medicine(n, atc, unit, dose, status, day) for n, (atc, unit, dose, status, day) in enumerate(cabinet)]
    for line in lines(*held):
        if line.differs:
            assert len(line.stands) > 1
        else:
            assert len({stand.state for stand in line.stands}) == 1
    assert not any(line.differs for line in lines(*(each for each in held if each.unit == "u1")))

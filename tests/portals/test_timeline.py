"""The timeline: one card for a contact, one for a day's results, one for a month of own measurements; months whole."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from kedja.portals.citizen.medicines import merge
from kedja.portals.citizen.timeline import cards, months
from kedja.portals.shared.entry import Entry, Held
from kedja.portals.shared.language import language
from kedja.portals.shared.series import collect, spark, trend
from kedja.portals.shared.tell import entries

SV = language("sv")
NAMES = {"U1": "Ekbackens vårdcentral", "P1": "Region Sörvik", "register": "Diabetesregistret"}


def observation(id: str, day: str, value: float = 5, code: str = "NPU27300", **more: Any) -> dict[str, Any]:
    return {
        "resourceType": "Observation",
        "id": id,
        "status": "final",
        "code": {"coding": [{"code": code}], "text": code},
        "effectiveDateTime": f"{day}T12:00:00+01:00",
        "valueQuantity": {"value": value, "unit": "mmol/mol"},
        **more,
    }


def visit(id: str, day: str) -> dict[str, Any]:
    period = {"start": f"{day}T11:00:00+01:00"}
    return {
        "resourceType": "Encounter",
        "id": id,
        "class": {"code": "AMB"},
        "period": period,
        "reasonCode": [{"text": "Kontroll"}],
    }


def held(*resources: dict[str, Any], regime: str = "health", source: str = "") -> list[Entry]:
    unit = ("", "") if regime == "wellness" else ("P1", "U1")
    return entries([Held(resource, regime, *unit, source) for resource in resources], NAMES, SV)


def titles(told: list[Entry]) -> list[str]:
    return [card.title for card in cards(told, collect(told), SV)]


def test_what_happened_at_a_contact_stands_on_its_card() -> None:
    encounter = {"reference": "Encounter/v1"}
    note = {"resourceType": "DocumentReference", "id": "n", "description": "Kontroll", "context": {"encounter": [encounter]}}
    told = held(visit("v1", "2026-05-01"), observation("o", "2026-05-01", encounter=encounter), note)
    [card] = cards(told, collect(told), SV)
    assert card.title == "Besök: Kontroll"
    assert [row.entry.id for row in card.rows] == ["Observation/o"]
    assert [other.id for other in card.others] == ["DocumentReference/n"]


def test_what_belongs_to_a_contact_that_is_not_shown_stands_alone() -> None:
    assert titles(held(observation("o", "2026-05-01", encounter={"reference": "Encounter/hidden"}))) == [
        "Långtidsblodsocker (HbA1c)"
    ]


def test_results_of_a_day_share_a_card_and_domains_never_do() -> None:
    same_day = held(observation("a", "2026-05-01"), observation("b", "2026-05-01", code="NPU18016"))
    registry = held(
        observation("c", "2026-05-01"), observation("d", "2026-05-01", code="NPU18016"), regime="registry", source="register"
    )
    assert sorted(titles([*same_day, *registry])) == ["Provsvar och mätningar", "Rapporterat till Diabetesregistret"]


def test_values_outside_their_range_come_first() -> None:
    high = observation("h", "2026-05-01", 90, code="NPU94", referenceRange=[{"high": {"value": 42}}])
    told = held(observation("a", "2026-05-01", code="AAA"), high)
    [card] = cards(told, collect(told), SV)
    assert [row.entry.id for row in card.rows] == ["Observation/h", "Observation/a"]


def test_a_month_of_own_measurements_is_one_card_with_the_mean_of_each_kind() -> None:
    steps = [observation(f"s{day}", f"2026-05-{day:02}", 1000 * day, code="41950-7") for day in range(1, 4)]
    weight = observation("w", "2026-05-09", 80, code="29463-7")
    june = observation("j", "2026-06-01", 5000, code="41950-7")
    told = held(*steps, weight, june, regime="wellness")
    newest, card = cards(told, collect(told), SV)
    assert newest.span is not None
    assert [(mean.title, mean.value, mean.number) for mean in card.means] == [
        ("Steg på ett dygn", "2 000 mmol/mol".replace(" ", "\xa0", 1), "3 värden"),
        ("Vikt", "80 mmol/mol", "1 värde"),
    ]


def test_cards_stand_under_their_months_and_a_page_says_that_it_goes_on_with_one() -> None:
    told = held(*(visit(f"v{month}-{n}", f"2026-{month:02}-1{n}") for month in range(4, 7) for n in range(5)))
    all_cards = cards(told, collect(told), SV)
    assert [month.name for month in months(all_cards, SV)] == ["Juni 2026", "Maj 2026", "April 2026"]
    assert [month.name for month in months(all_cards, SV, begun="2026-06")][:2] == ["Juni 2026, forts.", "Maj 2026"]


def test_an_entry_stands_where_it_was_documented_whenever_it_says_that_it_began() -> None:
    condition = {"resourceType": "Condition", "id": "c", "code": {"text": "Astma"}, "onsetDateTime": "1999"}
    documented = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)
    told = entries([Held(condition, "health", "P1", "U1", documented=documented)], NAMES, SV)
    [month] = months(cards(told, collect(told), SV), SV)
    assert (month.key, month.cards[0].at.day) == ("2026-03", 2)


def test_a_month_is_a_swedish_month() -> None:
    told = held({**visit("v", "2026-05-01"), "period": {"start": "2026-04-30T22:30:00Z"}})
    [month] = months(cards(told, collect(told), SV), SV)
    assert month.key == "2026-05"


def test_what_has_no_date_comes_last() -> None:
    told = held(visit("v", "2020-01-01"), {"resourceType": "Condition", "id": "c", "code": {"text": "Astma"}})
    found = months(cards(told, collect(told), SV), SV)
    assert [month.name for month in found] == ["Januari 2020", "Utan datum"]


def test_a_trend_compares_with_the_same_domain_only() -> None:
    care = held(observation("a", "2026-01-01", 60), observation("c", "2026-03-01", 50))
    registry = held(observation("b", "2026-02-01", 99), regime="registry")
    series = collect([*care, *registry])
    [one] = series.values()
    moved = trend(one.of("care")[-1], one)
    assert moved is not None
    assert (moved.way, moved.before) == ("down", "60")
    assert trend(one.of("registry")[0], one) is None


def test_values_of_different_units_are_never_one_series() -> None:
    other = observation("b", "2026-02-01", 7)
    other["valueQuantity"]["unit"] = "%"
    assert len(collect(held(observation("a", "2026-01-01"), other))) == 2


def test_codes_of_two_systems_for_one_analysis_are_one_series() -> None:
    assert len(collect(held(observation("a", "2026-01-01"), observation("b", "2026-02-01", code="59261-8")))) == 1


def test_a_spark_line_stays_in_its_box_even_when_nothing_moves() -> None:
    for values in ([5.0, 5.0, 5.0], [0.0, 0.0, 0.0], [1.0, 1000.0, -3.0]):
        told = held(*(observation(f"o{n}", f"2026-01-0{n + 1}", value) for n, value in enumerate(values)))
        line = spark([*reversed(told)])
        points = [tuple(map(float, point.split(","))) for point in line.points.split()]
        assert all(0 <= x <= line.width and 0 <= y <= line.height for x, y in points)


def medicine(id: str, status: str = "active", code: str = "A10BA02", **more: Any) -> dict[str, Any]:
    concept = {"coding": [{"system": "http://www.whocc.no/atc", "code": code}], "text": f"Läkemedel {code}"}
    request = {"resourceType": "MedicationRequest", "id": id, "status": status, "medicationCodeableConcept": concept}
    return {**request, "authoredOn": "2026-01-01", **more}


def test_a_substance_from_two_units_is_one_medicine_that_says_so() -> None:
    now = datetime(2026, 5, 1, tzinfo=UTC)
    two = [Held(medicine("1"), "health", "P1", "U1"), Held(medicine("2"), "health", "P2", "U2")]
    current, earlier = merge(entries(two, NAMES, SV), now)
    assert [each.several for each in current] == [True]
    assert earlier == []


def test_what_is_stopped_or_has_run_out_is_earlier() -> None:
    now = datetime(2026, 5, 1, tzinfo=UTC)
    over = {"validityPeriod": {"end": (now - timedelta(days=1)).date().isoformat()}}
    told = held(medicine("1", "stopped"), medicine("2", code="C10AA05", dispenseRequest=over), medicine("3", code="B01AC06"))
    current, earlier = merge(told, now)
    assert [each.entry.id for each in current] == ["MedicationRequest/3"]
    assert {each.id for each in earlier} == {"MedicationRequest/1", "MedicationRequest/2"}

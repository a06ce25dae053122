"""Resources with what records seldom have: ranges, comparators, units, accents, hierarchies, versions, lists, narratives."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from random import Random
from typing import Any

Resource = dict[str, Any]
UCUM = "http://unitsofmeasure.org"
COLOURS = "http://codes.example/colour"
FAMILIES = ("Åberg", "Aberg", "Öhman", "de la Cruz", "Sjö-Berg", "Söderlund", "O'Hara", "Berg, von")
GIVENS = ("Åsa", "Anna Karin", "Björn", "Zoë", "Örjan")
TREE = {"red": ("crimson", "pink"), "crimson": ("blood",), "blue": ("navy",)}
UNITS = (("mg", "1"), ("g", "0.001"), ("ug", "1000"), ("mg/dL", "1"), ("g/L", "0.01"))
DATES = ("2020", "2021-03", "2021-03-05", "2021-03-05T08:30:00+02:00", "2022-12-31T23:59:59.123Z", "2024-02-29")


def extras(patients: Sequence[str]) -> Iterator[Resource]:
    """The same on every call. `patients` are the ids that some of these are about."""
    random = Random(5)
    same = [_patient(random, number) for number in range(8)]
    yield from same
    about = [*patients[:10], *(patient["id"] for patient in same)]
    yield from _places()
    yield from _definitions()
    for number in range(160):
        yield _observation(random, number, random.choice(about))
    for number in range(40):
        yield _condition(random, number, random.choice(about))
        yield _risk(random, number, random.choice(about))
    for number in range(30):
        yield _request(random, number, random.choice(about))
        yield _document(random, number, random.choice(about))
    for number in range(12):
        yield _list(random, number, about)
        yield _group(random, number)


def _id(kind: str, number: int) -> str:
    return f"x-{kind.lower()}-{number}"


def _patient(random: Random, number: int) -> Resource:
    """Every second is a further Patient of the person before."""
    personnummer = f"19580214{('2389', '2397')[number // 2 % 2]}" if number < 4 else None
    name = {"family": FAMILIES[number], "given": [random.choice(GIVENS)], "text": f"{random.choice(GIVENS)} {FAMILIES[number]}"}
    patient: Resource = {"resourceType": "Patient", "id": _id("patient", number), "name": [name]}
    patient["gender"], patient["birthDate"] = random.choice((("male", "1958"), ("female", "1958-02"), ("other", "1958-02-14")))
    patient["generalPractitioner"] = [{"identifier": {"system": "urn:oid:1.2.752.29.4.19", "value": f"SE239{number % 3}"}}]
    patient["meta"] = {"tag": [{"system": "http://tags.example", "code": "made", "display": "Made up"}]}
    if personnummer:
        patient["identifier"] = [{"system": "http://electronichealth.se/identifier/personnummer", "value": personnummer}]
    if number % 3 == 0:
        patient["link"] = [{"other": {"reference": f"Patient/{_id('patient', (number + 1) % 8)}"}, "type": "seealso"}]
    patient["active"] = number % 2 == 0
    return patient


def _places() -> Iterator[Resource]:
    for number in range(9):
        above = {"partOf": {"reference": f"Location/{_id('location', (number - 1) // 2)}"}} if number else {}
        yield {
            "resourceType": "Location",
            "id": _id("location", number),
            "name": f"Ekbackens vård-central {number}",
            "status": "active",
            "address": {"line": [f"Åsgatan {number}"], "city": ("Umeå", "Malmö")[number % 2]},
            "position": {"longitude": Decimal(f"{10 + number}.5"), "latitude": Decimal(f"{50 + number}.25")},
            **above,
        }


def _definitions() -> Iterator[Resource]:
    concepts = [_concept(code) for code in ("red", "blue", "green")]
    yield {
        "resourceType": "CodeSystem",
        "id": "x-colours",
        "url": COLOURS,
        "status": "active",
        "content": "complete",
        "hierarchyMeaning": "is-a",
        "name": "Colours",
        "concept": concepts,
    }
    warm = {"system": COLOURS, "concept": [{"code": "red"}, {"code": "pink"}]}
    yield _value_set("x-warm", {"include": [warm]})
    yield _value_set("x-every", {"include": [{"system": COLOURS}]})
    yield _value_set(
        "x-red", {"include": [{"system": COLOURS, "filter": [{"property": "concept", "op": "is-a", "value": "red"}]}]}
    )
    for number in range(12):
        url = f"http://forms.example/{'ab'[number % 2]}/{'form' if number % 3 else 'form/part'}{number % 4}"
        yield {
            "resourceType": "Questionnaire",
            "id": _id("questionnaire", number),
            "url": url,
            "version": f"{number % 3}.0",
            "name": f"Form{number}",
            "title": f"Formulär {number}",
            "status": ("draft", "active", "retired")[number % 3],
            "date": DATES[number % len(DATES)],
            "derivedFrom": [f"http://forms.example/a/form{number % 4}{'' if number % 3 else '|1.0'}"],
        }


def _concept(code: str) -> Resource:
    within = {"concept": [_concept(child) for child in TREE[code]]} if code in TREE else {}
    return {"code": code, "display": code.title(), **within}


def _value_set(id: str, compose: Resource) -> Resource:
    return {"resourceType": "ValueSet", "id": id, "url": f"http://sets.example/{id}", "status": "active", "compose": compose}


def _colour(random: Random) -> Resource:
    code = random.choice(("red", "crimson", "pink", "blood", "blue", "navy", "green"))
    return {"coding": [{"system": COLOURS, "code": code, "display": f"The colour {code}"}], "text": f"Färg: {code}"}


def _quantity(random: Random) -> Resource:
    code, times = random.choice(UNITS)
    number = Decimal(random.choice(("5", "5.4", "5.40", "100", "0.25", "7.005"))) * Decimal(times)
    found: Resource = {"value": number, "unit": random.choice((code, "unit")), "system": UCUM, "code": code}
    if random.random() < 0.2:
        found["comparator"] = random.choice(("<", "<=", ">", ">="))
    return found


def _value(random: Random) -> Resource:
    return random.choice(
        (
            {"valueQuantity": _quantity(random)},
            {"valueQuantity": _quantity(random)},
            {"valueCodeableConcept": _colour(random)},
            {"valueString": random.choice(("Åter i tjänst", "bra, mycket", "100% frisk", "a|b$c"))},
            {"valueDateTime": random.choice(DATES)},
            {"valuePeriod": _period(random)},
        )
    )


def _period(random: Random) -> Resource:
    first, last = sorted(random.sample(("2019-05", "2020-01-01", "2021", "2023-11-30T10:00:00Z"), 2))
    return random.choice(({"start": first, "end": last}, {"start": first}, {"end": last}))


def _observation(random: Random, number: int, patient: str) -> Resource:
    found: Resource = {
        "resourceType": "Observation",
        "id": _id("observation", number),
        "status": random.choice(("final", "preliminary", "amended")),
        "code": _colour(random),
        "subject": {"reference": f"Patient/{patient}"},
        **random.choice(({"effectiveDateTime": random.choice(DATES)}, {"effectivePeriod": _period(random)}, {})),
        **_value(random),
    }
    if random.random() < 0.4:
        found["component"] = [{"code": _colour(random), **_value(random)} for _ in range(2)]
        found["component"] = [{k: v for k, v in one.items() if k != "valuePeriod"} for one in found["component"]]
    if number and random.random() < 0.3:
        found["derivedFrom"] = [{"reference": f"Observation/{_id('observation', random.randrange(number))}"}]
    if random.random() < 0.2:
        found["identifier"] = [_typed(random)]
    return found


def _typed(random: Random) -> Resource:
    coding = {"system": "http://terminology.hl7.org/CodeSystem/v2-0203", "code": random.choice(("MR", "SS"))}
    number = str(random.randrange(20))
    return {"type": {"coding": [coding], "text": "Journalnummer"}, "system": "http://numbers.example", "value": number}


def _condition(random: Random, number: int, patient: str) -> Resource:
    clinical = random.choice(("active", "recurrence", "relapse", "inactive", "remission", "resolved"))
    onset = random.choice(
        (
            {"onsetAge": {"value": random.randrange(90), "unit": "years", "system": UCUM, "code": "a"}},
            {"onsetRange": {"low": _plain(10), "high": _plain(20)}},
            {"onsetDateTime": random.choice(DATES)},
            {"onsetPeriod": _period(random)},
        )
    )
    system = "http://terminology.hl7.org/CodeSystem/condition-clinical"
    return {
        "resourceType": "Condition",
        "id": _id("condition", number),
        "clinicalStatus": {"coding": [{"system": system, "code": clinical}]},
        "code": _colour(random),
        "subject": {"reference": f"Patient/{patient}"},
        "recordedDate": random.choice(DATES),
        **onset,
    }


def _plain(number: int) -> Resource:
    return {"value": number, "unit": "years", "system": UCUM, "code": "a"}


def _risk(random: Random, number: int, patient: str) -> Resource:
    chance: Resource = {"probabilityDecimal": Decimal(random.choice(("0.5", "0.50", "0.249", "0.1", "1", "5E-1")))}
    if random.random() < 0.3:
        chance = {"probabilityRange": {"low": {"value": Decimal("0.1")}, "high": {"value": Decimal("0.4")}}}
    return {
        "resourceType": "RiskAssessment",
        "id": _id("risk", number),
        "status": "final",
        "subject": {"reference": f"Patient/{patient}"},
        "condition": {"reference": f"Condition/{_id('condition', random.randrange(40))}"},
        "prediction": [{**chance, "outcome": _colour(random)}],
    }


def _request(random: Random, number: int, patient: str) -> Resource:
    timing: Resource = {"event": random.sample(DATES[2:], 2)}
    if random.random() < 0.5:
        timing = {"repeat": {"boundsPeriod": _period(random), "frequency": 1, "period": 1, "periodUnit": "d"}}
    return {
        "resourceType": "ServiceRequest",
        "id": _id("request", number),
        "status": "active",
        "intent": "order",
        "code": _colour(random),
        "subject": {"reference": f"Patient/{patient}"},
        "occurrenceTiming": timing,
        "locationReference": [{"reference": f"Location/{_id('location', random.randrange(9))}"}],
        "instantiatesCanonical": [f"http://protocols.example/{number % 5}|{number % 2}"],
        "instantiatesUri": [f"http://acme.example/fhir/{'x/' * (number % 3)}y"],
    }


def _document(random: Random, number: int, patient: str) -> Resource:
    words = " ".join(random.sample(("smärta", "feber", "huvudvärk", "återbesök", "provtagning", "recept"), 3))
    return {
        "resourceType": "DocumentReference",
        "id": _id("document", number),
        "status": "current",
        "text": {"status": "generated", "div": f'<div xmlns="http://www.w3.org/1999/xhtml"><p>{words}</p></div>'},
        "description": f"Anteckning om {words.split()[0]}",
        "subject": {"reference": f"Patient/{patient}"},
        "content": [{"attachment": {"contentType": "text/plain", "url": f"http://files.example/{number % 7}/note"}}],
        "context": {"period": _period(random)},
    }


def _list(random: Random, number: int, patients: Sequence[str]) -> Resource:
    places = [f"Observation/{_id('observation', random.randrange(160))}" for _ in range(8)]
    places += [f"Patient/{random.choice(patients)}" for _ in range(3)] + [f"Condition/{_id('condition', number)}"]
    return {
        "resourceType": "List",
        "id": _id("list", number),
        "status": "current",
        "mode": "working",
        "title": f"Lista {number}",
        "entry": [{"item": {"reference": place}} for place in places],
    }


def _group(random: Random, number: int) -> Resource:
    value = random.choice(({"valueCodeableConcept": _colour(random)}, {"valueBoolean": bool(number % 2)}))
    return {
        "resourceType": "Group",
        "id": _id("group", number),
        "type": "person",
        "actual": False,
        "code": _colour(random),
        "characteristic": [{"code": _colour(random), **value, "exclude": False}],
    }

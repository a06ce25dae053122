"""Searches of every supported kind, and laws, for hypothesis to put together."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import strategies as st

from kedja.search.condition import All, AnyOf, Column, Condition, Fact, Is, LacksLabelsOf, Not, Overlaps, Ruled, Same
from tests.store.searching.values import PARAMETERS, TARGETS, kind_of
from tests.store.searching.world import CODES, DATES, FAMILIES, GIVENS, NOW, PROVIDERS, UCUM, UNITS

Pairs = list[tuple[str, str]]
_ONE = st.sampled_from
_PREFIXES = ("", "eq", "ne", "gt", "lt", "ge", "le", "sa", "eb", "ap")
_TOKENS = {
    "gender": ("male", "female", "unknown"),
    "active": ("true", "false"),
    "identifier": ("http://ids|p1", "p2", "|bare", "http://ids|", "bare"),
    "code": tuple(f"{system}|{code}" for system, code in CODES) + tuple(code for _, code in CODES) + ("http://loinc.org|",),
    "status": ("final", "preliminary", "finished", "active"),
    "class": ("AMB", "http://terminology.hl7.org/CodeSystem/v3-ActCode|IMP"),
    "_tag": ("a", "http://tags|b", "|c"),
    "_security": ("N", "R"),
    "performer:identifier": ("http://ids|hsa1", "hsa2"),
}
_STRINGS = (*FAMILIES, *GIVENS, "a", "å", "BERG", "sj", "åter", "Åter i", "bra", "ekbackens vard", "zz")
_NUMBERS = ("5.4", "5.40", "5", "5.0", "5.44", "100", "0.001", "-2.5", "0.25", "0.250", "0.1", "1")
_UNITS = ("", "", f"|{UCUM}|mmol/L", "||mmol/L", "||mg", "||mmol per liter", f"|{UCUM}|mg")
_URIS = ("http://values/0", "http://values/1/more", "http://profiles/x", "urn:source:1", "http://values")
_IDS = tuple(f"r{number}" for number in range(0, 160, 3))
_SORTS = {
    "Patient": ("family", "-family", "name", "birthdate", "-birthdate", "_id"),
    "Observation": (
        "date",
        "-date",
        "value-quantity",
        "-value-quantity",
        "value-string",
        "_lastUpdated",
        "-_lastUpdated",
        "-_id",
    ),
    "Encounter": ("date", "-date", "-_lastUpdated"),
    "RiskAssessment": ("probability", "-probability"),
    "Organization": ("name", "-name"),
    "ValueSet": ("_id", "-_lastUpdated"),
}
_CHAINS = {
    "Patient": ("organization.name", "organization.partof.name", "organization._id"),
    "Observation": (
        "patient.family",
        "subject:Patient.birthdate",
        "subject.given",
        "encounter.class",
        "encounter.patient",
        "performer.name",
        "patient.organization.name",
        "encounter:Encounter.date",
        "encounter.service-provider.partof.partof.name",
        "encounter.patient.organization.partof.partof.name",
        "patient._has:Encounter:patient:class",
    ),
    "Encounter": ("patient.gender", "service-provider.name", "subject.identifier"),
    "RiskAssessment": ("subject:Patient.family",),
    "Organization": ("partof.name",),
    "ValueSet": (),
}
_HAS = {
    "Patient": ("Observation:patient:code", "Encounter:subject:date", "Observation:subject:encounter.class"),
    "Encounter": ("Observation:encounter:value-quantity", "Observation:encounter:patient"),
    "Organization": (
        "Patient:organization:_has:Observation:patient:code",
        "Organization:partof:_has:Patient:organization:_has:Encounter:patient:date",
        "Patient:organization:family",
        "Encounter:service-provider:patient.family",
        "Organization:partof:name",
    ),
}
_INCLUDES = {
    "Patient": (
        ("_include", "Patient:organization"),
        ("_revinclude", "Observation:patient"),
        ("_revinclude", "Encounter:subject"),
        ("_include:iterate", "Patient:organization"),
        ("_include:iterate", "Organization:partof"),
        ("_revinclude:iterate", "Observation:encounter"),
    ),
    "Observation": (
        ("_include", "Observation:subject"),
        ("_include", "Observation:subject:Patient"),
        ("_include", "Observation:encounter"),
        ("_include", "Observation:performer:Organization"),
        ("_include:iterate", "Encounter:service-provider"),
        ("_include:iterate", "Organization:partof"),
        ("_revinclude:iterate", "Observation:encounter"),
    ),
    "Encounter": (("_include", "Encounter:patient"), ("_revinclude", "Observation:encounter")),
    "RiskAssessment": (("_include", "RiskAssessment:subject"),),
    "Organization": (
        ("_include", "Organization:partof"),
        ("_include:iterate", "Organization:partof"),
        ("_revinclude:iterate", "Organization:partof"),
        ("_revinclude", "Patient:organization"),
        ("_revinclude", "Organization:partof"),
    ),
    "ValueSet": (),
}


@st.composite
def values(draw: st.DrawFn, resource_type: str, code: str) -> str:
    """One to three alternatives for this parameter."""
    return ",".join(draw(st.lists(_value(resource_type, code), min_size=1, max_size=3)))


def _value(resource_type: str, code: str) -> st.SearchStrategy[str]:
    if code == "_id":
        return _ONE(_IDS)
    if code == "_lastUpdated":
        return _joined(_PREFIXES, ("2024", "2024-05", "2024-05-20", "2024-05-31T12:00:00Z"))
    kind = kind_of(resource_type, code)
    if kind == "token":
        return _ONE(_TOKENS[code])
    if kind == "string":
        return _ONE(_STRINGS)
    if kind == "date":
        return _joined(_PREFIXES, DATES)
    if kind == "uri":
        return _ONE(_URIS)
    if kind == "reference":
        types = TARGETS[resource_type, code]
        named = _joined([f"{name}/" for name in types], (*_IDS, "d1"))
        return st.one_of(named, _ONE(_IDS), _ONE(("http://other/Practitioner/9",)))
    return _joined(_PREFIXES, _NUMBERS, _UNITS if kind == "quantity" else ("",))


def _joined(*parts: tuple[str, ...] | list[str]) -> st.SearchStrategy[str]:
    return st.tuples(*map(_ONE, parts)).map("".join)


@st.composite
def parameters(draw: st.DrawFn, resource_type: str) -> tuple[str, str]:
    codes = [*PARAMETERS[resource_type], "_tag", "_security", "_profile", "_source", "_id", "_lastUpdated"]
    names = [*codes * 2, *_CHAINS[resource_type] * 2, *(f"_has:{name}" for name in _HAS.get(resource_type, ()))]
    name = draw(_ONE(names))
    if name.startswith("_has:") or "." in name:
        return name, draw(values(*_target_of(resource_type, name)))
    modifier = ""
    if ":" not in name and name not in ("_id", "_lastUpdated"):
        modifier = draw(_ONE(("", "", "", ":missing", *_MODIFIERS.get(kind_of(resource_type, name), ()))))
    if modifier == ":missing":
        return f"{name}:missing", draw(_ONE(("true", "false")))
    return name + modifier, draw(values(resource_type, name))


_MODIFIERS = {"string": (":exact", ":contains"), "token": (":not",)}


def _target_of(resource_type: str, name: str) -> tuple[str, str]:
    """The type and code of what a chain or a `_has` asks in the end."""
    if name.startswith("_has:"):
        _, source, _, rest = name.split(":", 3)
        return _target_of(source, rest) if "." in rest or rest.startswith("_has:") else (source, rest)
    head, _, rest = name.partition(".")
    code, _, target = head.partition(":")
    target = target or next(t for t in ("Patient", "Organization", "Encounter") if t in TARGETS[resource_type, code])
    target = "Organization" if code == "performer" else target
    return _target_of(target, rest) if "." in rest or rest.startswith("_has:") else (target, rest)


@st.composite
def searches(draw: st.DrawFn) -> tuple[str, Pairs]:
    """A resource type and the pairs of its query string."""
    resource_type = draw(_ONE(["Observation", "Observation", "Patient", "Encounter", *PARAMETERS]))
    pairs = draw(st.lists(parameters(resource_type), max_size=3))
    if "date" in PARAMETERS[resource_type] and draw(st.booleans()):
        pairs += [("date", draw(values(resource_type, "date"))) for _ in range(2)]
    if _INCLUDES[resource_type]:
        pairs += draw(st.lists(_ONE(_INCLUDES[resource_type]), max_size=2, unique=True))
    if sort := draw(st.lists(_ONE(_SORTS[resource_type]), max_size=2, unique_by=lambda code: code.removeprefix("-"))):
        pairs.append(("_sort", ",".join(sort)))
    pairs.append(("_count", str(draw(_ONE((1, 2, 3, 7, 20, 1000))))))
    return resource_type, pairs


def _facts() -> st.SearchStrategy[Condition]:
    provider = st.one_of(st.just(Same("provider", "provider")), _ONE(PROVIDERS).map(lambda name: Is("provider", "=", name)))
    relation = st.one_of(st.just(Same("unit", "unit")), _ONE(UNITS).map(lambda name: Is("unit", "in", ("", name))))
    unit = st.one_of(st.just(Same("unit", "unit", or_null=True)), _ONE(UNITS).map(lambda name: Is("unit", "null-or", name)))
    kinds = _ONE((("svod", "emergency"), ("svod",))).map(lambda names: Is("kind", "in", names))
    employee = st.just(Is("employee", "null-or", "me"))
    block = st.one_of(
        st.just(Overlaps("info_start", "info_end")),
        st.just(LacksLabelsOf("excluded")),
        _ONE(("has", "lacks")).map(lambda op: Is("excluded", op, 4)),
    )
    now = st.sampled_from((NOW, NOW - timedelta(days=60)))
    return st.one_of(
        st.builds(lambda now, *where: Fact("care_relation", now, where), now, provider, relation),
        st.builds(lambda now, *where: Fact("consent", now, where), now, provider, unit, kinds, employee),
        st.builds(lambda now, *where: Fact("block", now, where), now, provider, unit, block),
    )


def _columns() -> st.SearchStrategy[Condition]:
    return st.one_of(
        st.builds(Column, st.just("person"), _ONE(("=", "<>")), st.integers(0, 9)),
        st.builds(Column, st.just("provider"), _ONE(("=", "<>")), _ONE(PROVIDERS)),
        st.builds(Column, st.just("unit"), st.just("in"), st.lists(_ONE(UNITS), max_size=2).map(tuple)),
        st.builds(Column, st.just("regime"), _ONE(("=", "<>")), _ONE(("health", "directory"))),
        st.builds(Column, st.just("labels"), st.just("has"), _ONE((1, 4, 8))),
        st.builds(Column, st.just("type"), _ONE(("=", "<>")), _ONE(("Patient", "Organization", "Observation"))),
        st.builds(Column, st.just("type"), st.just("in"), st.just(("Patient", "Encounter", "Organization"))),
    )


def _joins(parts: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
    several = st.lists(parts, max_size=3).map(tuple)
    ruled = st.builds(Ruled, _ONE(("A-1", "B-2", "C-3")), parts)
    return st.one_of(
        several.map(All), st.lists(ruled, max_size=3).map(tuple).map(AnyOf), several.map(AnyOf), parts.map(Not), ruled
    )


def laws() -> st.SearchStrategy[Condition]:
    """Conditions of every node, nested."""
    return st.recursive(st.one_of(_facts(), _columns()), _joins, max_leaves=6)

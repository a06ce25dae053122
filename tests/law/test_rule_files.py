"""What is misspelt or contradictory in a rule file is refused with what to correct; a deployment can only narrow."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from kedja.access.actor import Actor, Assignment, Kind, Purpose
from kedja.access.asker import Context
from kedja.access.check import LawError
from kedja.access.compile import permit
from kedja.access.custody import Custody, Regime
from kedja.access.evaluate import permitting_rule
from kedja.access.facts import BlockFact, CareRelation
from kedja.access.rule import Effect
from kedja.access.rules import load, narrow, parse, rule, standard

NOW = datetime(2026, 3, 15, tzinfo=UTC)
PERSON = Actor("citizen", Kind.CITIZEN, person=7)
OWN_RECORD = Custody(Regime.HEALTH, 7, "P1", "U1")

GOOD = """
[statute]
id = "x"
number = "SFS 1"
name_sv = "Lagen"
name_en = "The act"
in_force = 2020-01-01

[[rule]]
number = "X-1"
title_sv = "Du får"
title_en = "You may"
cite = "Lagen 1 §"
confidence = "statute"
effect = "permit"
action = ["read"]
channel = ["own"]
when = ["citizen", ["own-person", "not health"]]
reveal = "content"
obligations = ["LOG"]
"""


def test_a_good_file_is_read() -> None:
    (one,) = parse({"x": GOOD}).rules
    assert [[str(term) for term in clause] for clause in one.when] == [["citizen"], ["own-person", "not health"]]
    assert one.since == date(2020, 1, 1)


@pytest.mark.parametrize(
    "old, new, says",
    [
        ('"citizen"', '"citizens"', "X-1: unknown when `citizens`; did you mean `citizen`"),
        ('["read"]', '["raed"]', "unknown action `raed`; did you mean `read`"),
        ('"permit"', '"allow"', "unknown effect `allow`; known: ask, attach, deny, mask, otherwise, permit"),
        ('"content"', '"contents"', "unknown reveal `contents`; did you mean `content`"),
        ('["LOG"]', '["LOGG"]', "unknown obligations `LOGG`; did you mean `LOG`"),
        ('"statute"\n', '"sure"\n', "unknown confidence `sure`"),
        ('title_en = "You may"\n', "", "X-1: `title_en` is missing"),
        ('title_en = "You may"\n', 'title_en = ""\n', "X-1: `title_en` is empty"),
        ('cite = "Lagen 1 §"', 'citation = "Lagen 1 §"', "X-1: `cite` is missing"),
        ("in_force = 2020-01-01", 'in_force = "2020-01-01"', "`in_force` is '2020-01-01'; it should be a date"),
        ('["own"]', '["own", "shared"]', "a permit has exactly one channel"),
        ('["citizen", ["own-person", "not health"]]', "[]", "at least one condition"),
        ('reveal = "content"', 'reveal = "content"\nfrom = 2020-01-01\nuntil = 2020-01-01', "`until` is not after `from`"),
        ('reveal = "content"', 'reveal = "content"\nnotes = "x"', "unknown key `notes`"),
        ("[[rule]]", "[[rule]", "x.toml: "),
        ("[[rule]]", "[[rules]]", "unknown key `rules`; did you mean `rule`"),
    ],
)
def test_a_wrong_file_is_refused_with_what_to_correct(old: str, new: str, says: str) -> None:
    assert old in GOOD
    with pytest.raises(LawError) as refusal:
        parse({"x": GOOD.replace(old, new)})
    assert says in str(refusal.value)


def test_a_number_given_twice_is_refused() -> None:
    with pytest.raises(LawError, match="rule X-1 stands twice"):
        parse({"x": GOOD, "y": GOOD})


def test_a_deny_of_a_channel_that_no_permit_has_is_refused() -> None:
    deny = GOOD[GOOD.index("[[rule]]") :].replace('"X-1"', '"X-2"').replace('"permit"', '"deny"').replace('"own"]', '"owm"]')
    with pytest.raises(LawError, match="X-2: unknown channel `owm`; did you mean `own`"):
        parse({"x": GOOD + deny})


def test_every_rule_says_in_both_languages_what_it_is_and_which_statute_says_so() -> None:
    for law in standard().rules:
        assert law.title_sv != law.title_en
        assert law.cite
    assert rule("V-7").cite == "SVOD (2022:913) 3 kap. 1 § första stycket 3 a"


def test_no_permit_stands_without_a_statute_in_force() -> None:
    long_ago = datetime(2000, 1, 1, tzinfo=UTC)
    assert permitting_rule(permit(PERSON, "read", long_ago), OWN_RECORD) is None
    before_svod = datetime(2022, 12, 31, 23, tzinfo=UTC)
    assert not any(law.id.startswith("V-") for law in standard().of_epoch(standard().epoch(before_svod.date())))


def test_what_the_law_leaves_to_the_provider_can_be_switched_off(tmp_path: Path) -> None:
    assert permitting_rule(permit(PERSON, "read", NOW), OWN_RECORD) == "P-1"
    deployment = tmp_path / "law.toml"
    deployment.write_text('off = ["P-1"]\n[limits]\nrelation-days-after = 90\n')
    narrowed = load(deployment)
    assert permitting_rule(permit(PERSON, "read", NOW, ruleset=narrowed), OWN_RECORD) is None
    assert narrowed.limits["relation-days-after"].value == 90


@pytest.mark.parametrize(
    "deployment, says",
    [
        ({"off": ["P-5"]}, "does not leave open"),
        ({"off": ["I-3"]}, "does not leave open"),
        ({"off": ["P-99"]}, "unknown off `P-99`; did you mean `P-9`"),
        ({"on": ["V-14"]}, "unknown key `on`"),
        ({"permit": [{"rule": "I-9.2"}]}, "permit I-9.2: `basis` is missing"),
        ({"permit": [{"rule": "I-9.2", "basis": "  "}]}, "names the statute or regulation"),
        ({"permit": [{"rule": "V-14", "basis": "whatever we like"}]}, "in force without that"),
        ({"permit": [{"rule": "I-92", "basis": "whatever we like"}]}, "did you mean `I-9.2`"),
        ({"limit": [{"name": "emergency-hours", "value": 48}]}, "limit emergency-hours: `basis` is missing"),
        ({"limit": [{"name": "emergency-hours", "value": "48", "basis": "HSLF-FS 2031:2"}]}, "it should be a int"),
        ({"principal": [{"name": "R", "providers": ["P1"], "basis": "PDL 5 kap. 4 §"}]}, "at least two authorities"),
        ({"limits": {"relation-days-after": 366}}, "give a whole number from 0 to 365"),
        ({"limits": {"emergency-hours": True}}, "give a whole number from 0 to 24"),
        ({"limits": {"relation-days": 1}}, "did you mean `relation-days-after`"),
    ],
)
def test_a_deployment_cannot_widen_the_law(deployment: dict[str, object], says: str) -> None:
    with pytest.raises(LawError) as refusal:
        narrow(standard(), deployment)
    assert says in str(refusal.value)


NORTH_STAFF = Actor(
    "anna", Kind.PROFESSIONAL, hsa_id="H1", assignment=Assignment("a", Purpose.CARE, "P1", "U1", ("Läsa;alla;VG",))
)
BASIS = "PDL (2008:355) 5 kap. 4 § andra stycket"


def test_what_goes_beyond_what_is_shipped_names_its_legal_basis() -> None:
    law = narrow(
        standard(),
        {
            "permit": [{"rule": "I-9.2", "basis": "SFS 2031:1 om sökbegrepp"}],
            "limit": [{"name": "emergency-hours", "value": 48, "basis": "HSLF-FS 2031:2 1 kap."}],
            "principal": [{"name": "Region Nord", "providers": ["P1", "P3"], "basis": BASIS}],
        },
    )
    assert law.limits["emergency-hours"].value == 48
    assert law.bases == {"I-9.2": "SFS 2031:1 om sökbegrepp", "emergency-hours": "HSLF-FS 2031:2 1 kap."}
    assert law.sisters("P1") == ("P3",)
    assert law.sisters("P2") == ()


def test_a_rule_that_needs_a_basis_is_not_in_force_without_one() -> None:
    quality = replace(NORTH_STAFF, assignment=Assignment("a", Purpose.QUALITY, "P1", "U1"))
    nowhere, terms = Custody(Regime.DIRECTORY), Context(terms=frozenset({"ethnicity"}))
    on = narrow(standard(), {"permit": [{"rule": "I-9.2", "basis": "SFS 2031:1 om sökbegrepp"}]})
    for law, rule_id in ((standard(), None), (on, "I-9.2")):
        assert permitting_rule(permit(quality, "search", NOW, context=terms, ruleset=law), nowhere) == rule_id


def test_authorities_of_one_region_read_as_within_the_provider_and_blocks_between_them_hold() -> None:
    law = narrow(standard(), {"principal": [{"name": "Region Nord", "providers": ["P1", "P3"], "basis": BASIS}]})
    sister, relation = Custody(Regime.HEALTH, 7, "P3", "U5"), CareRelation(7, "P1", "U1")
    may = permit(NORTH_STAFF, "read", NOW, ruleset=law)
    assert permitting_rule(may, sister, [relation]) == "I-8"
    assert permitting_rule(may, sister, []) is None
    assert permitting_rule(may, sister, [relation, BlockFact(7, "inner", "P3")]) is None
    assert permitting_rule(permit(NORTH_STAFF, "read", NOW), sister, [relation]) is None


def test_only_permits_can_be_switched_off() -> None:
    switchable = [law for law in standard().rules if law.switchable]
    assert switchable
    for law in switchable:
        if law.effect is not Effect.PERMIT:
            with pytest.raises(LawError):
                narrow(standard(), {"off": [law.id]})

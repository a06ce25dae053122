"""The map of the innovation system: true to the study, whole, and able to tell who owns a question."""

from __future__ import annotations

import pytest

from kedja.innovation.actors.data import TIES, Role, Sphere, actor_map, made
from kedja.innovation.actors.owners import owners
from kedja.innovation.navigator.rules import standard

MAP = actor_map()
# Appendix 4 of the study: the authorities whose letters of appropriation it read.
AUTHORITIES = (
    "socialstyrelsen", "e-halsomyndigheten", "lakemedelsverket", "folkhalsomyndigheten", "forte", "mfd", "tlv", "ivo", "sbu",
    "upphandlingsmyndigheten", "vinnova", "tillvaxtverket", "forsakringskassan", "vardanalys", "esv",
)  # fmt: skip
# Appendix 3: the organisations of its table.
ORGANISATIONS = (
    "universitet", "professionerna", "forlag", "konsulter", "upplysning", "foretag", "vardgivaren", "omsorgsgivare", "kommunen",
    "regionen", "inkubatorer", "branschorganisationer", "fackforbunden", "almi", "media", "patientorganisationer", "partier",
    "tankesmedjor", "regeringen", "internationella", "patienter", "prv",
)  # fmt: skip
QUESTIONS = (
    ("Får jag prata med ett företag innan vi upphandlar?", "upphandlingsmyndigheten"),
    ("Vem har tillsyn över att upphandlingar går rätt till?", "konkurrensverket"),
    ("Vi har 3D-skrivit ett eget hjälpmedel på kliniken, vem granskar egentillverkningen?", "ivo"),
    ("Måste appen CE-märkas?", "lakemedelsverket"),
    ("Behöver vi etikprövning för en intervjustudie?", "etikprovningsmyndigheten"),
    ("Vem beslutar om läkemedlet ska subventioneras?", "tlv"),
    ("Finns det evidens för metoden?", "sbu"),
    ("Var söker vi pengar till ett innovationsprojekt?", "vinnova"),
    ("Vem bestämmer om nattkamera i hemtjänsten?", "socialnamnden"),
    ("Är det lagligt att filma patienter, vem har tillsyn över personuppgifter?", "imy"),
    ("Hur skyddar jag min uppfinning med patent?", "prv"),
    ("Är vår webbplats tillgänglig med skärmläsare?", "digg"),
    ("Vilka begrepp och koder ska vi använda?", "socialstyrelsen"),
    ("Var får vi spara blodprov?", "biobankscentrum"),
    ("Vem kan ändra lagen när den hindrar oss?", "regeringen"),
    ("Jag har en idé, vart vänder jag mig?", "innovationsenheten"),
    ("Vem driver 1177 Journalen och tjänsteplattformen?", "inera"),
    ("Who decides whether we may do research on people?", "etikprovningsmyndigheten"),
    ("Who supervises the use of AI in a chatbot?", "pts"),
    ("Our system was hacked, to whom do we report the incident?", "mcf"),
    ("How is a new drug introduced equally in all regions?", "nt-radet"),
    ("Who knows about aids for people with disabilities?", "mfd"),
    ("We want to try a prototype in a real ward", "testbaddar"),
    ("Who works with prevention and vaccines?", "folkhalsomyndigheten"),
    ("Who answers for home help and care homes?", "kommunen"),
)  # fmt: skip


def test_every_actor_of_the_study_is_on_the_map() -> None:
    assert [id for id in (*AUTHORITIES, *ORGANISATIONS) if MAP.actor(id) is None] == []


def test_every_authority_of_a_rule_is_on_the_map() -> None:
    assert {id for rule in standard().rules for id in rule.authority if MAP.actor(id) is None} == set()


def test_every_mandate_says_by_which_paragraph_and_in_both_languages() -> None:
    for actor in MAP.actors:
        assert actor.mandates and actor.name.sv and actor.name.en, actor.id
        for mandate in actor.mandates:
            assert (
                mandate.cite and mandate.roles and mandate.text.sv and mandate.text.en and mandate.terms.sv and mandate.terms.en
            )


def test_every_sphere_and_role_and_kind_of_tie_has_somebody() -> None:
    assert [sphere for sphere in Sphere if not MAP.of(sphere)] == []
    assert [role for role in Role if not MAP.doing(role)] == []
    assert {tie.kind for tie in MAP.ties} == set(TIES)
    assert sum(len(MAP.ties_from(actor)) for actor in MAP.actors) == len(MAP.ties)
    assert sum(len(MAP.ties_to(actor)) for actor in MAP.actors) == len(MAP.ties)


@pytest.mark.parametrize(("question", "owner"), QUESTIONS)
def test_a_question_finds_its_owner_with_the_paragraph(question: str, owner: str) -> None:
    found = owners(question, MAP, most=3).owners
    assert owner in [each.actor.id for each in found]
    assert all(each.mandate in each.actor.mandates and each.why for each in found)


def test_what_nobody_owns_is_told() -> None:
    gap = owners("Vem har ansvaret för fallskador?", MAP).gap
    assert gap and "Ingen myndighet" in gap.text.sv and gap.nearest
    assert owners("Hur får jag patent?", MAP).gap is None


def test_a_question_about_nothing_finds_nobody() -> None:
    assert owners("", MAP).owners == ()
    assert owners("och eller men", MAP).owners == ()


def test_a_tie_to_nobody_is_refused() -> None:
    actor = {"id": "a", "sphere": "care", "name_sv": "A", "name_en": "A", "mandate": []}
    with pytest.raises(ValueError, match="a tie leads to b"):
        made({"actor": [actor], "tie": [{"kind": "funds", "from": "a", "to": ["b"], "cite": "1 §"}], "gap": [], "asks": {}})
    with pytest.raises(ValueError, match="same id"):
        made({"actor": [actor, actor], "tie": [], "gap": [], "asks": {}})

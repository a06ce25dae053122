"""Care at one provider and between providers: earlier relations, openings, what was judged of the person, search terms."""

from __future__ import annotations

from typing import Final

from kedja.access.actor import Kind, Purpose
from kedja.access.asker import Asker, Build, known
from kedja.access.terms import names, regulated
from kedja.access.vocabulary.people import surely_below
from kedja.access.vocabulary.predicate import About, Predicate, asks, for_purpose
from kedja.search.condition import NOTHING, All, Column, Condition, Fact, Is, Not, Overlaps, Same

CONSENTING: Final = "child-consent-age"  # a limit, in whole years
INDISPENSABLE: Final = "indispensable"  # declared


def same_principal(asker: Asker) -> Condition:
    """Another authority of the region or municipality that the own provider is of."""
    others = asker.law.sisters(asker.provider)
    return Column("provider", "in", others) if others else NOTHING


def earlier_relation(asker: Asker) -> Condition:
    if not asker.provider:
        return NOTHING
    where = (Is("provider", "=", asker.provider), Is("unit", "in", ("", asker.unit)))
    return Fact("care_relation", asker.now, where, ever=True)


def own_opening(kind: str) -> Build:
    """A consent of this kind that the one who asks has recorded for themselves."""

    def build(asker: Asker) -> Condition:
        if not asker.provider or not asker.employee:
            return NOTHING
        where = (
            Is("kind", "=", kind),
            Is("provider", "=", asker.provider),
            Is("unit", "null-or", asker.unit),
            Is("employee", "=", asker.employee),
        )
        return Fact("consent", asker.now, where)

    return build


def judged_here(state: str) -> Build:
    """The own provider has judged so."""

    def build(asker: Asker) -> Condition:
        where = (Is("kind", "=", state), Is("provider", "=", asker.provider))
        return Fact("subject_state", asker.now, where) if asker.provider else NOTHING

    return build


def judged_by_holder(state: str) -> Build:
    return lambda asker: Fact("subject_state", asker.now, (Is("kind", "=", state), Same("provider", "provider")))


def unable_when_documented(asker: Asker) -> Condition:
    where = (Is("kind", "=", "not-only-temporarily-unable"), Same("provider", "provider"), Overlaps("starts", "ends"))
    return Fact("subject_state", asker.now, where)


def child_who_cannot_consent(asker: Asker) -> Condition:
    """Young by every birth date that is known, and by nobody assessed as mature."""
    mature = Fact("subject_state", asker.now, (Is("kind", "=", "assessed-mature"),))
    return All((surely_below(CONSENTING)(asker), Not(mature)))


def certificate(asker: Asker) -> Condition:
    return known(asker.context.certificate)


def indispensable(asker: Asker) -> Condition:
    return known(asker.context.danger or INDISPENSABLE in asker.context.declared)


def searches_by(group: str) -> Build:
    return lambda asker: known(bool(asker.context.terms & names(group)))


def regulated_terms(asker: Asker) -> Condition:
    """Every sensitive term of the search is one that regulations may permit for compilations (PDL 2 kap. 8 § tredje stycket)."""
    sensitive = asker.context.terms & names("sensitive")
    return known(bool(sensitive) and sensitive <= regulated())


PREDICATES: Final[dict[str, Predicate]] = {
    "researcher": asks("a researcher", "forskare", Kind.RESEARCHER),
    "purpose-count": for_purpose("counting before clinical research", "antalsberäkning inför klinisk forskning", Purpose.COUNT),
    "certificate": Predicate(
        About.ASKER,
        "It is for a certificate.",
        "It is not said to be for a certificate.",
        "Det gäller ett intyg.",
        "Det har inte angetts att det gäller ett intyg.",
        certificate,
    ),
    "indispensable": Predicate(
        About.ASKER,
        "The patient cannot do without the care.",
        "It has not been declared that the patient cannot do without the care.",
        "Patienten behöver vården oundgängligen.",
        "Det har inte angetts att patienten oundgängligen behöver vården.",
        indispensable,
    ),
    "sensitive-term": Predicate(
        About.ASKER,
        "The search is made by sensitive information other than health.",
        "The search is not made by sensitive information.",
        "Sökningen görs på känsliga uppgifter om annat än hälsa.",
        "Sökningen görs inte på känsliga uppgifter.",
        searches_by("sensitive"),
    ),
    "identifying-term": Predicate(
        About.ASKER,
        "The search names whom it is about.",
        "The search does not name whom it is about.",
        "Sökningen anger vem den gäller.",
        "Sökningen anger inte vem den gäller.",
        searches_by("identifying"),
    ),
    "regulated-terms": Predicate(
        About.ASKER,
        "Regulations may permit searches by these terms for compilations.",
        "No regulation can permit searches by these terms.",
        "Föreskrifter kan tillåta sökning på dessa uppgifter för sammanställningar.",
        "Inga föreskrifter kan tillåta sökning på dessa uppgifter.",
        regulated_terms,
    ),
    "same-principal": Predicate(
        About.HOLDER,
        "Another authority of the own region or municipality holds it.",
        "No other authority of the own region or municipality holds it.",
        "En annan myndighet i den egna regionen eller kommunen har uppgiften.",
        "Ingen annan myndighet i den egna regionen eller kommunen har uppgiften.",
        same_principal,
    ),
    "earlier-relation": Predicate(
        About.FACT,
        "The unit has, or has had, a care relation with the person.",
        "The unit has never had a care relation with the person.",
        "Enheten har eller har haft en vårdrelation till personen.",
        "Enheten har aldrig haft en vårdrelation till personen.",
        earlier_relation,
    ),
    "certificate-opening": Predicate(
        About.FACT,
        "An opening for a certificate is in force.",
        "No opening for a certificate is in force.",
        "En öppning för intyg gäller.",
        "Ingen öppning för intyg gäller.",
        own_opening("certificate"),
    ),
    "child-who-cannot-consent": Predicate(
        About.FACT,
        "The person is a child who cannot consent.",
        "The person is not known as a child who cannot consent.",
        "Personen är ett barn som inte självt kan samtycka.",
        "Det finns ingen uppgift om att personen är ett barn som inte självt kan samtycka.",
        child_who_cannot_consent,
    ),
    "unable-to-consent": Predicate(
        About.FACT,
        "The own provider has judged that the person, not only for a time, cannot consent.",
        "The own provider has not judged that the person, not only for a time, cannot consent.",
        "Den egna verksamheten har bedömt att personen inte endast tillfälligt saknar förmåga att samtycka.",
        "Den egna verksamheten har inte bedömt att personen mer än tillfälligt saknar förmåga att samtycka.",
        judged_here("not-only-temporarily-unable"),
    ),
    "attitude-known": Predicate(
        About.FACT,
        "The person's attitude was clarified as far as possible, and nothing says that they would object.",
        "The person's attitude has not been clarified.",
        "Personens inställning är klarlagd så långt det går, och inget talar för att personen skulle motsätta sig det.",
        "Personens inställning har inte klarlagts.",
        judged_here("attitude-clarified"),
    ),
    "unable-when-documented": Predicate(
        About.FACT,
        "It was documented when the person, not only for a time, could not decide on sharing.",
        "It was not documented when the person was unable to decide on sharing.",
        "Uppgiften dokumenterades när personen inte endast tillfälligt saknade förmåga att ta ställning.",
        "Uppgiften dokumenterades inte när personen saknade förmåga att ta ställning.",
        unable_when_documented,
    ),
    "attitude-known-to-holder": Predicate(
        About.FACT,
        "Whoever holds it has clarified the person's attitude as far as possible.",
        "Whoever holds it has not clarified the person's attitude.",
        "Den som har uppgiften har klarlagt personens inställning så långt det går.",
        "Den som har uppgiften har inte klarlagt personens inställning.",
        judged_by_holder("attitude-clarified"),
    ),
    "not-informed": Predicate(
        About.FACT,
        "The person has not been told of shared documentation and of the right to oppose it.",
        "Nothing says that the person has not been told of shared documentation.",
        "Personen har inte informerats om sammanhållen dokumentation och rätten att motsätta sig den.",
        "Det finns ingen uppgift om att personen inte har informerats om sammanhållen dokumentation.",
        judged_by_holder("not-informed-svod"),
    ),
}

"""What is said of a case by who asks or decides it, and stands nowhere else: `Context.declared`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from kedja.access.asker import Asker, known
from kedja.access.vocabulary.predicate import About, Predicate
from kedja.search.condition import Condition

# What is declared, and what it says: en, not en, sv, not sv.
_WORDS: Final[Mapping[str, tuple[str, str, str, str]]] = {
    "informed-afterwards": (
        "The person cannot be informed before, and is as soon as possible after.",
        "It has not been said that the person cannot be informed before.",
        "Personen kan inte informeras i förväg och informeras så snart som möjligt efteråt.",
        "Det har inte angetts att personen inte kan informeras i förväg.",
    ),
    "health-authority": (
        "The one responsible for the central processing is an authority within health care.",
        "The one responsible for the central processing is no authority within health care.",
        "Den centralt personuppgiftsansvariga är en myndighet inom hälso- och sjukvården.",
        "Den centralt personuppgiftsansvariga är ingen myndighet inom hälso- och sjukvården.",
    ),
    "government-exemption": (
        "The government has decided on an exemption.",
        "The government has not decided on an exemption.",
        "Regeringen har beslutat om undantag.",
        "Regeringen har inte beslutat om undantag.",
    ),
    "ethics-approved": (
        "The ethical review has approved the research.",
        "No approval by the ethical review has been shown.",
        "Forskningen är godkänd vid etikprövning.",
        "Inget godkännande vid etikprövning har visats.",
    ),
    "consent-waived": (
        "The ethical review has decided that no new consent is needed.",
        "The ethical review has not decided that no new consent is needed.",
        "Etikprövningen har beslutat att inget nytt samtycke krävs.",
        "Etikprövningen har inte beslutat att inget nytt samtycke krävs.",
    ),
    "secrecy-tested": (
        "The owner has tested the secrecy and may disclose it.",
        "No test of the secrecy by the owner has been shown.",
        "Ägaren har sekretessprövat uppgifterna och får lämna ut dem.",
        "Ingen sekretessprövning hos ägaren har visats.",
    ),
    "lawful-basis": (
        "There is a lawful basis in GDPR article 6.1 and 9.2.",
        "No lawful basis in GDPR article 6.1 and 9.2 has been shown.",
        "Det finns rättslig grund i dataskyddsförordningen artikel 6.1 och 9.2.",
        "Ingen rättslig grund i dataskyddsförordningen artikel 6.1 och 9.2 har visats.",
    ),
    "legal-person": (
        "The one who receives is a legal person.",
        "The one who receives is no legal person.",
        "Mottagaren är en juridisk person.",
        "Mottagaren är ingen juridisk person.",
    ),
    "no-profit": (
        "It is not for profit.",
        "It has not been said that it is not for profit.",
        "Det sker inte i vinstsyfte.",
        "Det har inte angetts att det inte sker i vinstsyfte.",
    ),
    "coded": ("The sample is coded.", "The sample is not coded.", "Provet är kodat.", "Provet är inte kodat."),
    "coding-defeats-purpose": (
        "A coded sample would not serve the purpose.",
        "It has not been said that a coded sample would not serve the purpose.",
        "Ett kodat prov skulle inte tjäna ändamålet.",
        "Det har inte angetts att ett kodat prov inte skulle tjäna ändamålet.",
    ),
    "data-kept-apart": (
        "Nobody without authority can link the personal data to the sample.",
        "It has not been shown that nobody without authority can link the personal data to the sample.",
        "Ingen obehörig kan koppla personuppgifterna till provet.",
        "Det har inte visats att ingen obehörig kan koppla personuppgifterna till provet.",
    ),
    "meant-to-be-kept": (
        "The sample is meant to be kept for more than nine months.",
        "The sample is not meant to be kept for more than nine months.",
        "Avsikten är att bevara provet i mer än nio månader.",
        "Avsikten är inte att bevara provet i mer än nio månader.",
    ),
    "kept-after-analysis": (
        "The sample is not destroyed right after its analysis.",
        "The sample is destroyed right after its analysis.",
        "Provet förstörs inte omedelbart efter analysen.",
        "Provet förstörs omedelbart efter analysen.",
    ),
    "permitted-secondary-purpose": (
        "The purpose is one of EHDS article 53(1).",
        "The purpose is none of EHDS article 53(1).",
        "Ändamålet är ett av dem i EHDS artikel 53.1.",
        "Ändamålet är inget av dem i EHDS artikel 53.1.",
    ),
    "prohibited-secondary-purpose": (
        "The purpose is one that EHDS article 54 prohibits.",
        "The purpose is none that EHDS article 54 prohibits.",
        "Ändamålet är ett som EHDS artikel 54 förbjuder.",
        "Ändamålet är inget som EHDS artikel 54 förbjuder.",
    ),
    "data-necessary": (
        "The data are necessary for the purpose, and anonymous data would not do.",
        "It has not been shown that the data are necessary and that anonymous data would not do.",
        "Uppgifterna är nödvändiga och anonyma uppgifter räcker inte.",
        "Det har inte visats att uppgifterna är nödvändiga och att anonyma inte räcker.",
    ),
    "applicant-competent": (
        "The applicant has the competence that the purpose needs.",
        "It has not been shown that the applicant has the competence.",
        "Sökanden har den kompetens som ändamålet kräver.",
        "Det har inte visats att sökanden har kompetensen.",
    ),
    "safeguards": (
        "There are safeguards against misuse and for the rights of persons.",
        "No safeguards against misuse have been shown.",
        "Det finns skydd mot missbruk och för de registrerades rättigheter.",
        "Inget skydd mot missbruk har visats.",
    ),
    "secure-environment": (
        "It is processed in a secure environment.",
        "It is not processed in a secure environment.",
        "Uppgifterna behandlas i en säker miljö.",
        "Uppgifterna behandlas inte i en säker miljö.",
    ),
    "re-identifying": (
        "Somebody tries to find out who a person is.",
        "Nobody tries to find out who a person is.",
        "Någon försöker ta reda på vem en person är.",
        "Ingen försöker ta reda på vem en person är.",
    ),
    "anonymous-output": (
        "The output is anonymous, and was reviewed.",
        "It has not been shown that the output is anonymous.",
        "Resultatet är anonymt och granskat.",
        "Det har inte visats att resultatet är anonymt.",
    ),
    "cohabitant-consents": (
        "The cohabitant whose data are processed consents too.",
        "The consent of the cohabitant whose data are processed is missing.",
        "Den sammanboende närstående vars uppgifter behandlas samtycker också.",
        "Samtycke saknas från den sammanboende närstående vars uppgifter behandlas.",
    ),
    "no-cohabitant-concerned": (
        "Data about no cohabitant are processed.",
        "It has not been said that no cohabitant is concerned.",
        "Inga uppgifter om någon sammanboende närstående behandlas.",
        "Det har inte angetts att ingen sammanboende närstående berörs.",
    ),
}


def _declared(name: str, words: tuple[str, str, str, str]) -> Predicate:
    def build(asker: Asker) -> Condition:
        return known(name in asker.context.declared)

    return Predicate(About.FACT, *words, build)


PREDICATES: Final[dict[str, Predicate]] = {name: _declared(name, words) for name, words in _WORDS.items()}

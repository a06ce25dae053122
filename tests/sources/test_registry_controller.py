"""Who may be responsible for the central processing of a quality registry (PDL 7 kap. 7 §)."""

from __future__ import annotations

from typing import Any

import pytest

from kedja.outcome import OutcomeError
from kedja.sources.source import check_controller, source_of

REGION, COMPANY, CONGREGATION = "SE2321000016-A1B2", "SE5560000000-A1B2", "SE2520000000-A1B2"
REGISTRY = {"name": "hip", "kind": "fhir", "regime": "registry", "provider": REGION}


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"provider": COMPANY, "controller": REGION},
        {"provider": COMPANY, "declares": ["government-exemption"]},
        {"provider": COMPANY, "regime": "health"},
    ],
)
def test_an_authority_or_whom_the_government_exempts_may_be(more: dict[str, Any]) -> None:
    check_controller(source_of(REGISTRY | more))


@pytest.mark.parametrize(
    "more",
    [
        {"provider": COMPANY},
        {"controller": COMPANY},
        {"controller": CONGREGATION},
        {"declares": ["informed-afterwards"], "provider": COMPANY},
    ],
)
def test_nobody_else_may_be_and_the_refusal_says_by_which_law(more: dict[str, Any]) -> None:
    with pytest.raises(OutcomeError) as refused:
        check_controller(source_of(REGISTRY | more))
    assert refused.value.status == 422
    assert "PDL (2008:355) 7 kap. 7 §" in str(refused.value.issues[0].diagnostics)


@pytest.mark.parametrize(
    "more, said",
    [
        ({"controller": "region"}, "no HSA-id"),
        ({"declares": ["all-is-well"]}, "`declares` has `all-is-well`"),
        ({"declares": "informed-afterwards"}, "must be a list"),
        ({"regime": "health", "controller": REGION}, "for registries"),
    ],
)
def test_what_is_written_wrongly_is_told(more: dict[str, Any], said: str) -> None:
    with pytest.raises(OutcomeError) as refused:
        source_of(REGISTRY | more)
    assert said in str(refused.value.issues[0].diagnostics)

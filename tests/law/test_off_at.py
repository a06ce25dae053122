"""A provider that does not give direct access to proxies keeps what is its own, and nothing else changes."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from kedja.access.actor import Actor, Kind, acting
from kedja.access.check import LawError
from kedja.access.compile import permit
from kedja.access.custody import Custody, Regime
from kedja.access.evaluate import evaluate
from kedja.access.rows import Representation
from kedja.access.rules import narrow, standard
from kedja.search.sql.condition import render

NOW = datetime(2026, 3, 15, 10, tzinfo=UTC)
DAUGHTER = acting(Actor("eva", Kind.CITIZEN, person=8), Kind.PROXY, 7)
MANDATE = Representation(7, "proxy", 8, 1)


@pytest.mark.parametrize(("provider", "reads"), [("SE-TOWN", False), ("SE-NORTH", True), ("SE-OTHER", False), ("", True)])
def test_a_permit_is_off_for_the_providers_that_are_named(provider: str, reads: bool) -> None:
    law = narrow(standard(), {"off-at": {"SE-TOWN": ["P-13"], "SE-OTHER": ["P-1", "P-13"]}})
    condition = permit(DAUGHTER, "read", NOW, ruleset=law)
    assert evaluate(condition, Custody(Regime.HEALTH, 7, provider), [MANDATE], "MedicationRequest") is reads
    args: list[object] = []
    assert "r.provider = ANY" in render(condition, "r", args)
    assert ["SE-TOWN", "SE-OTHER"] in args


def test_what_the_law_does_not_leave_open_is_not_switched_off_at_a_provider_either() -> None:
    with pytest.raises(LawError, match="does not leave open: take it out of `off-at`"):
        narrow(standard(), {"off-at": {"SE-TOWN": ["P-5"]}})
    with pytest.raises(LawError, match="unknown off-at `P-133`; did you mean"):
        narrow(standard(), {"off-at": {"SE-TOWN": ["P-133"]}})

"""A deployment's own file narrows the law; it can widen nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from kedja.access import rules
from kedja.app import create_app
from kedja.config import Config
from tests.fhir.service import CLINIC_DOCTOR, Service, observation, patient


@pytest.fixture
def shipped_law_again() -> Iterator[None]:
    yield
    rules.restore()


@pytest.mark.usefixtures("shipped_law_again")
async def test_a_provider_may_leave_out_the_persons_direct_access(service: Service, tmp_path: Path) -> None:
    clinic = service.as_(CLINIC_DOCTOR)
    person = await clinic.create(patient())
    await clinic.create(observation(person["id"]))
    me = await service.citizen(person["id"])
    assert len(await me.search(f"Observation?patient={person['id']}")) == 1
    file = tmp_path / "law.toml"
    file.write_text('off = ["P-1"]\n')
    create_app(replace(Config(), home=tmp_path, law=str(file)))
    assert await me.search(f"Observation?patient={person['id']}") == []
    assert len(await clinic.search(f"Observation?patient={person['id']}")) == 1


@pytest.mark.usefixtures("shipped_law_again")
def test_a_block_cannot_be_switched_off(tmp_path: Path) -> None:
    file = tmp_path / "law.toml"
    file.write_text('off = ["V-2"]\n')
    with pytest.raises(rules.LawError, match="V-2"):
        create_app(replace(Config(), home=tmp_path, law=str(file)))

"""Messages between a person and a unit, with files: who reads, who answers, what is refused and what is kept."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kedja.access.actor import Kind, acting
from kedja.access.mandate import Matter
from kedja.access.mandates import mandate
from kedja.portals.shared.attachment import MOST_BYTES, file_of, kind_of, safe_name
from kedja.portals.shared.message_form import disposition
from tests.fhir.acting import DAUGHTER, NOW
from tests.fhir.service import CLINIC, CLINIC_DOCTOR, SURGERY_DOCTOR, WARD_DOCTOR, Service, citizen, patient, running, staff
from tests.portals.pages import Pages, words_of
from tests.portals.test_forms import Pair

PNG, PDF = b"\x89PNG\r\n\x1a\nsecretpicture", b"%PDF-1.7 secretpaper"
COLLEAGUE = staff("ylva", CLINIC_DOCTOR.assignment.provider, CLINIC)  # type: ignore[union-attr]


@pytest.fixture(scope="module")
async def service(module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Service]:
    async with running(module_database_url, tmp_path_factory.mktemp("home")) as started:
        yield started


async def pair(service: Service) -> Pair:
    """A patient whom the clinic has met."""
    clinic = service.as_(CLINIC_DOCTOR)
    made = await clinic.create(patient() | {"birthDate": "1968-01-17"})
    visited = {"status": "finished", "class": {"code": "AMB"}, "subject": {"reference": f"Patient/{made['id']}"}}
    await clinic.create({"resourceType": "Encounter", **visited, "period": {"start": NOW.isoformat(), "end": NOW.isoformat()}})
    return Pair(service, made["id"], await service.person_of(made["id"]))


async def begin(two: Pair, words: str = "Jag undrar hemligt", files: list[tuple[str, bytes]] | None = None) -> str:
    """A new thread of the person's; its id."""
    sent = [("file", (name, content)) for name, content in files or ()]
    answer = await two.himself.post("/me/messages/new", unit=CLINIC, topic="En fråga", words=words, files=sent or None)
    assert answer.status_code == 303, words_of(answer.text)
    return answer.headers["location"].split("?")[0].rsplit("/", 1)[1]


async def test_a_message_goes_to_the_unit_is_taken_answered_and_read(service: Service) -> None:
    two = await pair(service)
    ylva = Pages(service, COLLEAGUE)
    id = await begin(two)
    assert "Väntar på svar" in await two.himself.said("/me/messages")
    assert "En fråga" in await two.clinic.said("/staff/messages")
    place, hers = two.at(two.clinic, f"/messages/{id}"), two.at(ylva, f"/messages/{id}")
    assert "Jag undrar hemligt" in await two.clinic.said(place)
    await ylva.done(hers, do="take")
    assert "du svarar" in await ylva.said("/staff/messages")
    assert "Staff ylva svarar" in await two.clinic.said("/staff/messages")
    said = await ylva.done(hers, words="Kom in i morgon")
    assert "Inte läst än" in said
    assert "En fråga" not in await ylva.said("/staff/messages")
    assert "1 nytt" in await two.himself.said("/me/messages")
    assert "Kom in i morgon" in await two.himself.said(f"/me/messages/{id}")
    assert "1 nytt" not in await two.himself.said("/me/messages")
    assert "Läst av patienten" in await ylva.said(hers)
    await two.himself.done(f"/me/messages/{id}", words="Tack!")
    assert "du svarar" in await ylva.said("/staff/messages"), "who answered is asked again"
    await ylva.done(hers, do="close")
    assert "En fråga" not in await ylva.said("/staff/messages")
    kept = "SELECT DISTINCT regime, unit FROM resource WHERE person = $1 AND type IN ('Communication', 'Task')"
    assert [tuple(row) for row in await service.database.fetch(kept, two.person)] == [("health", CLINIC)]


async def test_files_are_known_by_content_saved_by_who_may_read_and_never_shown(service: Service) -> None:
    two, other = await pair(service), await pair(service)
    id = await begin(two, files=[("../sår <b>.gif", PNG), ("brev.pdf", PDF)])
    page = (await two.himself.get(f"/me/messages/{id}")).text
    paths = re.findall(rf"/me/messages/{id}/files/([^\"]+)", page)
    assert len(paths) == 2
    got = await two.himself.get(f"/me/messages/{id}/files/{paths[0]}")
    assert (got.content, got.headers["content-type"]) == (PNG, "image/png")
    assert got.headers["content-disposition"].startswith('attachment; filename="s?r b.png"')
    assert got.headers["x-content-type-options"] == "nosniff"
    assert (await two.clinic.get(two.at(two.clinic, f"/messages/{id}/files/{paths[1]}"))).content == PDF
    for pages in (Pages(service, WARD_DOCTOR), Pages(service, SURGERY_DOCTOR)):
        assert (await pages.get(two.at(pages, f"/messages/{id}/files/{paths[1]}"))).status_code == 404
        assert (await pages.get(two.at(pages, f"/messages/{id}"))).status_code == 404
        assert "Inga meddelanden" in await pages.said(two.at(pages, "/messages"))
    mine = await begin(other)
    assert (await other.himself.get(f"/me/messages/{id}")).status_code == 404
    assert (await other.himself.get(f"/me/messages/{mine}/files/{paths[1]}")).status_code == 404
    assert (await service.as_(citizen(other.person))("GET", f"/fhir/Binary/{paths[1]}")).status_code == 404
    reply = await two.clinic.post(
        two.at(two.clinic, f"/messages/{id}"), words="Se bilagan", files=[("file", ("råd.txt", b"Vila"))]
    )
    assert reply.status_code == 303
    page = (await two.himself.get(f"/me/messages/{id}")).text
    advice = next(each for each in re.findall(rf"/me/messages/{id}/files/([^\"]+)", page) if each not in paths)
    assert (await two.himself.get(f"/me/messages/{id}/files/{advice}")).text == "Vila"


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("x.pdf", b"MZ\x90\x00 a program", "x.pdf är ingen PDF"),
        ("x.png", b"<svg onload=alert(1)>", "är ingen PDF"),
        ("stor.pdf", b"%PDF-" + b"x" * MOST_BYTES, "högst 5 MB"),
    ],
)
async def test_a_file_that_is_refused_leaves_the_words_on_the_page(
    service: Service, name: str, content: bytes, told: str
) -> None:
    two = await pair(service)
    sent = {"unit": CLINIC, "topic": "Behåll ämnet", "words": "Behåll orden"}
    answer = await two.himself.post("/me/messages/new", files=[("file", (name, content))], **sent)
    assert answer.status_code == 422
    assert told in words_of(answer.text)
    assert "Behåll orden" in answer.text
    assert "Behåll ämnet" in answer.text
    assert f'value="{CLINIC}" selected' in answer.text
    assert "Inga meddelanden" in await two.himself.said("/me/messages")


async def test_what_is_empty_or_to_nobody_is_refused_with_what_was_written(service: Service) -> None:
    two = await pair(service)
    for sent in ({"unit": "SE0", "topic": "a", "words": "kvar"}, {"unit": CLINIC, "topic": "", "words": "kvar"}):
        answer = await two.himself.post("/me/messages/new", **sent)
        assert answer.status_code == 422
        assert "kvar" in answer.text
    id = await begin(two)
    assert (await two.himself.post(f"/me/messages/{id}", words="  ")).status_code == 422
    place = two.at(two.clinic, f"/messages/{id}")
    await two.clinic.done(place, do="close")
    for action in ("take", "release", "close", "burn"):
        assert (await two.clinic.post(place, do=action)).status_code == 409
    assert (await two.clinic.post(two.at(two.clinic, "/messages"), topic="", words="kvar här")).status_code == 422
    begun = await two.clinic.done(two.at(two.clinic, "/messages"), topic="Din tid", words="Vi ses")
    assert "Meddelandet är skickat" in begun
    assert "Din tid" in await two.himself.said("/me/messages")


async def test_a_proxy_reads_and_writes_by_a_mandate_for_documents_and_marks_nothing_read(service: Service) -> None:
    two = await pair(service)
    id = await begin(two, files=[("brev.pdf", PDF)])
    await two.clinic.done(two.at(two.clinic, f"/messages/{id}"), words="Svar till far")
    person = await service.person_of((await service.as_(CLINIC_DOCTOR).create(patient(DAUGHTER)))["id"])
    daughter = Pages(service, acting(citizen(person), Kind.PROXY, two.person, "Far"))
    number = ("http://electronichealth.se/identifier/personnummer", DAUGHTER)
    for matters, status in ((Matter.RESULTS, 404), (Matter.DOCUMENTS, 200)):
        given = mandate(
            f"Patient/{two.patient}", number, matters, dated=NOW, starts=NOW, ends=NOW + timedelta(days=9), name="Dotter"
        )
        await service.as_(citizen(two.person)).create(given)
        page = await daughter.get(f"/me/messages/{id}")
        assert page.status_code == status
    (paper,) = re.findall(rf"/me/messages/{id}/files/([^\"]+)", page.text)
    assert (await daughter.get(f"/me/messages/{id}/files/{paper}")).content == PDF
    assert "1 nytt" in await two.himself.said("/me/messages")
    assert "Ditt meddelande är skickat" in await daughter.done(f"/me/messages/{id}", words="Jag skriver åt far")
    assert "Citizen" in await two.clinic.said(two.at(two.clinic, f"/messages/{id}"))


@settings(deadline=None)
@given(st.binary(max_size=60))
def test_only_what_begins_as_a_known_type_or_is_text_is_a_file(content: bytes) -> None:
    made = file_of("x.exe", content)
    if made is not None and made.kind == "text/plain":
        assert content.decode().strip()
    elif made is not None:
        assert content.startswith((b"%PDF-", b"\xff\xd8\xff", b"\x89PNG"))
    assert kind_of(b"\x00" + content) == ""


@settings(deadline=None)
@given(st.text(max_size=120))
def test_a_name_is_safe_to_save_under_and_fits_in_a_header(name: str) -> None:
    safe = safe_name(name, "application/pdf")
    assert safe.endswith(".pdf")
    assert not set(safe) & set('/\\"<>|:*?;%\r\n\0')
    assert disposition(safe)["Content-Disposition"].isascii()

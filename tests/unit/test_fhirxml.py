"""FHIR XML: what is read and written, and what is refused, with where it is."""

from __future__ import annotations

import pytest

from kedja import exactjson, fhirxml
from kedja.outcome import OutcomeError


def doc(inner: str, root: str = "Patient") -> bytes:
    return f'<{root} xmlns="http://hl7.org/fhir">{inner}</{root}>'.encode()


def refusal(data: bytes) -> tuple[str, tuple[str, ...]]:
    with pytest.raises(OutcomeError) as caught:
        fhirxml.loads(data)
    assert caught.value.status in (400, 413)
    return caught.value.issues[0].diagnostics, caught.value.issues[0].expression


def test_a_resource_is_read_as_its_json() -> None:
    read = fhirxml.loads(
        doc(
            '<id value="1"/>'
            '<text><status value="generated"/><div xmlns="http://www.w3.org/1999/xhtml">A &lt; <b>B</b></div></text>'
            '<extension url="urn:x"><valueDecimal value="1.50"/></extension><active value="true"/>'
            '<name id="n"><given value="A"/><given><extension url="urn:y"><valueCode value="z"/></extension></given></name>'
            '<multipleBirthInteger value="2"/>'
        )
    )
    assert exactjson.dumps(read) == exactjson.dumps(
        {
            "resourceType": "Patient",
            "id": "1",
            "text": {"status": "generated", "div": '<div xmlns="http://www.w3.org/1999/xhtml">A &lt; <b>B</b></div>'},
            "extension": [{"url": "urn:x", "valueDecimal": exactjson.Number("1.50")}],
            "active": True,
            "name": [{"id": "n", "given": ["A", None], "_given": [None, {"extension": [{"url": "urn:y", "valueCode": "z"}]}]}],
            "multipleBirthInteger": 2,
        }
    )


def test_elements_are_written_in_the_order_of_the_specification() -> None:
    written = fhirxml.dumps({"resourceType": "Patient", "birthDate": "2000", "gender": "male", "_gender": {"id": "g"}, "id": "1"})
    assert written == (
        b'<?xml version="1.0" encoding="UTF-8"?><Patient xmlns="http://hl7.org/fhir"><id value="1"/>'
        b'<gender id="g" value="male"></gender><birthDate value="2000"/></Patient>'
    )


@pytest.mark.parametrize(
    "raw", ["1.50", "0.000", "1e3", "-1.0E-2", "12345678901234567890.123456789", "7", "100000000000000000000"]
)
def test_decimals_are_exact_as_written(raw: str) -> None:
    quantity = doc(
        f'<status value="final"/><code><text value="x"/></code><valueQuantity><value value="{raw}"/></valueQuantity>',
        "Observation",
    )
    read = fhirxml.loads(quantity)
    assert exactjson.dumps(read["valueQuantity"]) == b'{"value":%s}' % raw.encode()
    assert f'<value value="{raw}"/>'.encode() in fhirxml.dumps(read)


def test_line_ends_tabs_and_marks_in_a_string_survive() -> None:
    text = "a\nb\tc\rd \"e\" <f> & 'g' ]]> å 😀"
    patient = {"resourceType": "Patient", "name": [{"text": text}]}
    assert fhirxml.loads(fhirxml.dumps(patient)) == patient
    assert fhirxml.loads(fhirxml.dumps(patient, pretty=True)) == patient


@pytest.mark.parametrize(
    "div",
    [
        '<div xmlns="http://www.w3.org/1999/xhtml"/>',
        "<div xmlns='http://www.w3.org/1999/xhtml' ><p>a\r\nb &#160; &amp;</p> <!-- c > --><img alt=\"a>b\" src='#x' /></div >",
        '<div xmlns="http://www.w3.org/1999/xhtml"></div>',
        '<div xmlns="http://www.w3.org/1999/xhtml"><br/></div>',
        '<div class="x" xmlns="http://www.w3.org/1999/xhtml" xml:lang="sv"><![CDATA[a<b]]></div>',
    ],
)
def test_a_narrative_is_kept_verbatim(div: str) -> None:
    patient = {"resourceType": "Patient", "text": {"status": "generated", "div": div}, "active": True}
    assert fhirxml.loads(fhirxml.dumps(patient)) == patient


def test_a_narrative_that_leans_on_the_document_is_written_anew() -> None:
    prefixed = (
        '<Patient xmlns="http://hl7.org/fhir" xmlns:h="http://www.w3.org/1999/xhtml"><text><status value="generated"/>'
        '<h:div xml:lang="sv"><h:p title="&quot;">a &lt; b</h:p></h:div></text></Patient>'
    )
    assert fhirxml.loads(prefixed.encode())["text"]["div"] == (
        '<div xmlns="http://www.w3.org/1999/xhtml" xml:lang="sv"><p title="&quot;">a &lt; b</p></div>'
    )


def test_entities_of_html_become_numbers_in_xml() -> None:
    div = '<div xmlns="http://www.w3.org/1999/xhtml">a&nbsp;b &amp; c</div>'
    written = fhirxml.dumps({"resourceType": "Patient", "text": {"status": "generated", "div": div}})
    assert b"a&#160;b &amp; c" in written


@pytest.mark.parametrize(
    "div", ["<div>", "</div><evil/><div>", "plain", "<p xmlns='http://www.w3.org/1999/xhtml'/>", "<div>a</div>", ""]
)
def test_a_narrative_that_is_no_div_cannot_break_the_document(div: str) -> None:
    written = fhirxml.dumps({"resourceType": "Patient", "text": {"status": "generated", "div": div}, "active": True})
    assert fhirxml.loads(written)["active"] is True


def test_resources_stand_inside_resources() -> None:
    bundle = {
        "resourceType": "Bundle",
        "type": "transaction-response",
        "entry": [
            {
                "resource": {
                    "resourceType": "Patient",
                    "contained": [{"resourceType": "Organization", "id": "o"}],
                    "active": True,
                },
                "response": {
                    "status": "200",
                    "outcome": {"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": "value"}]},
                },
            }
        ],
    }
    assert fhirxml.loads(fhirxml.dumps(bundle)) == bundle
    parameters = {"resourceType": "Parameters", "parameter": [{"name": "a", "resource": {"resourceType": "Patient"}}]}
    assert fhirxml.loads(fhirxml.dumps(parameters)) == parameters


@pytest.mark.parametrize(
    ("data", "says", "where"),
    [
        (doc("<nam/>"), "did you mean `name`?", "Patient"),
        (doc('<name><family value="a"/></name><name><famly value="a"/></name>'), "(line 1, column 76)", "Patient.name[1]"),
        (doc('<gender value="male"/><name><text value="x"/></name>'), "stands after `gender`", "Patient.name"),
        (doc('<gender value="male"/><gender value="male"/>'), "stands twice", "Patient.gender"),
        (doc('<active value="yes"/>'), "`yes` is no boolean", "Patient.active"),
        (doc('<multipleBirthInteger value="1.0"/>'), "is no integer", "Patient.multipleBirthInteger"),
        (doc('<gender value=""/>'), "is empty", "Patient.gender"),
        (doc("<gender/>"), "is empty", "Patient.gender"),
        (doc('<gender value="male">x</gender>'), "text stands between", "Patient.gender"),
        (doc('<gender valu="male"/>'), "no attribute `valu`", "Patient.gender"),
        (doc('<name value="x"/>'), "no attribute `value`", "Patient.name[0]"),
        (doc("<name><id value='x'/></name>"), "is an attribute", "Patient.name[0]"),
        (doc("<contained/>"), "holds no resource", "Patient.contained[0]"),
        (doc("<contained><Patient/><Patient/></contained>"), "one resource", "Patient.contained[0]"),
        (doc("<contained><Patien/></contained>"), "did you mean `Patient`?", "Patient.contained[0]"),
        (doc('<name xmlns="urn:x"/>'), "in the namespace `urn:x`", "Patient"),
        (doc("<text><status value='generated'/><div>x</div></text>"), "a narrative is XHTML", "Patient.text.div"),
        (
            doc('<text><status value="generated"/><div xmlns="http://www.w3.org/1999/xhtml"><x xmlns="urn:x"/></div></text>'),
            "not of XHTML",
            "Patient.text",
        ),
        (doc("", 'Patient id="1"').replace(b'</Patient id="1">', b"</Patient>"), "a resource has no attribute `id`", "Patient"),
    ],
)
def test_what_does_not_fit_is_told_with_its_place(data: bytes, says: str, where: str) -> None:
    text, expression = refusal(data)
    assert says in text
    assert "(line " in text
    assert expression == (where,)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"<Patient/>", "in no namespace"),
        (b"", "no element found"),
        (b"{}", "at line 1, column 1"),
        (doc("<name>"), "mismatched tag"),
        (b'<!DOCTYPE x [<!ENTITY a "b">]>' + doc("&a;"), "document type"),
        (b'<!DOCTYPE x SYSTEM "file:///etc/passwd">' + doc(""), "document type"),
        (doc('<name><text value="&nbsp;"/></name>'), "&#160;"),
        (doc("").decode().encode("utf-16"), "UTF-8"),
        (b'<?xml version="1.0" encoding="ISO-8859-1"?>' + doc(""), "UTF-8"),
        (doc('<name><text value="\xe5"/></name>').decode().encode("latin-1"), "not well-formed"),
        (doc('<name><text value="&#0;"/></name>'), "reference to invalid character number"),
        (doc("<extension url='a'>" * 100 + "</extension>" * 100), "nested deeper than 64 levels"),
        (
            doc('<text><status value="generated"/><div xmlns="http://www.w3.org/1999/xhtml">' + "<b>" * 300),
            "nested deeper than 256 elements",
        ),
    ],
)
def test_what_is_no_fhir_xml_is_refused(data: bytes, says: str) -> None:
    assert says in refusal(data)[0]


def test_everything_that_is_wrong_is_told_at_once() -> None:
    wrong = doc('<contained><W/></contained><x/><active value="yes"><y/></active><gender value="male"/><name><z/></name>')
    with pytest.raises(OutcomeError) as caught:
        fhirxml.loads(wrong)
    assert [issue.diagnostics.split("`")[1] for issue in caught.value.issues] == ["W", "x", "yes", "name"]
    with pytest.raises(OutcomeError) as caught:
        fhirxml.loads(doc("<x/>" * 1000))
    assert len(caught.value.issues) == 100


def test_any_order_can_be_taken_from_others() -> None:
    text = doc('<birthDate value="2000"/><gender value="male"/>')
    assert fhirxml.loads(text, ordered=False) == {"resourceType": "Patient", "birthDate": "2000", "gender": "male"}
    with pytest.raises(OutcomeError):
        fhirxml.loads(doc('<gender value="male"/><active value="true"/><gender value="male"/>'), ordered=False)


def test_a_body_over_the_limit_is_refused() -> None:
    with pytest.raises(OutcomeError) as caught:
        fhirxml.loads(doc(""), max_bytes=10)
    assert caught.value.status == 413


def test_a_byte_order_mark_schema_location_comments_and_instructions_are_passed_over() -> None:
    text = (
        '\ufeff<?xml version="1.0" encoding="utf-8"?><?xml-stylesheet href="x"?><!-- a -->'
        '<f:Patient xmlns:f="http://hl7.org/fhir" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="http://hl7.org/fhir patient.xsd">\n'
        '  <!-- b --><f:active value="true"/>\n</f:Patient>\n'
    )
    assert fhirxml.loads(text.encode()) == {"resourceType": "Patient", "active": True}


@pytest.mark.parametrize(
    ("resource", "where"),
    [
        ({"resourceType": "Patient", "nam": []}, "Patient.nam"),
        ({"resourceType": "Patient", "name": [{"given": ["a", 1]}]}, "Patient.name[0].given[1]"),
        ({"resourceType": "Patient", "name": {"text": "a"}}, "Patient.name"),
        ({"resourceType": "Patient", "active": "true"}, "Patient.active"),
        ({"resourceType": "Patient", "gender": "a\x01"}, "Patient.gender"),
        ({"resourceType": "Patient", "_name": [{"id": "x"}]}, "Patient.name[0]"),
        ({"resourceType": "Patient", "contained": [{"resourceType": "Pat"}]}, "Patient.contained[0]"),
        ({"resourceType": "Patient", "extension": [{"url": 1}]}, "Patient.extension[0]"),
        ({"resourceType": "Patient", "gender": None}, "Patient.gender"),
        ({}, ""),
    ],
)
def test_what_has_no_form_in_xml_is_told_with_its_place(resource: dict[str, object], where: str) -> None:
    with pytest.raises(OutcomeError) as caught:
        fhirxml.dumps(resource)
    assert caught.value.issues[0].expression == ((where,) if where else ())

"""The capability statement, made from what is really served (FHIR R4 3.1.0.8)."""

from __future__ import annotations

from functools import cache
from typing import Any

import kedja
from kedja import exactjson, spec
from kedja.interactions.call import Answer, Call

_INTERACTIONS = ("read", "vread", "update", "delete", "history-instance", "create", "search-type")
_SEARCHED = frozenset(("string", "token", "reference", "date", "quantity", "number", "uri"))


async def capability(call: Call) -> Answer:
    return Answer(200, exactjson.dumps({**_statement(), "implementation": {"description": "Kedja", "url": call.base}}))


@cache
def _statement() -> dict[str, Any]:
    return {
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": "2026-11-21",
        "kind": "instance",
        "software": {"name": "Kedja", "version": kedja.__version__},
        "fhirVersion": "4.0.1",
        "format": ["json", "application/fhir+json"],
        "rest": [
            {
                "mode": "server",
                "security": {
                    "description": "Bearer tokens. Every answer is what the law lets the caller see; every read is logged.",
                },
                "resource": [_resource(resource_type) for resource_type in spec.TYPES],
                "interaction": [{"code": "transaction"}, {"code": "batch"}],
            }
        ],
    }


def _resource(resource_type: str) -> dict[str, Any]:
    parameters = [p for p in spec.search_parameters(resource_type).values() if p.type in _SEARCHED]
    references = sorted(f"{resource_type}:{p.code}" for p in parameters if p.type == "reference")
    return {
        "type": resource_type,
        "interaction": [{"code": code} for code in _INTERACTIONS],
        "versioning": "versioned-update",
        "readHistory": True,
        "updateCreate": True,
        "conditionalCreate": False,
        "searchInclude": references,
        "searchParam": [
            {"name": p.code, "definition": p.url, "type": p.type} if p.url else {"name": p.code, "type": p.type}
            for p in sorted(parameters, key=lambda p: p.code)
        ],
    }

"""CapabilityStatements: a search parameter is of the type that its definition has (R4 CapabilityStatement.rest.resource)."""

from __future__ import annotations

from typing import Any, cast

from kedja import spec
from kedja.validation.faults import Fault
from kedja.validation.scope import Scope

Json = dict[str, Any]


def capability_faults(statement: Json, _: Scope) -> list[Fault]:
    """Where the definition is one of R4's own."""
    faults: list[Fault] = []
    for place, rest in enumerate(cast("list[Json]", statement.get("rest", ()))):
        for at, resource in enumerate(cast("list[Json]", rest.get("resource", ()))):
            known = {one.url: one.type for one in spec.search_parameters(resource["type"]).values()}
            for number, parameter in enumerate(cast("list[Json]", resource.get("searchParam", ()))):
                type_name = known.get(str(parameter.get("definition")).partition("|")[0])
                if type_name is not None and type_name != parameter.get("type"):
                    text = (
                        f"the definition of `{parameter['name']}` is of type {type_name}, and this says {parameter.get('type')}"
                    )
                    path = f".rest[{place}].resource[{at}].searchParam[{number}].type"
                    faults.append(Fault(path, "value", f"{text}: make them agree"))
    return faults

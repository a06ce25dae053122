"""What FHIRPath needs of a validation: the resource, the one around it, references, value sets and profiles."""

from __future__ import annotations

from functools import partial

from kedja.fhirpath import Env, Item
from kedja.validation.narrative import narrative_fault
from kedja.validation.scope import Scope
from kedja.validation.terms import membership


def env(scope: Scope) -> Env:
    """Made once for each resource."""
    if scope.env is None:
        scope.env = Env(
            resource=scope.resource,
            root=scope.container,
            resolve=scope.resolve,
            member_of=lambda item, url: membership(item.value, item.type, url),
            conforms_to=partial(_conforms, scope),
            html=lambda text: narrative_fault(text) is None,
        )
    return scope.env


def _conforms(scope: Scope, item: Item, canonical: str) -> bool | None:
    from kedja.validation.profiles.library import conforms  # a profile has constraints, which are evaluated in an Env

    return conforms(item, canonical, scope)

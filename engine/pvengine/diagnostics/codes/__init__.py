"""Every code that a finding can have, with its severity and the rule behind it.

A code is never reused. The hundreds say what a rule speaks about: 0 the command, 1 text and YAML, 2 schema
and types, 3 references and graph, 4 falsifiers, 5 statuses and prose, 6 evidence, 7 changes. ``SCHEMA-001``
to ``SCHEMA-013`` are the rules of kernel contracts, under the codes that the format has had from its
beginning.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pvengine.diagnostics.codes import (
    changes,
    command,
    evidence,
    falsifiers,
    kernels,
    references,
    schema,
    statuses,
    text,
)

if TYPE_CHECKING:
    from pvengine.diagnostics.rule import Rule

__all__ = ["RULES", "get_rule"]

_MODULES = (command, text, schema, references, falsifiers, statuses, evidence, changes, kernels)

RULES: dict[str, Rule] = {rule.code: rule for module in _MODULES for rule in module.RULES}


def get_rule(code: str) -> Rule:
    """Return the rule with this code; KeyError where there is none."""
    return RULES[code]

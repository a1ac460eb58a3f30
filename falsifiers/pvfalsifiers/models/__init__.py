"""Language models: GGUF files read, tokens, and the forward pass on path A and path B with a trace."""

from pvfalsifiers.models.errors import ModelError
from pvfalsifiers.models.forward import embed, forward, forward_layer, forward_traced, project_logits
from pvfalsifiers.models.model import Layer, Model, load
from pvfalsifiers.models.trace import NAMES, StatisticFacts, Trace

__all__ = [
    "NAMES",
    "Layer",
    "Model",
    "ModelError",
    "StatisticFacts",
    "Trace",
    "embed",
    "forward",
    "forward_layer",
    "forward_traced",
    "load",
    "project_logits",
]

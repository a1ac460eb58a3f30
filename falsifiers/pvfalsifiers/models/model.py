"""A language model in a GGUF file: its hyperparameters, the weights of each layer, and its vocabulary."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from pvfalsifiers.blocks import FORMATS, QuantisedMatrix
from pvfalsifiers.models.gguf_file import GgufFile, StoredTensor, open_gguf
from pvfalsifiers.models.hyperparameters import Hyperparameters, read_hyperparameters
from pvfalsifiers.models.vocabulary import Vocabulary, read_vocabulary

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

__all__ = ["Layer", "Model", "load"]


@dataclass(frozen=True)
class Layer:
    """The weights of one layer; what is None the architecture or the model has not.

    The matrices lie in the file; the vectors are float32.
    """

    attention_norm: NDArray[np.float32]
    q: QuantisedMatrix
    k: QuantisedMatrix
    v: QuantisedMatrix
    attention_out: QuantisedMatrix
    ffn_norm: NDArray[np.float32]
    gate: QuantisedMatrix
    up: QuantisedMatrix
    down: QuantisedMatrix
    q_bias: NDArray[np.float32] | None = None
    k_bias: NDArray[np.float32] | None = None
    v_bias: NDArray[np.float32] | None = None
    q_norm: NDArray[np.float32] | None = None
    k_norm: NDArray[np.float32] | None = None
    attention_post_norm: NDArray[np.float32] | None = None
    ffn_post_norm: NDArray[np.float32] | None = None


@dataclass(frozen=True)
class Model:
    """A model that can be run.

    Parameters
    ----------
    path
        The file.
    hyperparameters
        The numbers that shape the forward pass.
    layers
        The weights of each layer.
    embeddings
        One row a token.
    output_norm
        Weights of the norm before the logits.
    output
        What makes logits; the embeddings themselves where the file has no other.
    file
        The open file, for its metadata.
    """

    path: Path
    hyperparameters: Hyperparameters
    layers: tuple[Layer, ...] = field(repr=False)
    embeddings: QuantisedMatrix = field(repr=False)
    output_norm: NDArray[np.float32] = field(repr=False)
    output: QuantisedMatrix = field(repr=False)
    file: GgufFile = field(repr=False)

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """The model's own vocabulary, read when it is first used."""
        return read_vocabulary(self.file, self.embeddings.rows)

    def tokenize(self, text: str, *, special: bool = True) -> list[int]:
        """Split a text into the model's tokens, the first of which begins the text where the model wants it.

        Parameters
        ----------
        text
            Any text.
        special
            Whether the names of control tokens in the text stand for these tokens.

        Raises
        ------
        ModelError
            The file has no vocabulary, or one of a kind that is not known here; or the text is no Unicode.
        """
        return self.vocabulary.tokenize(text, special=special)

    def detokenize(self, tokens: Sequence[int], *, special: bool = False) -> str:
        """Join tokens to a text; bytes that are no UTF-8 become U+FFFD.

        Parameters
        ----------
        tokens
            Numbers of tokens.
        special
            Whether control tokens are written out; else they are left out.

        Raises
        ------
        ModelError
            As for `tokenize`, or a number is not in the vocabulary.
        """
        return self.vocabulary.detokenize(tokens, special=special)


def load(path: Path | str) -> Model:
    """Open a model; weights stay in the file until they are used.

    Parameters
    ----------
    path
        A GGUF file of the architecture llama, qwen2 or gemma3.

    Raises
    ------
    ModelError
        The file is missing, foreign, truncated or of the other byte order; its architecture or the type of a
        tensor is unknown; a tensor is missing, has another shape, or would not be used.
    """
    file = open_gguf(path)
    found = read_hyperparameters(file)
    reader = _TensorReader(file)
    vocabulary = reader.get_rows("token_embd.weight")
    embeddings = reader.take_matrix("token_embd.weight", vocabulary, found.width)
    output_norm = reader.take_vector("output_norm.weight", found.width)
    has_output = "output.weight" in file.tensors
    output = reader.take_matrix("output.weight", vocabulary, found.width) if has_output else embeddings
    layers = tuple(_read_layer(reader, found, layer) for layer in range(found.layers))
    reader.refuse_unused()
    return Model(Path(path), found, layers, embeddings, output_norm, output, file)


def _list_matrices(found: Hyperparameters) -> Mapping[str, tuple[str, int, int]]:
    """Return, for each matrix of a layer, its name in the file, its rows and its columns."""
    return {
        "q": ("attn_q", found.heads * found.head_width, found.width),
        "k": ("attn_k", found.key_heads * found.head_width, found.width),
        "v": ("attn_v", found.key_heads * found.value_width, found.width),
        "attention_out": ("attn_output", found.width, found.heads * found.value_width),
        "gate": ("ffn_gate", found.inner, found.width),
        "up": ("ffn_up", found.inner, found.width),
        "down": ("ffn_down", found.width, found.inner),
    }


def _list_vectors(found: Hyperparameters) -> Mapping[str, tuple[str, int]]:
    """Return, for each norm of a layer, its name in the file and its length."""
    norms = {"attention_norm": ("attn_norm", found.width), "ffn_norm": ("ffn_norm", found.width)}
    if found.has_head_norms:
        norms |= {
            "q_norm": ("attn_q_norm", found.head_width),
            "k_norm": ("attn_k_norm", found.head_width),
            "attention_post_norm": ("post_attention_norm", found.width),
            "ffn_post_norm": ("post_ffw_norm", found.width),
        }
    return norms


def _read_layer(reader: _TensorReader, found: Hyperparameters, layer: int) -> Layer:
    parts: dict[str, QuantisedMatrix | NDArray[np.float32]] = {}
    for part, (name, rows, columns) in _list_matrices(found).items():
        parts[part] = reader.take_matrix(f"blk.{layer}.{name}.weight", rows, columns)
        bias = f"blk.{layer}.{name}.bias"
        if part in ("q", "k", "v") and bias in reader.file.tensors:
            parts[f"{part}_bias"] = reader.take_vector(bias, rows)
    for part, (name, length) in _list_vectors(found).items():
        parts[part] = reader.take_vector(f"blk.{layer}.{name}.weight", length)
    return Layer(**parts)  # type: ignore[arg-type] # the names above are those of the fields, each of its kind


class _TensorReader:
    """Takes tensors out of a file by name and shape, and remembers which."""

    def __init__(self, file: GgufFile) -> None:
        self.file = file
        self._taken: set[str] = set()

    def get_rows(self, name: str) -> int:
        return self._find(name, dimensions=2).shape[0]

    def take_matrix(self, name: str, rows: int, columns: int) -> QuantisedMatrix:
        tensor = self._find(name, dimensions=2)
        self._check_shape(tensor, (rows, columns))
        if tensor.format not in FORMATS:
            known = ", ".join(FORMATS)
            raise self.file.refuse(
                f"the tensor {name!r} is of type {tensor.format}",
                f"the kernels know {known}",
                "use a model of these types",
            )
        return QuantisedMatrix(tensor.format, rows, columns, tensor.data)

    def take_vector(self, name: str, length: int) -> NDArray[np.float32]:
        tensor = self._find(name, dimensions=1)
        self._check_shape(tensor, (length,))
        if tensor.format != "F32":
            raise self.file.refuse(
                f"the tensor {name!r} is of type {tensor.format}",
                "norms and biases are F32",
                "use another model",
            )
        return tensor.data.view(np.float32).copy()

    def refuse_unused(self) -> None:
        unused = sorted(set(self.file.tensors) - self._taken)
        if unused:
            raise self.file.refuse(
                f"the tensor {unused[0]!r}, and {len(unused) - 1} more, would not be used",
                "a forward pass that leaves weights out is that of another model",
                "use a model whose tensors are known",
            )

    def _find(self, name: str, *, dimensions: int) -> StoredTensor:
        tensor = self.file.tensors.get(name)
        if tensor is None:
            raise self.file.refuse(f"the tensor {name!r} is missing", "the forward pass needs it")
        if len(tensor.shape) != dimensions:
            raise self.file.refuse(
                f"the tensor {name!r} has the shape {tensor.shape}", f"it has {dimensions} dimensions"
            )
        self._taken.add(name)
        return tensor

    def _check_shape(self, tensor: StoredTensor, expected: tuple[int, ...]) -> None:
        if tensor.shape != expected:
            raise self.file.refuse(
                f"the tensor {tensor.name!r} has the shape {tensor.shape}",
                f"the metadata makes it {expected}",
            )

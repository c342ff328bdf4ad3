"""Write knowledge/matching/words.npz: the encoder's vectors of common words, small.

usage: python tests/golden/word_vectors.py    (only needed after a change of the bundled encoder)
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from knowledge.matching.encoder import Encoder

MATCHING = Path(__file__).parents[2] / "knowledge" / "matching"
AXES = 96
COMMON = 12_000
"""The axes are those of the most common words: rarer ones are mostly names."""


def main() -> None:
    """Encode every word of the encoder's vocabulary, keep the main axes."""
    vocabulary: dict[str, int] = json.loads((MATCHING / "minilm" / "tokenizer.json").read_text("utf-8"))["model"][
        "vocab"
    ]
    words = sorted((word for word in vocabulary if word.isalpha() and len(word) > 1), key=vocabulary.__getitem__)
    vectors = Encoder.bundled().encode(words, threads=2)
    vectors -= vectors[:COMMON].mean(0)
    axes = np.linalg.svd(vectors[:COMMON], full_matrices=False)[2][:AXES]
    small = vectors @ axes.T
    small *= 127 / np.abs(small).max(1, keepdims=True)
    with (MATCHING / "words.npz").open("wb") as file:
        np.savez_compressed(
            file, words=np.frombuffer("\n".join(words).encode(), np.uint8), vectors=np.rint(small).astype(np.int8)
        )


if __name__ == "__main__":
    main()

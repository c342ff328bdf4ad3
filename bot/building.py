"""From the configuration to something that answers: packs, encoder, index."""

from __future__ import annotations

import os
from pathlib import Path

from bot.config import Config
from knowledge.answerer import Answerer
from knowledge.errors import EncoderError
from knowledge.matching.encoder import Encoder
from knowledge.matching.vectorcache import VectorCache
from knowledge.packs import load_base


def vector_cache(config: Config) -> VectorCache:
    """Where vectors are kept between starts."""
    return VectorCache(config.data_dir / "cache")


def server_vectors(config: Config, guild: int) -> VectorCache:
    """Where the vectors of a server's own knowledge are kept."""
    return VectorCache(config.data_dir / "cache" / "servers" / str(guild))


def build_answerer(config: Config, cache: VectorCache, encoder: Encoder | None) -> Answerer:
    """Load and index the base. Many seconds of CPU the first time: call it off the event loop.

    Without an encoder it is matched by spelling alone, which is ready in a few seconds. Raises PackError
    with every problem of the packs.
    """
    return Answerer.build(load_base(config.packs), encoder=encoder, policy=config.matching.policy, cache=cache)


def open_encoder(name: str) -> Encoder | None:
    """The encoder that a configuration names: `bundled`, `bundled-small`, `none`, or a folder. Raises EncoderError."""
    match name:
        case "bundled":
            return Encoder.bundled()
        case "bundled-small":
            return Encoder.bundled(small=True)
        case "none":
            return None
        case _:
            folder = Path(os.path.expanduser(name))
            if not folder.is_dir():
                raise EncoderError(
                    f"{name}: there is no such encoder. Write into matching.encoder (or --encoder): bundled, "
                    "bundled-small, none, or a folder with a sentence-transformers ONNX export."
                )
            return Encoder.from_folder(folder)

"""From the configuration to something that answers: packs, encoder, index."""

from __future__ import annotations

from pathlib import Path

from bot.config import Config
from knowledge.answerer import Answerer
from knowledge.matching.encoder import Encoder
from knowledge.matching.vectorcache import VectorCache
from knowledge.packs import load_base


def build_answerer(config: Config) -> Answerer:
    """Load and index the base. Seconds of CPU the first time: call it off the event loop.

    Raises PackError with every problem of the packs, EncoderError for the encoder's files.
    """
    return Answerer.build(
        load_base(config.packs),
        encoder=open_encoder(config.matching.encoder),
        policy=config.matching.policy,
        cache=VectorCache(config.data_dir / "cache"),
    )


def open_encoder(name: str) -> Encoder | None:
    """The encoder that a configuration names: `bundled`, `none`, or a folder's path."""
    match name:
        case "bundled":
            return Encoder.bundled()
        case "none":
            return None
        case _:
            return Encoder.from_folder(Path(name).expanduser())

"""Options of commands that ask a base: which packs, which encoder."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bot.config import Config


def add_base_options(parser: argparse.ArgumentParser) -> None:
    """Add `--pack` and `--encoder`."""
    parser.add_argument(
        "--pack",
        action="append",
        metavar="PACK",
        help="answer from this pack, a name or a path, instead of the configured ones (may be repeated)",
    )
    add_encoder_option(parser)


def add_local_option(parser: argparse.ArgumentParser) -> None:
    """Add `--local`, for commands that act on what is kept."""
    parser.add_argument("--local", action="store_true", help="act on what `citebot local` holds (make run)")


def add_encoder_option(parser: argparse.ArgumentParser) -> None:
    """Add `--encoder` alone."""
    parser.add_argument(
        "--encoder", metavar="NAME", help="bundled, bundled-small, none, or the path of an encoder's folder"
    )


def configured(args: argparse.Namespace) -> Config:
    """The configuration, with what these options put in its place. Raises ConfigError."""
    from bot.config import load_config

    config = load_config(args.config)
    packs: list[Any] | None = getattr(args, "pack", None)
    if packs:
        config = config.with_packs(tuple(packs))
    return config.with_encoder(args.encoder) if args.encoder else config

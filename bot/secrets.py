"""The bot token: from the environment or a file that it names, and from nowhere else."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from knowledge.errors import ConfigError

TOKEN_VARIABLE = "DISCORD_TOKEN"  # noqa: S105  the variable's name, not a token
TOKEN_FILE_VARIABLE = "DISCORD_TOKEN_FILE"  # noqa: S105


def read_token(environ: Mapping[str, str]) -> str:
    """The token. Raises ConfigError if it is missing, empty or cannot be one; never shows it."""
    token = environ.get(TOKEN_VARIABLE, "").strip()
    origin = TOKEN_VARIABLE
    file = environ.get(TOKEN_FILE_VARIABLE, "").strip()
    if not token and file:
        origin = f"the file {file} ({TOKEN_FILE_VARIABLE})"
        try:
            token = Path(file).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError(f"cannot read {origin}: {error}") from error
    if not token and file:
        raise ConfigError(f"{origin} is empty; put the bot token there")
    if not token:
        raise ConfigError(
            f"no bot token: set the environment variable {TOKEN_VARIABLE}, or {TOKEN_FILE_VARIABLE} to the path of "
            "a file that holds it. To try the bot without a token: python -m bot local"
        )
    token = token.removeprefix("Bot ").strip()
    if not token.isascii() or any(character.isspace() for character in token):
        raise ConfigError(f"{origin} does not hold a bot token: tokens have no spaces or special letters")
    return token

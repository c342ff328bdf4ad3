"""The configuration file: defaults, errors with file and line, the example file."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import pytest
import yaml

from bot.config import default_values, load_config
from bot.running import handler_settings
from bot.settings import SETTINGS, Place
from knowledge.answerer import Policy
from knowledge.errors import ConfigError

EXAMPLE = Path(__file__).parents[2] / "config.example.yaml"


def write(folder: Path, text: str) -> Path:
    path = folder / "config.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def problems(folder: Path, text: str) -> str:
    with pytest.raises(ConfigError) as caught:
        load_config(write(folder, text))
    return str(caught.value)


def test_nothing_configured_works(folder: Path) -> None:
    config = load_config()
    assert config.packs == ("china-russia",)
    assert config.matching.policy == Policy()
    assert config.discord.message_content is False
    assert config.data_dir == Path("data")


def test_config_yaml_in_the_folder_is_found(folder: Path) -> None:
    write(folder, "packs: [rivers.yaml]\n")
    assert load_config().packs == ("rivers.yaml",)


def test_an_empty_file_is_the_defaults(folder: Path) -> None:
    assert load_config(write(folder, "# nothing yet\n")) == load_config()


def test_everything_can_be_set(folder: Path) -> None:
    config = load_config(
        write(
            folder,
            """\
packs: [china-russia, extra/]
data_dir: /var/lib/citebot
discord:
  answer_channels: {ask-here: 111, "222": "222"}
  moderator_roles: [333]
  message_content: true
  test_guild: 444
  api_base: http://127.0.0.1:9/api/v10/
matching: {encoder: none, wrong_costs: 2, off_base: 0.2, suggest_at: 0.2, unprompted_at: 0.95}
replies: {keep_days: 7}
log: {level: DEBUG}
""",
        )
    )
    assert config.discord.answer_channels == (Place(111, "ask-here"), Place(222, "222"))
    assert config.discord.test_guild == 444
    assert config.discord.api_base == "http://127.0.0.1:9/api/v10"
    settings = handler_settings(config)
    assert settings.answer_channels == {111, 222}
    assert settings.moderator_roles == {333}
    assert settings.reply_days == 7
    assert settings.unprompted_confidence == 0.95


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("data_dri: x\n", 1, "did you mean 'data_dir'?"),
        ("discord:\n  mesage_content: true\n", 2, "did you mean 'message_content'?"),
        ("discord:\n  message_content: 'yes'\n", 2, "must be true or false"),
        ("matching:\n\n  off_base: 1.5\n", 3, "must be less than 1"),
        ("replies:\n  keep_days: 0\n", 2, "at least 1"),
        ("discord:\n  test_guild: my server\n", 2, "is not a Discord id"),
        ("discord:\n  moderator_roles: [1, x]\n", 2, "is not a Discord id"),
        ("log:\n  level: LOUD\n", 2, "DEBUG, INFO, WARNING, ERROR"),
        ("discord:\n  api_base: discord.com\n", 2, "is not the address of an API"),
        ("packs: []\n", 1, "at least 1"),
        ("packs: [a\n", 2, "closed"),
        ("- packs\n", 1, "keys"),
        ("data_dir: ~nobody-of-that-name/x\n", 1, "there is no such user here"),
        ("discord:\n  answer_channels: [1]\n", 2, "needs discord.message_content: true"),
        ("matching:\n  suggest_at: 0.9\n", 2, "must not be above the confidence"),
        ("matching:\n  wrong_costs: 9\n  unprompted_at: 0.8\n", 3, "must not be below the confidence"),
    ],
)
def test_what_is_wrong_comes_with_file_line_and_what_to_do(folder: Path, text: str, line: int, words: str) -> None:
    told = problems(folder, text)
    assert told.startswith(f"config.yaml:{line}: ")
    assert words in told


def test_every_problem_is_listed_at_once(folder: Path) -> None:
    assert len(problems(folder, "a: 1\nb: 2\nreplies: {keep_days: x}\n").splitlines()) == 3


@pytest.mark.parametrize(
    "text", ["token: MTIz.secret\n", "discord:\n  token: MTIz.secret\n", "bot_token: MTIz.secret\n"]
)
def test_a_token_in_the_file_is_turned_away_and_not_shown(folder: Path, text: str) -> None:
    told = problems(folder, text)
    assert "DISCORD_TOKEN_FILE" in told
    assert "MTIz" not in told


def test_a_named_file_that_is_not_there_is_told(folder: Path) -> None:
    with pytest.raises(ConfigError, match=r"nope\.yaml: there is no such file"):
        load_config(folder / "nope.yaml")


def test_the_example_shows_every_setting_with_its_default() -> None:
    assert flat(yaml.safe_load(EXAMPLE.read_text(encoding="utf-8"))) == default_values()


def test_the_example_is_itself_a_configuration(folder: Path) -> None:
    assert load_config(EXAMPLE) == load_config()


def test_every_setting_in_the_example_has_a_comment() -> None:
    lines = EXAMPLE.read_text(encoding="utf-8").splitlines()
    for setting in SETTINGS:
        key = setting.name.split(".")[-1]
        at = next(i for i, line in enumerate(lines) if line.strip().startswith(f"{key}:"))
        assert lines[at - 1].strip().startswith("#"), setting.name


def flat(values: dict[str, Any], prefix: str = "") -> dict[str, object]:
    found: dict[str, object] = {}
    for key, value in values.items():
        if isinstance(value, dict):
            found |= flat(cast("dict[str, Any]", value), f"{prefix}{key}.")
        else:
            found[f"{prefix}{key}"] = value
    return found

"""What every handler is handed: the knowledge, the store, the clock and the settings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from handlers.cooldowns import Cooldowns
from handlers.metrics import Metrics, NoMetrics
from handlers.pending import Pending
from handlers.turns import Turns
from handlers.unstored import Unstored
from knowledge.guilds import GuildKnowledge
from knowledge.store import Store


@dataclass(frozen=True, slots=True)
class HandlerSettings:
    """The part of the configuration that handlers act on.

    `answer_channels` are channel ids where unprompted messages get an answer at `unprompted_confidence`
    (0..1) or more; that needs `message_content`, the privileged intent. `moderator_roles` are role ids
    whose holders may remove any reply. Buttons that depend on the store work for `reply_days` days. People
    are forgotten who were not seen for `unseen_days`, servers that the bot left after `left_server_days`.
    """

    answer_channels: frozenset[int] = frozenset()
    moderator_roles: frozenset[int] = frozenset()
    message_content: bool = False
    reply_days: int = 30
    unseen_days: int = 365
    left_server_days: int = 30
    unprompted_confidence: float = 0.8


@dataclass(frozen=True, slots=True)
class Services:
    """Opened once in main and handed to `handlers.setup.setup`. `clock` gives aware UTC time.

    `proposing` lets each member propose one thing at a time, so that limits hold.
    """

    knowledge: GuildKnowledge
    store: Store
    clock: Callable[[], datetime]
    settings: HandlerSettings
    pending: Pending = field(default_factory=Pending)
    unstored: Unstored = field(default_factory=Unstored)
    metrics: Metrics = field(default_factory=NoMetrics)
    cooldowns: Cooldowns = field(default_factory=Cooldowns)
    proposing: Turns = field(default_factory=Turns)

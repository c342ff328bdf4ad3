"""What people do on the page: speak, edit, press, choose, fill in, open threads."""

from __future__ import annotations

from typing import Any

from bot.local import message_payloads, payloads
from bot.local.attachments import Attachments, Upload
from bot.local.commands import MESSAGE as MESSAGE_COMMAND
from bot.local.commands import Commands
from bot.local.errors import PersonError
from bot.local.interactions import Interaction, Interactions, InteractionType
from bot.local.jsontypes import Json, as_id, as_int
from bot.local.mentions import Allowed
from bot.local.messages import Draft, Messages
from bot.local.options import Resolved, read_fields, read_options, read_values
from bot.local.permissions import Permission, channel_permissions, may_speak
from bot.local.state import Channel, ChannelType, Message, MessageType, User, World
from bot.local.validate import CONTENT
from bot.local.validate_components import LINK, PREMIUM, SELECTS, Kind, walk

PAGE = 100  # messages a request for history brings at most


class Actions:
    """Carries out what a person asks for, or says why not (PersonError)."""

    def __init__(
        self,
        world: World,
        messages: Messages,
        commands: Commands,
        interactions: Interactions,
        attachments: Attachments,
    ) -> None:
        self._world = world
        self._messages = messages
        self._commands = commands
        self._interactions = interactions
        self._attachments = attachments

    def channels(self, user: User) -> list[Channel]:
        """The channels that a person sees, the direct message last."""
        seen = [
            channel
            for channel in self._world.channels.values()
            if channel.guild_id not in self._world.others
            and Permission.VIEW_CHANNEL in channel_permissions(self._world, user.id, channel)
        ]
        return sorted(seen, key=lambda channel: channel.type is ChannelType.DM)

    async def do(self, user: User, frame: Json) -> Any:
        """Carry out one frame of the page and return the reply's data."""
        op = frame.get("op")
        if op == "modal":
            return self._started(self._modal(user, frame))
        channel = self._channel(user, frame)
        if op == "autocomplete":
            return {"choices": await self._autocomplete(user, channel, frame)}
        simple = {
            "history": self._history,
            "send": self._send,
            "edit": self._edit,
            "delete": self._delete,
            "dismiss": self._dismiss,
            "typing": self._typing,
            "react": self._react,
            "thread": self._thread,
        }
        starting = {"command": self._command, "context": self._context, "component": self._component}
        if op in simple:
            return simple[op](user, channel, frame)
        if op in starting:
            return self._started(starting[op](user, channel, frame))
        raise PersonError(f"There is no operation {op}.")

    def upload(self, user: User, channel_id: Any, upload: Upload) -> Json:
        """Take a person's file for an option of a command; returns the attachment."""
        return self._attachments.upload(user.id, self._channel(user, {"channel": channel_id}).id, upload)

    def _started(self, interaction: Interaction) -> Json:
        return {"interaction": str(interaction.id)}

    def _channel(self, user: User, frame: Json) -> Channel:
        channel = self._world.channels.get(as_id(frame.get("channel")) or 0)
        if channel is None or not channel_permissions(self._world, user.id, channel):
            raise PersonError("There is no such channel.")
        return channel

    def _message(self, user: User, channel: Channel, value: Any) -> Message:
        message = channel.messages.get(as_id(value) or 0)
        if message is None or message.ephemeral_to not in (None, user.id):
            raise PersonError("That message no longer exists.")
        return message

    # --- messages -------------------------------------------------------------------------------

    def _history(self, user: User, channel: Channel, frame: Json) -> Json:
        limit = max(1, min(as_int(frame.get("limit"), 50), PAGE))
        before = as_id(frame.get("before"))
        seen = [
            message
            for message in channel.messages.values()
            if message.ephemeral_to in (None, user.id) and (before is None or message.id < before)
        ]
        shown = [message_payloads.message_event_json(self._world, item, viewer=user.id) for item in seen[-limit:]]
        return {"messages": shown, "more": len(seen) > limit}

    def _text(self, frame: Json) -> str:
        content = str(frame.get("content") or "").strip()
        if not content:
            raise PersonError("The message is empty.")
        if len(content) > CONTENT:
            raise PersonError(f"The message is {len(content)} characters long; {CONTENT} are allowed.")
        return content

    def _send(self, user: User, channel: Channel, frame: Json) -> Json:
        if not may_speak(self._world, user.id, channel) or channel.type is ChannelType.FORUM:
            raise PersonError("You may not write in this channel.")
        draft = Draft(content=self._text(frame), nonce=frame.get("nonce"))
        if frame.get("reply_to") is not None:
            draft.answers = self._message(user, channel, frame["reply_to"])
            draft.type = MessageType.REPLY
            draft.allowed = Allowed(replied_user=frame.get("ping") is not False)
        message = self._messages.post(user, channel, draft)
        return message_payloads.message_event_json(self._world, message, viewer=user.id)

    def _edit(self, user: User, channel: Channel, frame: Json) -> Json:
        message = self._message(user, channel, frame.get("message"))
        if message.author_id != user.id:
            raise PersonError("Only its author may edit a message.")
        self._messages.rewrite(message, Draft(content=self._text(frame)), {"content"})
        return message_payloads.message_event_json(self._world, message, viewer=user.id)

    def _delete(self, user: User, channel: Channel, frame: Json) -> None:
        message = self._message(user, channel, frame.get("message"))
        moderates = Permission.MANAGE_MESSAGES in channel_permissions(self._world, user.id, channel)
        if message.ephemeral_to is None and message.author_id != user.id and not moderates:
            raise PersonError("You may not delete this message.")
        self._messages.delete(message)

    def _dismiss(self, user: User, channel: Channel, frame: Json) -> None:
        message = self._message(user, channel, frame.get("message"))
        if message.ephemeral_to is None:
            raise PersonError("Only messages that nobody else sees can be dismissed.")
        self._messages.delete(message)

    def _typing(self, user: User, channel: Channel, _frame: Json) -> None:
        self._messages.typing(user, channel)

    def _react(self, user: User, channel: Channel, frame: Json) -> None:
        message = self._message(user, channel, frame.get("message"))
        emoji = str(frame.get("emoji") or "")
        if not emoji or len(emoji) > 64:
            raise PersonError("Name an emoji.")
        self._messages.react(message, user, emoji, remove=bool(frame.get("remove")))

    def _thread(self, user: User, channel: Channel, frame: Json) -> Json:
        name = str(frame.get("name") or "").strip()
        if not 1 <= len(name) <= 100:
            raise PersonError("A thread's name has 1 to 100 characters.")
        if channel.type not in (ChannelType.TEXT, ChannelType.FORUM):
            raise PersonError("A thread cannot be opened here.")
        start = self._message(user, channel, frame["message"]) if frame.get("message") else None
        if start is not None and start.thread_id is not None:
            raise PersonError("This message has a thread already.")
        content = self._text(frame) if frame.get("content") or channel.type is ChannelType.FORUM else ""
        thread = self._messages.open_thread(user, channel, name, start)
        if content:
            self._messages.post(user, thread, Draft(content=content))
        return payloads.channel_json(self._world, thread)

    # --- interactions ---------------------------------------------------------------------------

    def _usable(self, user: User, channel: Channel, frame: Json) -> Json:
        command = self._commands.usable(as_id(frame.get("command")) or 0, user.id, channel)
        if command is None:
            raise PersonError("You cannot use this command here.")
        return command

    def _command_data(self, command: Json, resolved: Resolved) -> Json:
        data: Json = {"id": command["id"], "name": command["name"], "type": command["type"]}
        if "guild_id" in command:
            data["guild_id"] = command["guild_id"]
        if resolved.data:
            data["resolved"] = resolved.data
        return data

    def _resolved(self, user: User, channel: Channel) -> Resolved:
        files = self._attachments.uploaded_by(user.id)
        return Resolved(self._world, direct=channel.type is ChannelType.DM, files=files)

    def _command(self, user: User, channel: Channel, frame: Json) -> Interaction:
        command, resolved = self._usable(user, channel, frame), self._resolved(user, channel)
        options = read_options(command.get("options"), frame.get("options"), resolved)
        data = {**self._command_data(command, resolved), "options": options}
        return self._interactions.start(InteractionType.COMMAND, user.id, channel, data, nonce=frame.get("nonce"))

    async def _autocomplete(self, user: User, channel: Channel, frame: Json) -> list[Json]:
        command, resolved = self._usable(user, channel, frame), self._resolved(user, channel)
        options = read_options(command.get("options"), frame.get("options"), resolved, partial=True)
        data = {**self._command_data(command, resolved), "options": options}
        interaction = self._interactions.start(InteractionType.AUTOCOMPLETE, user.id, channel, data)
        if interaction.choices is None:
            return []
        return await interaction.choices

    def _context(self, user: User, channel: Channel, frame: Json) -> Interaction:
        command, resolved = self._usable(user, channel, frame), self._resolved(user, channel)
        if command["type"] != MESSAGE_COMMAND:
            raise PersonError("This command is not for messages.")
        target = self._message(user, channel, frame.get("target"))
        if target.ephemeral_to is not None:
            raise PersonError("Nobody else sees this message, so no command can be used on it.")
        resolved.data["messages"] = {str(target.id): message_payloads.message_json(self._world, target)}
        data = {**self._command_data(command, resolved), "target_id": str(target.id)}
        return self._interactions.start(
            InteractionType.COMMAND, user.id, channel, data, nonce=frame.get("nonce"), target=target
        )

    def _component(self, user: User, channel: Channel, frame: Json) -> Interaction:
        message = self._message(user, channel, frame.get("message"))
        wanted = frame.get("custom_id")
        found = next((item for item in walk(message.components) if item.get("custom_id") == wanted), None)
        if found is None or (found.get("style") in (LINK, PREMIUM) and found["type"] == Kind.BUTTON):
            raise PersonError("That button is no longer there.")
        if found.get("disabled"):
            raise PersonError("That is disabled.")
        data: Json = {"component_type": found["type"], "custom_id": wanted, "id": found.get("id") or 0}
        if found["type"] in SELECTS:
            resolved = self._resolved(user, channel)
            data["values"] = read_values(found, frame.get("values"), resolved)
            if resolved.data:
                data["resolved"] = resolved.data
        return self._interactions.start(
            InteractionType.COMPONENT, user.id, channel, data, nonce=frame.get("nonce"), source=message
        )

    def _modal(self, user: User, frame: Json) -> Interaction:
        parent = self._interactions.find(as_id(frame.get("interaction")) or 0, user.id)
        if parent.modal is None:
            raise PersonError("This dialog is no longer open.")
        channel = self._world.channels[parent.channel_id]
        resolved = self._resolved(user, channel)
        fields = read_fields(parent.modal["components"], frame.get("fields"), resolved)
        data: Json = {"custom_id": parent.modal["custom_id"], "components": fields}
        if resolved.data:
            data["resolved"] = resolved.data
        return self._interactions.start(
            InteractionType.MODAL_SUBMIT,
            user.id,
            channel,
            data,
            nonce=frame.get("nonce"),
            source=parent.source,
            parent=parent,
        )

"""The HTTP API of the application: commands, interaction callbacks and their webhooks."""

from __future__ import annotations

from collections.abc import Callable

from aiohttp import web

from bot.local import message_payloads
from bot.local.commands import Commands
from bot.local.errors import not_found
from bot.local.http_api import BODY, UPLOADS, answer, body_of, nothing, path_id
from bot.local.interactions import Interaction, Interactions
from bot.local.responding import Responder
from bot.local.state import Message, World


class ApplicationApi:
    """Commands need the bot's token; callbacks and webhooks carry their own."""

    def __init__(self, world: World, commands: Commands, interactions: Interactions, responder: Responder) -> None:
        self._world = world
        self._commands = commands
        self._interactions = interactions
        self._responder = responder
        self.on_commands: Callable[[], None] = lambda: None

    def command_routes(self) -> list[web.RouteDef]:
        """Registering commands, globally and for a guild."""
        routes: list[web.RouteDef] = []
        for scope in ("", "/guilds/{guild_id}"):
            path = f"/applications/{{application_id}}{scope}/commands"
            one = path + "/{command_id}"
            routes += [
                web.get(path, self.list_commands),
                web.put(path, self.replace_commands),
                web.post(path, self.create_command),
                web.get(one, self.get_command),
                web.patch(one, self.change_command),
                web.delete(one, self.delete_command),
            ]
        permissions = "/applications/{application_id}/guilds/{guild_id}/commands/permissions"
        return [web.get(permissions, self.command_permissions), *routes]

    def token_routes(self) -> list[web.RouteDef]:
        """What an interaction's token opens."""
        hook = "/webhooks/{webhook_id}/{webhook_token}"
        callback = "/interactions/{interaction_id}/{interaction_token}/callback"
        routes = [web.post(callback, self.callback), web.post(hook, self.follow_up)]
        for which in ("@original", "{message_id}"):
            path = f"{hook}/messages/{which}"
            routes += [
                web.get(path, self.get_response),
                web.patch(path, self.edit_response),
                web.delete(path, self.delete_response),
            ]
        return routes

    # --- commands -------------------------------------------------------------------------------

    def _scope(self, request: web.Request) -> int:
        if path_id(request, "application_id") != self._world.bot.id:
            raise not_found("Application")
        return path_id(request, "guild_id") if "guild_id" in request.match_info else 0

    async def list_commands(self, request: web.Request) -> web.Response:
        """The commands of a scope."""
        return answer(self._commands.all(self._scope(request)))

    async def replace_commands(self, request: web.Request) -> web.Response:
        """Replace all commands of a scope."""
        replaced = self._commands.replace_all(request.get(BODY), self._scope(request))
        self.on_commands()
        return answer(replaced)

    async def create_command(self, request: web.Request) -> web.Response:
        """Add a command, or replace the one of that name."""
        command, new = self._commands.create(body_of(request), self._scope(request))
        self.on_commands()
        return answer(command, 201 if new else 200)

    async def get_command(self, request: web.Request) -> web.Response:
        """One command."""
        return answer(self._commands.get(path_id(request, "command_id"), self._scope(request)))

    async def change_command(self, request: web.Request) -> web.Response:
        """Change one command."""
        scope, command_id = self._scope(request), path_id(request, "command_id")
        changed = self._commands.change(command_id, body_of(request), scope)
        self.on_commands()
        return answer(changed)

    async def delete_command(self, request: web.Request) -> web.Response:
        """Remove one command."""
        self._commands.delete(path_id(request, "command_id"), self._scope(request))
        self.on_commands()
        return nothing()

    async def command_permissions(self, request: web.Request) -> web.Response:
        """No server has changed who may use which command."""
        self._scope(request)
        return answer([])

    # --- interactions ---------------------------------------------------------------------------

    async def callback(self, request: web.Request) -> web.Response:
        """The first response to an interaction."""
        interaction = self._interactions.awaiting(
            path_id(request, "interaction_id"), request.match_info["interaction_token"]
        )
        summary = self._responder.respond(interaction, body_of(request), request.get(UPLOADS, []))
        if request.query.get("with_response", "").lower() in ("1", "true"):
            return answer(summary)
        return nothing()

    def _interaction(self, request: web.Request) -> Interaction:
        if path_id(request, "webhook_id") != self._world.bot.id:
            raise not_found("Webhook")
        return self._interactions.by_token(request.match_info["webhook_token"])

    def _response(self, request: web.Request) -> tuple[Interaction, Message]:
        interaction = self._interaction(request)
        which = request.match_info.get("message_id", "@original")
        return interaction, self._responder.message(interaction, which)

    def _shown(self, message: Message) -> web.Response:
        return answer(message_payloads.message_json(self._world, message, viewer=self._world.bot.id))

    async def follow_up(self, request: web.Request) -> web.Response:
        """A further message."""
        interaction = self._interaction(request)
        message = self._responder.follow_up(interaction, body_of(request), request.get(UPLOADS, []))
        return self._shown(message)

    async def get_response(self, request: web.Request) -> web.Response:
        """A message of the interaction."""
        return self._shown(self._response(request)[1])

    async def edit_response(self, request: web.Request) -> web.Response:
        """Change a message of the interaction."""
        interaction, message = self._response(request)
        self._responder.edit(interaction, message, body_of(request), request.get(UPLOADS, []))
        return self._shown(message)

    async def delete_response(self, request: web.Request) -> web.Response:
        """Delete a message of the interaction."""
        self._responder.delete(self._response(request)[1])
        return nothing()

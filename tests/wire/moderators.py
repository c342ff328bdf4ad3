"""What moderators do over the wire: fill in the forms of an entry, publish, export."""

from __future__ import annotations

import aiohttp
from whole_bot import text_of

from bot.local.dialogs import prefilled
from bot.local.jsontypes import Json, as_objects
from bot.local.person import Person, describe_components

LANTERN = "When does the harbour light its lanterns?"
ASKED = "at what time are the lanterns of the harbour lit?"


async def panel_of(person: Person, dialog: Json, **fields: object) -> Json:
    """The panel that a first form leads to."""
    return await person.response(await person.submit(dialog, **fields))


async def change(person: Person, panel: Json, form: str, shown: str, **fields: object) -> Json:
    """Fill in one of the forms of a panel; the panel, once it shows something."""
    await person.submit(await person.dialog(await person.press(panel, form)), **fields)
    return await person.changed(panel, lambda message: shown in text_of(message))


async def published(person: Person, preview: Json) -> str:
    """Press *Publish* under a preview; what it becomes."""
    assert "What would change" in text_of(preview)
    await person.press(preview, "Publish")
    return text_of(await person.changed(preview, lambda message: "Publish" not in describe_components(message)))


async def chosen(person: Person, command: str, item: str) -> str:
    """Use a command on an item from its list. Returns the interaction's id."""
    choices = await person.complete("general", command, "item", item)
    value = next(choice["value"] for choice in choices if item in choice["name"])
    return await person.run("general", command, item=value)


async def exported(person: Person) -> bytes:
    """What `/kb export` gives."""
    (file,) = as_objects((await person.response(await person.run("general", "kb export")))["attachments"])
    async with aiohttp.ClientSession() as session, session.get(file["url"]) as response:
        return await response.read()


async def added(person: Person) -> str:
    """Publish the entry about the lanterns; what is said then."""
    panel = await panel_of(
        person, await person.dialog(await person.run("general", "kb add")), question=LANTERN, answer="At dusk."
    )
    panel = await change(
        person, panel, "Where it stands", "Harbour book", title="Harbour book", url="https://h.example"
    )
    panel = await change(person, panel, "Who says it", "Ines Roth", name="Ines Roth", role="harbour master")
    return await published(person, await person.response(await person.press(panel, "Publish …")))


async def edited(person: Person, before: str, after: str) -> Json:
    """Word the answer about the lanterns otherwise; the preview."""
    form = await person.dialog(await chosen(person, "kb edit", LANTERN))
    assert prefilled(form)["answer"] == before
    panel = await panel_of(person, form, answer=after)
    return await person.response(await person.press(panel, "Publish …"))

"""What a change would do to questions, as moderators read it before they publish."""

from __future__ import annotations

from collections.abc import Sequence

from handlers.escape import inline
from handlers.limits import cut
from handlers.listing import counted
from knowledge.curation.effect import Effect, Fate, Switched

SHOWN = 6
"""So many questions that a change would touch are named; the rest is counted."""

CHANNELS = 3
"""So many channels are named; the rest is counted."""


def would_change(found: Sequence[Effect], *, where: str = "", shown: int = SHOWN) -> str:
    """What a change would do to questions, in a few lines of markdown; `where` is put after the heading."""
    head = f"What would change{where}"
    if not found:
        return f"**{head}:** nobody has asked anything yet, so there is nothing to compare."
    touched = [effect for effect in found if effect.fate is not Fate.SAME or effect.breaks]
    asked = counted(len(found), "recent or golden question")
    if not touched:
        return f"**{head}:** none of {asked} would be answered otherwise."
    counts = [
        f"{number} {words}"
        for fate, words in ((Fate.LOST, "lost"), (Fate.CHANGED, "changed"), (Fate.NEW, "newly answered"))
        if (number := sum(effect.fate is fate for effect in touched))
    ]
    lines = [f"**{head}**, of {asked}: {', '.join(counts) or 'golden questions fail'}."]
    lines += [_effect(effect) for effect in touched[:shown]]
    if len(touched) > shown:
        lines.append(f"- … and {len(touched) - shown} more")
    return "\n".join(lines)


def would_switch(found: Switched) -> str:
    """The same for other packs or other channels, channels that see the same together."""
    if found.left_out:
        count = counted(found.left_out, "item")
        lost = [f"⚠️ {count} of this server’s own would be left out: what they rest on is in a pack that would be off."]
    else:
        lost = []
    shown = max(2, SHOWN // max(1, len(found.places)))
    told = [would_change(place.effects, where=_where(place.channels), shown=shown) for place in found.places]
    return "\n".join([*lost, *(told or ["**What would change:** nothing."])])


def _where(channels: Sequence[int] | None) -> str:
    if channels is None:
        return ""
    if not channels:
        return " everywhere else"
    more = f" and {len(channels) - CHANNELS} more" if len(channels) > CHANNELS else ""
    return f" in {', '.join(f'<#{channel}>' for channel in channels[:CHANNELS])}{more}"


def _effect(effect: Effect) -> str:
    asked = inline(cut(effect.question, 70))
    match effect.fate:
        case Fate.LOST:
            told = f"- ⚠️ lost: “{asked}” is no longer answered"
        case Fate.NEW:
            told = f"- 🆕 answered: “{asked}” → {inline(cut(effect.after.title, 60))}"
        case Fate.CHANGED:
            other = effect.before.candidate_id != effect.after.candidate_id
            told = f"- ✏️ changed: “{asked}”" + (f" → {inline(cut(effect.after.title, 60))}" if other else "")
        case Fate.SAME:
            told = f"- “{asked}”"
    return told + (" — **a golden question fails**" if effect.breaks else "")

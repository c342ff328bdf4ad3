"""What a change would do to questions, as moderators read it before they publish."""

from __future__ import annotations

from collections.abc import Sequence

from handlers.escape import inline
from handlers.limits import cut
from handlers.listing import counted
from knowledge.curation.effect import Effect, Fate

SHOWN = 6
"""So many questions that a change would touch are named; the rest is counted."""


def would_change(found: Sequence[Effect]) -> str:
    """What a change would do to questions, in a few lines of markdown."""
    if not found:
        return "**What would change:** nobody has asked anything yet, so there is nothing to compare."
    touched = [effect for effect in found if effect.fate is not Fate.SAME or effect.breaks]
    asked = counted(len(found), "recent or golden question")
    if not touched:
        return f"**What would change:** none of {asked} would be answered otherwise."
    counts = [
        f"{number} {words}"
        for fate, words in ((Fate.LOST, "lost"), (Fate.CHANGED, "changed"), (Fate.NEW, "newly answered"))
        if (number := sum(effect.fate is fate for effect in touched))
    ]
    lines = [f"**What would change**, of {asked}: {', '.join(counts) or 'golden questions fail'}."]
    lines += [_effect(effect) for effect in touched[:SHOWN]]
    if len(touched) > SHOWN:
        lines.append(f"- … and {len(touched) - SHOWN} more")
    return "\n".join(lines)


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

"""Whether a base would still fit together with a change: asked before the change is previewed."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from handlers.errors import NoticeError
from handlers.escape import inline
from handlers.limits import MESSAGE_CONTENT, cut
from knowledge.curation.items import Edit
from knowledge.curation.merging import new_problems
from knowledge.snapshot import Standing


async def require_fit(standing: Standing, edits: Sequence[Edit], otherwise: str = "That does not fit:") -> None:
    """Raises NoticeError, `otherwise` and what is in the way, where the base would not fit together with the edits."""
    _, problems = await asyncio.to_thread(new_problems, standing.ground, standing.overlay, edits)
    if problems:
        lines = "\n".join(f"- {inline(str(problem))}" for problem in problems)
        raise NoticeError(cut(f"{otherwise}\n{lines}", MESSAGE_CONTENT))

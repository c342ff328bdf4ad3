"""While an index is made no garbage is collected, and threads give way to the event loop more often."""

from __future__ import annotations

import gc
import sys

import pytest

from bot.quiet import HAND_OVER, Quiet


def test_threads_hand_over_often_within_the_block_alone() -> None:
    before = sys.getswitchinterval()
    with Quiet().handing_over():
        assert sys.getswitchinterval() == pytest.approx(HAND_OVER)
    assert sys.getswitchinterval() == pytest.approx(before)


def test_no_garbage_is_collected_until_the_last_of_two_is_made() -> None:
    quiet = Quiet()
    try:
        with quiet.making():
            with quiet.making():
                assert not gc.isenabled()
            assert not gc.isenabled()
        assert gc.isenabled()
    finally:
        gc.unfreeze()


def test_what_was_made_is_passed_over_later() -> None:
    try:
        with Quiet().making():
            made = [[number] for number in range(1000)]
        assert gc.get_freeze_count() >= len(made)
    finally:
        gc.unfreeze()


def test_collecting_goes_on_where_making_failed() -> None:
    try:
        with pytest.raises(ValueError, match="no base"), Quiet().making():
            raise ValueError("no base")
        assert gc.isenabled()
    finally:
        gc.unfreeze()

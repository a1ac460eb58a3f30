"""Endings that are hard to bring about for real."""

from __future__ import annotations

import os
import signal

import pytest

from pvengine.models.trial import Failure, TrialResult
from pvengine.runner.endings import TrialEndedError, describe_end, name_signal, read_reply
from pvengine.runner.template import Ending


def test_signals_are_named() -> None:
    assert name_signal(11).startswith("SIGSEGV (")
    assert name_signal(signal.SIGRTMIN + 3).startswith(f"signal {signal.SIGRTMIN + 3}")


def test_a_good_ending_has_no_failure() -> None:
    reply = bytearray(TrialResult(fault=None).model_dump_json().encode())
    ending = Ending(status=0, reply=reply, is_started=True)
    assert describe_end(ending, 1) is None
    assert read_reply(ending, TrialResult, 1).fault is None


def test_a_reply_counts_only_with_exit_code_0() -> None:
    ending = Ending(status=os.EX_USAGE << 8, reply=bytearray(b"{}"), is_started=True)
    with pytest.raises(TrialEndedError) as caught:
        read_reply(ending, TrialResult, 1)
    assert caught.value.failure is Failure.EXIT

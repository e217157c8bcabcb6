"""Run several programs as one: they start together, and when one ends or we are told to stop, all end."""

import os
import signal
import subprocess
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from types import FrameType

STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
SECONDS_TO_END = 20


def run_together(commands: Mapping[str, Sequence[str]], environment: Mapping[str, str]) -> str | None:
    """Run until told to stop, and leave no process behind.

    Return the name of the program that ended by itself, or None when a signal stopped them all.
    """
    stop = threading.Event()
    with stopped_by_signals(stop):
        programs: dict[str, subprocess.Popen[bytes]] = {}
        try:
            for name, command in commands.items():
                # A session of its own: Ctrl-C reaches us only, and we stop each of them once.
                programs[name] = subprocess.Popen(command, env=dict(environment), start_new_session=True)  # noqa: S603 - our own programs
            return wait_for_end(programs, stop)
        finally:
            end_all(list(programs.values()))


@contextmanager
def stopped_by_signals(stop: threading.Event) -> Iterator[None]:
    def on_signal(number: int, frame: FrameType | None) -> None:
        stop.set()

    before = {number: signal.signal(number, on_signal) for number in STOP_SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def wait_for_end(programs: Mapping[str, subprocess.Popen[bytes]], stop: threading.Event) -> str | None:
    while not stop.wait(0.2):
        for name, program in programs.items():
            if program.poll() is not None:
                return name
    return None


def end_all(programs: Sequence[subprocess.Popen[bytes]]) -> None:
    for program in programs:
        program.terminate()
    for program in programs:
        with suppress(subprocess.TimeoutExpired):
            program.wait(SECONDS_TO_END)
        # Its children too, should it have died without ending them.
        with suppress(ProcessLookupError):
            os.killpg(program.pid, signal.SIGKILL)
        program.wait()

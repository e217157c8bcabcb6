import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.config.programs import BASE_DIR, environment, is_running

SUPERVISOR = """
import os, sys
from config.supervisor import run_together
print(run_together({name: ["/bin/sh", "-c", script] for name, script in SCRIPTS.items()}, os.environ))
"""
# When the shell is ended, its child is not.
WITH_A_CHILD = "sleep 600 & echo $! > child; echo $$ > parent; wait"


def start(folder: Path, **scripts: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", SUPERVISOR.replace("SCRIPTS", repr(scripts))],
        cwd=folder,
        env=environment(PYTHONPATH=str(BASE_DIR)),
        stdout=subprocess.PIPE,
        text=True,
    )


def pid_in(path: Path) -> int:
    while not (path.exists() and path.read_text().strip()):
        time.sleep(0.05)
    return int(path.read_text())


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_stop_signal_ends_every_program_and_their_children(tmp_path: Path, number: signal.Signals) -> None:
    supervisor = start(tmp_path, one=WITH_A_CHILD, two="exec sleep 600")
    parent, child = pid_in(tmp_path / "parent"), pid_in(tmp_path / "child")
    os.kill(supervisor.pid, number)
    assert supervisor.communicate()[0] == "None\n"
    assert (supervisor.returncode, is_running(parent), is_running(child)) == (0, False, False)


def test_when_one_program_ends_by_itself_the_others_are_ended_and_it_is_named(tmp_path: Path) -> None:
    supervisor = start(tmp_path, one=WITH_A_CHILD, two="while [ ! -s parent ]; do sleep 0.05; done; exit 3")
    assert supervisor.communicate()[0] == "two\n"
    assert not is_running(pid_in(tmp_path / "parent"))
    assert not is_running(pid_in(tmp_path / "child"))

"""What one command costs: wall seconds, CPU seconds, peak resident memory, of it and all its descendants."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

SAMPLE_SECONDS = 0.1
PROC = Path("/proc")


@dataclass
class Cost:
    """`peak_mb` counts a page shared by two processes twice and has a floor of about 15 MB, the fork of this
    Python before the command replaces it; `status` is the exit code, negative for a signal."""

    wall_s: float
    cpu_s: float
    peak_mb: float
    status: int
    timed_out: bool
    load_before: float


def _resident_bytes(session: int) -> int:
    """Resident bytes of every process of a session; 0 where there is no /proc."""
    total = 0
    for entry in PROC.glob("[0-9]*"):
        try:
            # The name, in brackets, may hold spaces: the fields after it do not.
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
            if int(fields[3]) == session:
                total += int(fields[21]) * os.sysconf("SC_PAGE_SIZE")
        except (OSError, IndexError, ValueError):
            continue  # it ended between the listing and the reading
    return total


def _end(session: int) -> None:
    # Only processes of the session that `run` made: it is the group of the command and its descendants.
    with contextlib.suppress(ProcessLookupError):
        os.killpg(session, signal.SIGKILL)


def run(command: list[str], log: Path, limit_s: float, cwd: Path | None = None) -> Cost:
    """Runs `command` in a session of its own, its output in `log`; ends that session after `limit_s` seconds."""
    load_before = os.getloadavg()[0]
    done = threading.Event()
    peak = 0
    timed_out = False

    def watch(session: int, deadline: float) -> None:
        nonlocal peak, timed_out
        while not done.wait(SAMPLE_SECONDS):
            peak = max(peak, _resident_bytes(session))
            if time.monotonic() > deadline and not timed_out:
                timed_out = True
                _end(session)

    with log.open("wb") as output:
        start = time.monotonic()
        process = subprocess.Popen(
            command, stdout=output, stderr=subprocess.STDOUT, cwd=cwd, start_new_session=True
        )
        watcher = threading.Thread(target=watch, args=(process.pid, start + limit_s), daemon=True)
        watcher.start()
        # wait4 gives the usage of this child and of the descendants it waited for, and of no other.
        try:
            _, status, usage = os.wait4(process.pid, 0)
        except KeyboardInterrupt:
            _end(process.pid)
            raise
        wall_s = time.monotonic() - start
        process.returncode = os.waitstatus_to_exitcode(status)
    done.set()
    watcher.join()
    largest = usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    return Cost(
        wall_s=wall_s,
        cpu_s=usage.ru_utime + usage.ru_stime,
        peak_mb=max(peak, largest) / 1e6,
        status=process.returncode,
        timed_out=timed_out,
        load_before=load_before,
    )

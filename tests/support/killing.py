# SPDX-License-Identifier: MIT
"""Kills canlogger at random instants, and looks what its logs lack."""
import os
import random
import re
import signal
import subprocess
import time

import harness

KINDS = "asc blf canb csv db jsonl log mf4 pcapng trc asc.gz log.gz log.zst".split()
RATE = 2000  # messages a second
EARLIEST, LATEST = 0.6, 3.0  # seconds behind the first message
GROUP = ["-i", "udp_multicast", "-c", "239.74.163.9"]


class Killed:
    """The log of a canlogger that was killed at `instant`."""

    def __init__(self, path, instant):
        read = subprocess.run([harness.program("canconvert"), path, "-", "--format", "candump"],
                              capture_output=True, text=True, timeout=60)
        frames = re.findall(r"\(([0-9.]+)\) \S+ 123#([0-9A-F]{16})", read.stdout)
        self.numbers = numbers = [int(number, 16) for _, number in frames]
        self.status, self.complaints = read.returncode, read.stderr
        self.holes = sum(b != a + 1 for a, b in zip(numbers, numbers[1:]))
        # Each message bears the time at which the kernel received it.
        self.lost_seconds = instant - float(frames[-1][0]) if frames else float("inf")


def write_traffic(path, rate=RATE, seconds=LATEST + 2):
    """A log to be played, of messages that bear their number."""
    with open(path, "w", encoding="utf-8") as file:
        for i in range(int(seconds * rate)):
            file.write(f"({i / rate:.6f}) x 123#{i:016X}\n")


def remove(path):
    for leftover in (path, path + "-journal"):
        if os.path.exists(leftover):
            os.remove(leftover)


def start(folder, paths):
    """Loggers that write to the paths, {kind: path}, and a canplayer that sends to all of them."""
    traffic = os.path.join(folder, "traffic.log")
    write_traffic(traffic)
    loggers = {}
    for kind, path in paths.items():
        remove(path)
        loggers[kind] = subprocess.Popen([harness.program("canlogger"), "-v", *GROUP, "-f", path],
                                         stderr=subprocess.PIPE, text=True)
        assert "recording" in loggers[kind].stderr.readline()
    return subprocess.Popen([harness.program("canplayer"), "-q", *GROUP, traffic]), loggers


def end(processes, sent):
    for process in processes:
        process.send_signal(sent)
        process.wait()
        if process.stderr:
            process.stderr.close()


def kill_at_random(folder, kinds=tuple(KINDS)):
    """A recording in each format, all at once, each killed at a random instant: {kind: Killed}."""
    paths = {kind: os.path.join(folder, f"killed.{kind}") for kind in kinds}
    player, loggers = start(folder, paths)
    begun, instants = time.monotonic(), {}
    for due, kind in sorted((random.uniform(EARLIEST, LATEST), kind) for kind in kinds):
        time.sleep(max(0, begun + due - time.monotonic()))
        loggers[kind].send_signal(signal.SIGKILL)
        instants[kind] = time.time()
    end([player, *loggers.values()], signal.SIGTERM)
    return {kind: Killed(path, instants[kind]) for kind, path in paths.items()}

# SPDX-License-Identifier: MIT
"""How soon the programs are there."""
import signal
import subprocess
import time

import costs
import harness

EMPTY, SEND, LOGGER = "empty program", "cansend --help", "canlogger, ready to receive"
RUNS = 20  # a round
OVER_EMPTY = 2  # times an empty program, of cansend
READY = 0.020   # seconds, of canlogger


def runs(program, *arguments):
    return [cost.wall for cost in costs.process([harness.program(program), *arguments], 1, RUNS)]


def logger():
    """From before the start to the line it prints once the bus is open."""
    start = time.monotonic()
    process = subprocess.Popen([harness.program("canlogger"), "-v", "-i", "udp_multicast", "-c",
                                "239.74.163.2", "-f", "/dev/null", "--format", "candump"],
                               stderr=subprocess.PIPE, text=True)
    line = process.stderr.readline()
    took = time.monotonic() - start
    process.send_signal(signal.SIGINT)
    process.communicate()
    if "recording" not in line:
        raise SystemExit("bench: canlogger: " + line)
    return took


def measure(rounds):
    """Seconds of every run, by name."""
    measured = costs.in_turn(rounds, {
        EMPTY: lambda: runs("bench_empty"),
        SEND: lambda: runs("cansend", "--help"),
        LOGGER: lambda: [logger() for _ in range(RUNS)]})
    return {name: sum(of_rounds, []) for name, of_rounds in measured.items()}

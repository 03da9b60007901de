#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What recording vcan0 costs canlogger, and can-utils' candump. It needs that interface:

  CANSUITE_BIN=$PWD/build/release/bin scripts/vm tests/bench/socketcan.py [MESSAGES [RATE [ROUNDS]]]

The processor of that machine is emulated: only the ratio of the two counts."""
import glob
import os
import statistics
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../support"))
import harness  # noqa: E402

import live  # noqa: E402

BUS = ("socketcan", "vcan0")


def canlogger(folder, count, rate):
    log = os.path.join(folder, "ours.log")
    return live.record("canlogger", [harness.program("canlogger"), "-v", "-i", BUS[0], "-c", BUS[1],
                                     "-f", log], "recording", BUS, lambda: log, count, rate)


def candump(folder, count, rate):
    """It names its log itself, by the time, and puts it where it was started."""
    os.chdir(tempfile.mkdtemp(dir=folder))
    return live.record("candump", ["candump", "-l", BUS[1]], "Logfile", BUS,
                       lambda: glob.glob("candump-*.log")[0], count, rate)


def main():
    count, rate, rounds = [int(word) for word in sys.argv[1:]] + [20_000, 2_000, 5][len(sys.argv) - 1:]
    costs = {canlogger: [], candump: []}
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(rounds):
            for logger, found in costs.items():
                run = logger(folder, count, rate)
                print(f"{run.name}: {run.sent} sent at {run.rate:.0f}/s, {run.logged} in the log, "
                      f"{run.cpu / run.sent * 1e6:.1f} us of CPU a message", flush=True)
                found.append(run.cpu / run.sent)
    ratio = statistics.median(costs[canlogger]) / statistics.median(costs[candump])
    print(f"canlogger takes {ratio:.2f} times candump's CPU, by the medians")


main()

#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""How exactly canplayer keeps the times of a log, beside python-can's player and a bare loop:

  CANSUITE_BIN=$PWD/build/release/bin tests/bench/replay.py [--seconds N] [--load N] [--can vcan0] [LOG...]

Each sends the messages of a log on loopback (udp_multicast), or on a CAN interface, where can-utils'
player takes part. The kernel's timestamps of the packets tell when they were sent. The error of a message is how much later than the quickest of its run it
came, measured from the log's times. --load: so many other programs compute meanwhile."""
import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../support"))
import packets  # noqa: E402

BIN = os.environ["CANSUITE_BIN"]


def run(command, can):
    """When the packets came, and what share of a core the command took."""
    receiver = packets.Receiver(packets.can_channel(can) if can else packets.multicast())
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    result = subprocess.run(command, capture_output=True, text=True)
    took, after = time.monotonic() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    if result.returncode != 0:
        raise SystemExit(f"{' '.join(command)} failed\n{result.stderr}")
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return receiver.end(), used / took


def errors(came, wanted, period):
    """In us, sorted. With a period in ns, what was skipped is no error, but what is beside the rhythm."""
    late = [c - w for c, w in zip(came, wanted)]
    if period:
        late = [(each - late[0] + period // 2) % period for each in late]
    # One that is later than half a period looks like one that is early.
    least = sorted(late)[len(late) // 100] if period else min(late)
    return sorted(abs(each - least) / 1000 for each in late)


def show(name, wanted, command, can, period=None):
    came, share = run(command, can)
    if len(came) != len(wanted):
        return print(f"  {name:26} {len(came)} of {len(wanted)} messages came", flush=True)
    all_errors = errors(came, wanted, period)
    p99 = all_errors[int(len(all_errors) * 0.99)]
    print(f"  {name:26} p50 {statistics.median(all_errors):9.1f} us   p99 {p99:9.1f} us   "
          f"max {all_errors[-1]:9.1f} us   {100 * share:5.1f} % of a core", flush=True)


def times_of(log):
    """Of a log that candump wrote."""
    with open(log, encoding="utf-8") as file:
        return [int(float(line[1:line.index(")")]) * 10**6 + 0.5) * 1000 for line in file]


def compare(log, wanted, period, can):
    bus = ["-i", "socketcan", "-c", can] if can else ["-i", "udp_multicast", "-c", packets.GROUP]
    player, count = [os.path.join(BIN, "canplayer"), *bus], str(len(wanted))
    if period:
        show("bare loop", wanted, [os.path.join(BIN, "bench_pace"), *bus[1::2], count, str(period)], can)
        show("cansend --period", wanted, [os.path.join(BIN, "cansend"), *bus, "--period", f"{period}us", "-n", count,
                                          "123#01020304"], can, 1000 * period)
    show("canplayer", wanted, [*player, log], can)
    show("canplayer --realtime", wanted, [*player, "-q", "--realtime", log], can)
    show("canplayer --spin off", wanted, [*player, "--spin", "off", log], can)
    if can:
        show("can-utils' canplayer", wanted, ["/usr/bin/canplayer", "-I", log, f"{can}=can0"], can)
    show("python-can's player", wanted, ["/usr/bin/python3", "-m", "can.player", *bus, log], can)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("logs", nargs="*", metavar="LOG", help="of candump, to replay, too")
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--load", type=int, default=0, help="programs that compute meanwhile")
    parser.add_argument("--can", metavar="CHANNEL", help="a CAN interface instead of udp_multicast")
    options = parser.parse_args()
    busy = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(options.load)]
    try:
        with tempfile.TemporaryDirectory() as folder:
            for rate in (1000, 4000):
                count, period = options.seconds * rate, 10**6 // rate
                log = os.path.join(folder, f"{rate}.log")
                with open(log, "w", encoding="utf-8") as file:
                    for i in range(count):
                        us = i * period
                        file.write(f"({1700000000 + us // 10**6}.{us % 10**6:06}) can0 123#01020304\n")
                print(f"{rate} messages a second:")
                compare(log, [i * period * 1000 for i in range(count)], period, options.can)
        for log in options.logs:
            print(f"{log}:")
            compare(log, times_of(log), None, options.can)
    finally:
        for each in busy:
            each.kill()


main()

#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""How exactly canplayer keeps the times of a log, beside python-can's player and a bare loop:

  CANSUITE_BIN=$PWD/build/release/bin tests/bench/replay.py [--seconds N] [--load N] [LOG...]

Each sends the messages of a log on loopback (udp_multicast). The kernel's timestamps of the packets
tell when they were sent. The error of a message is how much later than the quickest of its run it
came, measured from the log's times. --load: so many other programs compute meanwhile."""
import argparse
import os
import resource
import socket
import statistics
import struct
import subprocess
import sys
import tempfile
import threading
import time

BIN = os.environ["CANSUITE_BIN"]
GROUP, PORT = "239.74.163.77", 43113
SO_TIMESTAMPNS = 35
BUS = ["-i", "udp_multicast", "-c", GROUP]


class Receiver(threading.Thread):
    """The times at which packets came, in ns."""

    def __init__(self):
        super().__init__(daemon=True)
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8 << 20)
        self.socket.bind((GROUP, PORT))
        self.socket.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP,
                               struct.pack("4sl", socket.inet_aton(GROUP), socket.INADDR_ANY))
        self.socket.settimeout(0.2)
        self.times, self.ended = [], False
        self.start()

    def run(self):
        while not self.ended:
            try:
                _, ancillary, _, _ = self.socket.recvmsg(512, 64)
            except TimeoutError:
                continue
            seconds, nanoseconds = struct.unpack("ll", ancillary[0][2][:16])
            self.times.append(seconds * 10**9 + nanoseconds)

    def end(self):
        time.sleep(0.3)
        self.ended = True
        self.join()
        self.socket.close()
        return self.times


def run(command):
    """When the packets came, and what share of a core the command took."""
    receiver = Receiver()
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    result = subprocess.run(command, capture_output=True, text=True)
    took, after = time.monotonic() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    if result.returncode != 0:
        raise SystemExit(f"{' '.join(command)} failed\n{result.stderr}")
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return receiver.end(), used / took


def errors(came, wanted):
    """In us, sorted."""
    late = [c - w for c, w in zip(came, wanted)]
    least = min(late)
    return sorted((each - least) / 1000 for each in late)


def show(name, wanted, command):
    came, share = run(command)
    if len(came) != len(wanted):
        return print(f"  {name:26} {len(came)} of {len(wanted)} messages came", flush=True)
    all_errors = errors(came, wanted)
    p99 = all_errors[int(len(all_errors) * 0.99)]
    print(f"  {name:26} p50 {statistics.median(all_errors):9.1f} us   p99 {p99:9.1f} us   "
          f"max {all_errors[-1]:9.1f} us   {100 * share:5.1f} % of a core", flush=True)


def times_of(log):
    """Of a log that candump wrote."""
    with open(log, encoding="utf-8") as file:
        return [int(float(line[1:line.index(")")]) * 10**6 + 0.5) * 1000 for line in file]


def compare(log, wanted, bare):
    player = [os.path.join(BIN, "canplayer"), *BUS]
    if bare:
        show("bare loop", wanted, [os.path.join(BIN, "bench_pace"), *BUS[1::2], str(len(wanted)), bare])
    show("canplayer", wanted, [*player, log])
    show("canplayer --realtime", wanted, [*player, "-q", "--realtime", log])
    show("canplayer --spin off", wanted, [*player, "--spin", "off", log])
    show("python-can's player", wanted, ["/usr/bin/python3", "-m", "can.player", *BUS, log])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("logs", nargs="*", metavar="LOG", help="of candump, to replay, too")
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--load", type=int, default=0, help="programs that compute meanwhile")
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
                compare(log, [i * period * 1000 for i in range(count)], str(period))
        for log in options.logs:
            print(f"{log}:")
            compare(log, times_of(log), None)
    finally:
        for each in busy:
            each.kill()


main()

# SPDX-License-Identifier: MIT
"""What recording a serial line of 1 Mbit/s costs canlogger:

  CANSUITE_BIN=$PWD/build/release/bin tests/bench/serial_line.py [SECONDS]

The line is a pseudo-terminal that gets what 1 Mbit/s with 10 bits a byte bring in a millisecond,
each millisecond: as a USB adapter does."""
import os
import signal
import struct
import subprocess
import sys
import tempfile
import time
import tty

BIN = os.environ["CANSUITE_BIN"]
BYTES_A_MS = 100


def cpu_of(pid):
    with open(f"/proc/{pid}/stat", encoding="ascii") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def slcan(i):
    return b"t%03X8%016X\r" % (i & 0x7FF, i)


def serial(i):
    return struct.pack("<BIBIQB", 0xAA, i, 8, i & 0x7FF, i, 0xBB)


def seeed(i):
    return struct.pack("<BBHQB", 0xAA, 0xC8, i & 0x7FF, i, 0x55)


def measure(interface, frame, options, seconds):
    """CPU time of canlogger for each second, and the messages that it logged of those sent."""
    adapter, line = os.openpty()
    tty.setraw(line)
    stream = b"".join(frame(i) for i in range(seconds * 1000 * BYTES_A_MS // len(frame(0))))
    with tempfile.TemporaryDirectory() as folder:
        log = os.path.join(folder, "log")
        logger = subprocess.Popen(
            [os.path.join(BIN, "canlogger"), "-v", "-i", interface, "-c", os.ttyname(line), "-f",
             log, "--format", "candump", *options], stderr=subprocess.PIPE, text=True)
        while "recording" not in logger.stderr.readline():
            pass
        before, start = cpu_of(logger.pid), time.monotonic()
        for tick, at in enumerate(range(0, len(stream), BYTES_A_MS)):
            time.sleep(max(0, start + tick / 1000 - time.monotonic()))
            os.write(adapter, stream[at:at + BYTES_A_MS])
        time.sleep(0.5)
        took, cpu = time.monotonic() - start, cpu_of(logger.pid) - before
        logger.send_signal(signal.SIGINT)
        logger.communicate()
        with open(log, encoding="utf-8") as file:
            logged = sum(line.startswith("(") for line in file)
    os.close(adapter)
    os.close(line)
    return cpu / took, logged, len(stream) // len(frame(0)), took


def main():
    seconds = int(sys.argv[1]) if len(sys.argv) > 1 else 10
    for interface, frame, options in (("slcan", slcan, ("-o", "answers=no")), ("serial", serial, ()),
                                      ("seeed", seeed, ())):
        share, logged, sent, took = measure(interface, frame, options, seconds)
        print(f"{interface}: {logged} of {sent} messages in {took:.1f} s, "
              f"{100 * share:.1f} % of a core", flush=True)


main()

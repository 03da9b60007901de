# SPDX-License-Identifier: MIT
"""Recording a udp_multicast bus on loopback, or a virtual one that canserver shares, while another
process sends."""
import contextlib
import dataclasses
import os
import re
import signal
import subprocess
import time

import costs
import harness

MULTICAST = ("udp_multicast", "239.74.163.2")
SHARED = ("remote", "127.0.0.1:54701")
FORMATS = ["blf", "asc", "log", "db"]
PYTHON_CAN = "/usr/bin/can_logger"
PYTHON_CAN_RATE = 5_000
SETTLE = 1.0  # seconds for what is under way


@dataclasses.dataclass
class Run:
    name: str
    rate: float  # as sent
    sent: int
    logged: int
    dropped: str  # as the logger says
    cpu: float  # since it was ready
    peak_mib: float


def memory(pid):
    """Its peak so far, MiB."""
    with open(f"/proc/{pid}/status", encoding="utf-8") as file:
        return int(re.search(r"VmHWM:\s+(\d+)", file.read())[1]) / 1024


def cpu_so_far(pid):
    """Seconds, of all threads, to a hundredth."""
    with open(f"/proc/{pid}/stat", encoding="utf-8") as file:
        fields = file.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def wait_for_start(process, word):
    for line in process.stdout:
        if word in line:
            return
    raise SystemExit("bench: the logger didn't start")


def stop(process):
    """Ends a logger; returns what it said at the end and its CPU seconds."""
    process.send_signal(signal.SIGINT)
    said = process.stdout.read()
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return said, used.ru_utime + used.ru_stime


def record(name, command, ready, bus, find_log, count, rate):
    """Floods a logger with messages; `ready` stands in the line that says it listens. `find_log`
    gives the path of its log once it has ended."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    wait_for_start(process, ready)
    start = cpu_so_far(process.pid)
    sent, took = costs.output_of(
        [harness.program("bench_flood"), *bus, str(count), str(rate)]).split()
    time.sleep(SETTLE)
    peak = memory(process.pid)
    said, cpu = stop(process)
    dropped = re.search(r"([\d,]+) dropped", said)
    logged = costs.output_of([harness.program("bench_read"), find_log()])
    return Run(name, int(sent) / float(took), int(sent), int(logged),
               dropped[1] if dropped else "-", cpu - start, peak)


def ours(bus, log, count, rate):
    interface, channel = bus
    return record(f"canlogger {interface} {os.path.splitext(log)[1]}",
                  [harness.program("canlogger"), "-v", "-i", interface, "-c", channel, "-f", log],
                  "recording", bus, lambda: log, count, rate)


def theirs(log, count, rate):
    interface, channel = MULTICAST
    return record(f"python-can {interface} {os.path.splitext(log)[1]}",
                  ["/usr/bin/python3", "-u", PYTHON_CAN, "-i", interface, "-c", channel, "-f", log],
                  "Started on", MULTICAST, lambda: log, count, rate)


@contextlib.contextmanager
def server():
    """Shares a virtual bus."""
    process = subprocess.Popen([harness.program("canserver"), "-i", "virtual", "-v", "-H", "127.0.0.1"],
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    wait_for_start(process, SHARED[1])
    yield
    stop(process)


def measure(folder, seconds, rate):
    """canlogger at full rate, python-can at its own, into each format in turn."""
    for name in FORMATS:
        log = os.path.join(folder, "live." + name)
        yield ours(MULTICAST, log, int(rate * seconds), rate)
        costs.remove(log)
        with server():
            yield ours(SHARED, log, int(rate * seconds), rate)
        costs.remove(log)
        if os.path.exists(PYTHON_CAN):
            yield theirs(log, int(PYTHON_CAN_RATE * seconds), PYTHON_CAN_RATE)
        costs.remove(log)

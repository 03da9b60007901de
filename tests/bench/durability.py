# SPDX-License-Identifier: MIT
"""Measures what a recording survives; see scripts/durability."""
import argparse
import json
import os
import random
import re
import resource
import signal
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "../support"))
import harness  # noqa: E402
import killing  # noqa: E402

PAGE = os.path.join(HERE, "../../doc/durability.md")
SECONDS = 10
BUSY = 20_000  # messages a second


def table(head, rows):
    lines = [head, ["---"] * len(head), *rows]
    return "".join("| " + " | ".join(map(str, line)) + " |\n" for line in lines)


def rows_of_losses(logs):
    """A row for each format: {kind: [Killed, ...]}."""
    for kind, found in sorted(logs.items()):
        lost = sorted(log.lost_seconds for log in found)
        unread = sum(log.status != 0 for log in found)
        yield (f".{kind}", len(found), f"{lost[len(lost) // 2]:.2f} s", f"{lost[-1]:.2f} s",
               sum(log.holes for log in found), unread)


LOSSES = ["format", "recordings", "lost, median", "lost, most", "missing inside", "not readable"]


def kills(folder, options):
    logs = {kind: [] for kind in killing.KINDS}
    for number in range(options.kills):
        print(f"kill {number + 1} of {options.kills}", file=sys.stderr)
        for kind, log in killing.kill_at_random(folder).items():
            logs[kind].append(log)
    return table(LOSSES, rows_of_losses(logs))


def run(*command):
    subprocess.run(command, check=True, cwd="/", stdout=subprocess.DEVNULL)


def cut_power(folder):
    """A recording in each format on an ext4 whose device is copied at a random instant: the copy
    lacks what was not synced."""
    image, copy = os.path.join(folder, "image"), os.path.join(folder, "copy")
    disk, after = os.path.join(folder, "disk"), os.path.join(folder, "after")
    for path in (disk, after):
        os.makedirs(path, exist_ok=True)
    run("truncate", "-s", "0", image)
    run("truncate", "-s", "128M", image)
    run("mkfs.ext4", "-q", image)
    run("mount", "-o", "loop", image, disk)
    run("sync", "-f", disk)
    player, loggers = killing.start(folder, {kind: f"{disk}/cut.{kind}" for kind in killing.KINDS})
    time.sleep(random.uniform(2, killing.LATEST))
    instant = time.time()
    run("cp", "--sparse=always", image, copy)
    killing.end([player, *loggers.values()], signal.SIGKILL)
    run("umount", disk)
    run("mount", "-o", "loop", copy, after)
    logs = {kind: killing.Killed(f"{after}/cut.{kind}", instant) for kind in killing.KINDS}
    run("umount", after)
    return logs


def cuts(folder, options):
    logs = {kind: [] for kind in killing.KINDS}
    for number in range(options.cuts):
        print(f"power cut {number + 1} of {options.cuts}", file=sys.stderr)
        for kind, log in cut_power(folder).items():
            logs[kind].append(log)
    return table(LOSSES, rows_of_losses(logs))


class Recording:
    """One of SECONDS, with what canlogger says at its end."""

    def __init__(self, folder, name, rate, *options, faults=None):
        environment = dict(os.environ)
        if faults:
            with open(os.path.join(folder, "faults"), "w", encoding="utf-8") as file:
                file.write(faults)
            environment.update(LD_PRELOAD=harness.program("disk_faults.so"), FAULT_PATH="/measured.",
                               FAULT_FILE=os.path.join(folder, "faults"))
        self.path = os.path.join(folder, f"measured.{name}")
        killing.remove(self.path)
        traffic = os.path.join(folder, "traffic.log")
        killing.write_traffic(traffic, rate, SECONDS)
        logger = subprocess.Popen([harness.program("canlogger"), "--json", *killing.GROUP, *options,
                                   "-f", self.path], stdout=subprocess.PIPE, env=environment, text=True)
        time.sleep(1)
        run(harness.program("canplayer"), "-q", *killing.GROUP, traffic)
        played = resource.getrusage(resource.RUSAGE_CHILDREN)
        with open(f"/proc/{logger.pid}/status", encoding="utf-8") as file:
            self.memory = int(re.search(r"VmHWM:\s+(\d+)", file.read()).group(1)) // 1024
        stopped = time.monotonic()
        logger.send_signal(signal.SIGINT)
        self.counts = json.loads(logger.communicate()[0])
        self.ending = time.monotonic() - stopped
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        self.cpu = after.ru_utime + after.ru_stime - played.ru_utime - played.ru_stime
        self.sent = rate * SECONDS
        self.in_log = len(killing.Killed(self.path, 0).numbers)


def slow(folder, _options):
    rows = []
    for what, faults in (("2 s a write", "2000 0 0"), ("8 s a sync", "0 8000 0")):
        for kind in ("log", "blf", "log.zst"):
            found = Recording(folder, kind, BUSY, faults=faults)
            rows.append((what, f".{kind}", f"{found.sent:,}", f"{found.in_log:,}", f"{found.counts['dropped']:,}",
                         f"{found.memory} MiB", f"{found.ending:.1f} s"))
    return table(["disk", "format", "sent", "in the log", "dropped", "memory", "to end"], rows)


def size(folder, _options):
    rows = []
    for kind in ("log", "log.gz", "log.zst", "asc", "asc.gz", "asc.zst", "blf"):
        found = Recording(folder, kind, killing.RATE)
        rows.append((f".{kind}", f"{os.path.getsize(found.path) / found.in_log:.1f}",
                     f"{found.cpu / found.in_log * 1e6:.1f} us"))
    return table(["format", "bytes a message", "CPU time a message"], rows)


def wear(folder, _options):
    rows = []
    for options in ([], ["--sync", "5s"], ["--write-interval", "5s"]):
        for kind in ("log", "log.zst", "blf", "db"):
            counts = Recording(folder, kind, 100, *options).counts
            hour = 3600 / counts["seconds"]
            rows.append((" ".join(options) or "none", f".{kind}", f"{counts['bytes'] * hour / 1e6:.1f} MB",
                         f"{counts['syncs'] * hour:,.0f}"))
    return table(["options", "format", "written an hour", "syncs an hour"], rows)


PARTS = {"kills": kills, "cuts": cuts, "slow": slow, "size": size, "wear": wear}


def write_to_page(name, text):
    with open(PAGE, encoding="utf-8") as file:
        page = file.read()
    begin, end = f"<!-- {name} -->\n", f"<!-- end of {name} -->"
    before, rest = page.split(begin)
    with open(PAGE, "w", encoding="utf-8") as file:
        file.write(before + begin + "\n" + text + "\n" + end + rest.split(end)[1])


def main():
    parser = argparse.ArgumentParser(prog="scripts/durability", description=__doc__)
    parser.add_argument("--kills", type=int, default=100, help="kills of each format [100]")
    parser.add_argument("--cuts", type=int, default=20, help="power cuts of each format [20]")
    parser.add_argument("--part", action="append", choices=PARTS, help="may be repeated; all")
    parser.add_argument("--write", action="store_true", help="replace the tables of doc/durability.md")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="cansuite-durability-") as folder:
        for name in options.part or PARTS:
            text = PARTS[name](folder, options)
            print(f"{name}\n\n{text}", flush=True)
            if options.write:
                write_to_page(name, text)


def enter_mount_namespace():
    """Where what is mounted ends with this program."""
    if os.geteuid() == 0 and not os.environ.get("CANSUITE_MOUNTS"):
        os.environ["CANSUITE_MOUNTS"] = "1"
        os.execvp("unshare", ["unshare", "-m", sys.executable, *sys.argv])


if __name__ == "__main__":
    enter_mount_namespace()
    harness.enter_namespace()
    harness.set_up_namespace()
    main()

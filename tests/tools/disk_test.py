#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A recording whose disk is full, failing, slow or gone: nothing is lost in silence."""
import errno
import glob
import json
import os
import re
import shutil
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../support"))
import harness  # noqa: E402

BUS = ["-i", "udp_multicast"]
ALL = [f"rec.{name}" for name in
       "log asc blf canb csv db jsonl mf4 pcapng trc log.gz log.zst".split()]  # a reader of Printer's text is missing
FAULTS = os.path.join(harness.BIN, "disk_faults.so")


class Disk(harness.ToolTest):
    def setUp(self):
        super().setUp()
        self.environment.update(LD_PRELOAD=FAULTS, FAULT_PATH="/rec.", FAULT_FILE=self.path("faults"),
                                FAULT_SYNCS=self.path("syncs"))
        self.sent = 0

    def faults(self, write_ms=0, sync_ms=0, error=0):
        self.write("faults.new", f"{write_ms} {sync_ms} {error}")
        os.rename(self.path("faults.new"), self.path("faults"))

    def send(self, count):
        """Frames that bear their number."""
        lines = "".join(f"{i % 2048:03X}#{i:016X}\n" for i in range(self.sent, self.sent + count))
        self.run_tool("cansend", *BUS, "-", input=lines)
        self.sent += count

    def numbers(self, *names):
        """Those of the frames in the logs."""
        found = []
        for name in names:
            # Behind an error of the disk, nothing can end the gzip data.
            how = ["--keep-going"] if name.endswith((".gz", ".zst")) else []
            told = self.run_tool("canconvert", "-q", *how, name, "-", "--format", "candump").stdout
            found += [int(number, 16) for number in re.findall(r"#([0-9A-F]{16})", told)]
        return found

    def wait_for_frames(self, name, count):
        there = lambda: os.path.exists(self.path(name)) and os.path.getsize(self.path(name)) > 0
        self.assertTrue(harness.wait_for(lambda: there() and len(self.numbers(name)) == count))

    def syncs(self):
        return self.read("syncs").count("sync") if os.path.exists(self.path("syncs")) else 0

    def check_counts(self, output, complaints, received, *names):
        """What the JSON and the last line say is true; returns the numbers in the logs and what the
        disk didn't take. A busy machine may drop messages before they are received."""
        counts = json.loads(output)
        line = re.search(r"canlogger: ([\d,]+) messages? in .*, ([\d,]+) dropped(?:, ([\d,]+) filtered)?",
                         complaints)
        self.assertTrue(line, complaints)
        told = [int((number or "0").replace(",", "")) for number in line.groups()]
        self.assertEqual(told, [counts["written"], counts["dropped"], counts["filtered"]])
        self.assertEqual(counts["received"], sum(told))
        self.assertEqual(counts["dropped"], counts["dropped_by_bus"] + counts["dropped_by_disk"])
        self.assertEqual(counts["received"], received)
        numbers = self.numbers(*names)
        self.assertEqual(len(numbers), counts["written"])
        self.assertEqual(numbers, sorted(set(numbers)))
        return numbers, counts["dropped_by_disk"]

    def log(self, name, *options):
        return self.start_logger("--json", *options, "-f", name)

    def wait_for_line(self, logger, part):
        for line in logger.stderr:
            if part in line:
                return line
        self.fail(part)

    def test_what_was_received_is_synced(self):
        for sync, synced in (("1s", True), ("off", False), ("always", True)):
            with self.subTest(sync=sync):
                logger = self.log("rec.log", "--sync", sync)
                before = self.syncs()
                self.send(1)
                self.assertEqual(harness.wait_for(lambda: self.syncs() > before,
                                                  10 if synced else 1.5), synced)
                before = self.syncs()
                self.stop(logger)
                self.assertEqual(self.syncs() > before, synced)

    def test_completed_parts_are_synced(self):
        logger = self.log("rec.log", "--sync", "1h", "--rotate-every", "50ms")
        for part in range(3):
            self.send(1)
            parts = lambda: len(glob.glob(self.path("rec_*#*.log")))
            self.assertTrue(harness.wait_for(lambda: parts() == part))
            self.assertEqual(self.syncs(), part)
            self.wait_for_frames("rec.log", 1)
            time.sleep(0.1)
        self.stop(logger)
        self.assertEqual(self.syncs(), 3)

    def test_a_disk_that_is_full_for_a_while(self):
        for name in ALL:
            with self.subTest(name=name):
                self.faults()
                logger = self.log(name)
                self.send(100)
                self.faults(error=errno.ENOSPC)
                self.send(100)
                self.wait_for_line(logger, "; messages wait in memory")
                self.send(3000)
                self.faults()
                self.wait_for_line(logger, "takes messages again")
                self.send(100)
                time.sleep(0.2)
                output, complaints = self.stop(logger)
                _, lost = self.check_counts(output, complaints, 3300, name)
                self.assertEqual(lost, 0)

    def test_a_disk_that_fails_for_good(self):
        for name in ALL:
            with self.subTest(name=name):
                self.faults()
                first = self.sent
                logger = self.log(name)
                self.send(100)
                self.wait_for_frames(name, 100)
                self.faults(error=errno.EIO)
                self.send(2000)
                self.wait_for_line(logger, "; messages wait in memory")
                output, complaints = self.stop(logger, status=1)
                numbers, lost = self.check_counts(output, complaints, 2100, name)
                self.assertEqual(numbers, list(range(first, first + len(numbers))))
                self.assertGreaterEqual(len(numbers), 100)
                self.assertGreater(lost, 0)

    def test_a_limit_of_the_size_of_files(self):
        logger = self.start(shutil.which("sh"), "-c", 'ulimit -f 64; exec "$0" "$@"',
                            harness.program("canlogger"), "-v", "--json", *BUS, "-f", "rec.log")
        self.assertIn("recording", logger.stderr.readline())
        self.send(3000)
        self.wait_for_line(logger, "file too large; messages wait in memory")
        output, complaints = self.stop(logger, status=1)
        numbers, lost = self.check_counts(output, complaints, 3000, "rec.log")
        self.assertGreater(min(lost, len(numbers)), 0)

    def test_what_filters_refuse_is_counted(self):
        logger = self.log("rec.log", "--filter", "0:700")  # the first 256 of 2048 numbers
        self.send(2048)
        time.sleep(0.2)
        output, complaints = self.stop(logger)
        self.check_counts(output, complaints, 2048, "rec.log")
        self.assertEqual(json.loads(output)["filtered"], 2048 - 256)

    def test_a_recording_that_is_stopped_by_its_count_is_counted(self):
        logger = self.log("rec.log", "-n", "50")
        self.send(100)
        output, complaints = logger.communicate(timeout=20)
        self.check_counts(output, complaints, 50, "rec.log")

    def test_the_log_tells_what_is_missing(self):
        logger = self.log("rec.log")
        self.send(100)
        self.wait_for_frames("rec.log", 100)
        os.remove(self.path("rec.log"))
        self.send(100)
        self.wait_for_line(logger, "a new one is begun")
        self.send(100)
        time.sleep(1.2)
        output, _ = self.stop(logger, status=1)
        counts = json.loads(output)
        marks = re.findall(r"# .*: (.*) messages lost before here", self.read("rec.log"))
        self.assertEqual(sum(map(int, marks)), counts["dropped"])
        self.assertIn(f": the end: {counts['received']} received, {counts['written']} written, "
                      f"{counts['dropped']} lost\n", self.read("rec.log").splitlines(True)[-1])

    def test_a_slow_disk_costs_memory_only(self):
        self.faults(write_ms=700, sync_ms=1500)
        logger = self.log("rec.log")
        for _ in range(4):
            self.send(2000)
            time.sleep(0.2)
        output, complaints = self.stop(logger)
        _, lost = self.check_counts(output, complaints, 8000, "rec.log")
        self.assertEqual(lost, 0)

    def test_a_slow_disk_gets_large_writes_up_to_the_end(self):
        self.faults(write_ms=2000)
        logger = self.log("rec.log")
        for _ in range(12):
            self.send(5000)
        output, complaints = self.stop(logger)  # in time: 3 MB are few writes
        _, lost = self.check_counts(output, complaints, self.sent, "rec.log")
        self.assertEqual(lost, 0)

    def test_a_clock_that_is_set(self):
        """The times of the messages are the kernel's, whose clock stays: without the step, they go back."""
        self.environment["FAULT_CLOCK"] = self.path("ahead")
        for clock, between in (("wall", 0), ("monotonic", -3600)):
            if os.path.exists(self.path("ahead")):
                os.remove(self.path("ahead"))
            logger = self.log("rec.log", "--clock", clock)
            self.send(1)
            self.wait_for_frames("rec.log", 1)
            self.write("ahead.new", "3600")
            os.rename(self.path("ahead.new"), self.path("ahead"))
            self.wait_for_line(logger, "the clock was set forward by 3")
            self.send(1)
            self.stop(logger)
            lines = self.read("rec.log").splitlines()
            self.assertRegex(lines[1], "^# .*the clock was set forward by 3(600.0|599.9).. s")
            first, second = (float(lines[at][1:lines[at].index(")")]) for at in (0, 2))
            self.assertLess(abs(second - first - between), 600)

    def test_few_large_writes(self):
        logger = self.log("rec.log", "--write-interval", "3s")
        for _ in range(10):
            self.send(10)
            time.sleep(0.1)
        self.assertEqual(os.path.getsize(self.path("rec.log")), 0)
        self.wait_for_frames("rec.log", 100)
        self.assertTrue(harness.wait_for(lambda: self.syncs() == 1))
        output, complaints = self.stop(logger)
        counts = json.loads(output)
        self.assertEqual(counts["bytes"], os.path.getsize(self.path("rec.log")))
        self.assertLessEqual(counts["syncs"], 4)  # log and folder, twice
        rates = re.search(r"to the disk: ([\d,]+) bytes and ([\d,]+) syncs an hour\n", complaints)
        for number, rate in zip((counts["bytes"], counts["syncs"]), rates.groups()):
            self.assertAlmostEqual(number / counts["seconds"] * 3600 / int(rate.replace(",", "")), 1, 2)
        self.assert_refused("canlogger", *BUS, "--write-interval", "3s", "--sync", "always", "-f", "a.log",
                            says="--write-interval is not for --sync always", status=2)

    def test_the_wear_of_the_disk_is_counted(self):
        self.environment["FAULT_PATH"] = os.path.basename(self.path("").rstrip("/"))  # folders, too
        for name in ("rec.log", "rec.db"):
            with self.subTest(name):
                before = self.syncs()
                logger = self.log(name)
                self.send(10)
                self.wait_for_frames(name, 10)
                self.send(10)
                counts = json.loads(self.stop(logger)[0])
                self.assertEqual(counts["syncs"], self.syncs() - before)
                self.assertGreaterEqual(counts["bytes"], os.path.getsize(self.path(name)))

    def test_the_buffer_is_bounded(self):
        logger = self.log("rec.log", "--buffer-size", "1M")
        self.faults(error=errno.ENOSPC)
        self.send(10)
        self.wait_for_line(logger, "wait in memory")
        for _ in range(12):
            self.send(5000)
        self.faults()
        self.wait_for_line(logger, "takes messages again")
        time.sleep(0.3)
        output, complaints = self.stop(logger)
        numbers, lost = self.check_counts(output, complaints, self.sent, "rec.log")
        self.assertEqual(lost, 0)
        self.assertLess(len(numbers), self.sent)

    def test_a_log_that_was_removed_is_begun_anew(self):
        for name in ("rec.log", "rec.db"):
            with self.subTest(name):
                self.sent = 0
                logger = self.log(name)
                self.send(100)
                self.wait_for_frames(name, 100)
                for file in glob.glob(self.path(name + "*")):  # the journal of a database, too
                    os.remove(file)
                self.send(100)
                told = self.wait_for_line(logger, "a new one is begun")
                removed = int(re.search("was removed with ([0-9]+) messages", told).group(1))
                self.send(100)
                time.sleep(0.2)
                output, complaints = self.stop(logger, status=1)
                numbers, lost = self.check_counts(output, complaints, 300, name)
                self.assertEqual((numbers, lost), (list(range(removed, 300)), removed))

    def test_a_database_that_was_moved_is_begun_anew(self):
        logger = self.log("rec.db")
        self.send(100)
        self.wait_for_frames("rec.db", 100)
        os.rename(self.path("rec.db"), self.path("old.db"))
        self.send(100)
        told = self.wait_for_line(logger, "a new one is begun")
        missing = int(re.search("was moved without ([0-9]+) messages?", told).group(1))
        self.send(100)
        time.sleep(0.2)
        output, complaints = self.stop(logger, status=1)
        numbers, lost = self.check_counts(output, complaints, 300, "old.db", "rec.db")
        self.assertEqual((len(numbers), lost), (300 - missing, missing))

    @staticmethod
    def ends_with(path, text):
        """False also for a file that is deleted meanwhile."""
        try:
            with open(path, encoding="utf-8") as file:
                return file.read().endswith(text)
        except OSError:
            return False

    def test_old_parts_make_room(self):
        if not shutil.which("unshare") or subprocess.run(
                ["unshare", "-m", "true"], stderr=subprocess.DEVNULL).returncode != 0:
            self.skipTest("no right to mount")
        os.mkdir(self.path("full"))
        command = ("mount -t tmpfs -o size=3m tmpfs full && exec \"$@\"")
        logger = self.start(shutil.which("unshare"), "-m", "sh", "-c", command, "sh",
                            harness.program("canlogger"), "-v", "--json", *BUS, "-f", "full/rec.log",
                            "-s", "1M", "--keep", "9")
        self.assertIn("recording", logger.stderr.readline())
        inside = f"/proc/{logger.pid}/root{self.path('full')}"
        for count in [5000] * 30 + [10]:
            self.send(count)
            last = f"#{self.sent - 1:016X}\n"
            self.assertTrue(harness.wait_for(lambda: any(self.ends_with(name, last) for name in glob.glob(inside + "/*")), 30))
        self.wait_for_line(logger, "deleted, as the disk is full")
        last = self.numbers(*sorted(glob.glob(inside + "/rec*#*.log")), inside + "/rec.log")
        self.assertEqual(last, list(range(last[0], self.sent)))
        self.stop(logger)


if __name__ == "__main__":
    harness.enter_namespace()
    harness.set_up_namespace()
    harness.main()

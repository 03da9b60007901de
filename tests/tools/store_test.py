#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""canconvert --from-store: a time of a vehicle, of all those in a store."""
import json
import os
import re
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../support"))
import harness  # noqa: E402

START = 1_700_000_000  # of the vehicles of bench_store
RATE = 100  # messages a second


class Store(harness.ToolTest):
    def make(self, pattern, vehicles=3, seconds=60, rotate=20):
        subprocess.run([harness.program("bench_store"), pattern, str(vehicles), str(seconds), str(RATE), str(rotate)],
                       cwd=self.folder, check=True, capture_output=True)

    def times(self, *options):
        """Of the messages that canconvert writes, in microseconds."""
        result = self.run_tool("canconvert", *options, "-", "--format", "candump")
        self.assertNotIn("warning", result.stderr)
        return [round(float(time) * 10**6) for time in re.findall(r"^\(([\d.]+)\)", result.stdout, re.MULTILINE)]

    def test_a_time_of_a_vehicle(self):
        for pattern in ("s/%v.canb", "s/%v/%c.blf", "s/%v_%c.log"):
            with self.subTest(pattern=pattern):
                self.make(pattern)
                all_times = [START * 10**6 + i * 10**6 // RATE for i in range(60 * RATE)]
                car1 = ("--from-store", "s", "--vehicle", "car1")
                self.assertEqual(self.times(*car1), all_times)
                part = self.times(*car1, "--start", f"@{START + 15}", "--end", f"@{START + 45}")
                self.assertEqual(part, all_times[15 * RATE:45 * RATE])
                shutil.rmtree(self.path("s"))

    def test_only_the_files_of_the_time_are_read(self):
        self.make("s/%v.canb")
        for name in os.listdir(self.path("s")):
            if name.startswith("car1") and not name.endswith("T221340Z.canb"):
                os.remove(os.path.join(self.path("s"), name))
        car1 = ("--from-store", "s", "--vehicle", "car1")
        part = self.times(*car1, "--start", f"@{START + 20}", "--end", f"@{START + 40}")
        self.assertEqual(len(part), 20 * RATE)
        gone = r"s/car1_2023-11-14T221320Z.canb: was removed, with 2,000 messages of 'car1' from 2023-11-14 22:13:20Z to 2023-.*"
        for more in ([], ["--info"]):
            self.assert_refused("canconvert", *car1, *more, *([] if more else ["x.log"]), says=gone + "; --keep-going reads the rest")
        self.assertFalse(os.path.exists(self.path("x.log")))
        result = self.run_tool("canconvert", *car1, "--keep-going", "x.log")
        self.assertEqual(len(re.findall(r"warning: s/car1_.*: was removed, with 2,000 messages of 'car1'", result.stderr)), 2)
        self.assertEqual(len(self.read("x.log").splitlines()), 20 * RATE)
        info = self.run_tool("canconvert", "--info", "--json", "--from-store", "s", "--vehicle", "car2")
        self.assertEqual([row["messages"] for row in json.loads(info.stdout)], [20 * RATE] * 3)

    def test_what_is_refused(self):
        self.make("s/%v.canb", vehicles=12)
        refused = lambda *arguments, says, status=1: self.assert_refused("canconvert", *arguments, says=re.escape(says),
                                                                         status=status)
        refused("--from-store", "s", "x.log", says="--vehicle is required", status=2)
        refused("--from-store", "s", "--vehicle", "car1", says="OUTPUT is required", status=2)
        refused("--from-store", "s", "--vehicle", "car1", "y.log", "x.log", says="y.log: is an input besides", status=2)
        refused("--from-store", "s", "--vehicle", "cart", "x.log", says="s: no vehicle 'cart'; did you mean 'car0'?")
        refused("--from-store", "s", "--vehicle", "van", "x.log",
                says="s: no vehicle 'van'; there are car0, car1, car10, car11, car2")
        refused("--from-store", "s", "--vehicle", "car1", "--end", "@5", "x.log", says="no messages of 'car1' at this time")
        for name in ("s/.index.db", "s/car1.log", "s/../s/new/car1.log"):
            refused("--from-store", "s", "--vehicle", "car1", "--format", "candump", name,
                    says="is in the store s, which only a sink changes", status=2)
        refused("--from-store", "nowhere", "--vehicle", "car1", "x.log", says="nowhere: is no store of vehicles")
        self.assertFalse(os.path.exists(self.path("x.log")))


if __name__ == "__main__":
    harness.main()

#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The logs that are measured with: the same at every run, and like a car's."""
import collections
import filecmp
import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../support"))
import harness  # noqa: E402

MESSAGES = 1000


class Traffic(harness.ToolTest):
    def frames(self, name):
        output = self.run_tool("canconvert", "-q", name, "-", "--format", "jsonl").stdout
        return [json.loads(line) for line in output.splitlines()]

    def test_two_runs_give_the_same(self):
        for run in ("first", "second"):
            self.run_tool("bench_traffic", str(MESSAGES), run + ".log", run + ".blf")
        for name in (".log", ".blf"):
            self.assertTrue(filecmp.cmp(self.path("first" + name), self.path("second" + name),
                                        shallow=False), name)
        self.assertEqual(len(self.frames("first.log")), MESSAGES)
        self.assertEqual(len(self.frames("first.blf")), MESSAGES)

    def test_it_is_like_a_cars(self):
        self.run_tool("bench_traffic", "20000", "a.log")
        frames = self.frames("a.log")
        seconds = float(frames[-1]["timestamp"]) - float(frames[0]["timestamp"])
        self.assertAlmostEqual(len(frames) / seconds, 2540, delta=25)
        self.assertEqual(len({(f["id"], f["extended"]) for f in frames}), 149)
        fd = collections.Counter((f["channel"], f["fd"], f["length"]) for f in frames)
        self.assertAlmostEqual(fd["can1", True, 64] / len(frames), 0.051, delta=0.002)
        extended = {f["id"] for f in frames if f["extended"]}
        self.assertAlmostEqual(len(extended) / 149, 1 / 8, delta=0.02)
        times = [float(f["timestamp"]) for f in frames]
        self.assertEqual(times, sorted(times))

    def test_a_log_repeated(self):
        self.write("a.log", "(10.000000) can0 123#01\n(10.500000) can0 124#02\n")
        self.run_tool("bench_traffic", "--repeat", "a.log", "5", "b.log")
        self.assertEqual([(float(f["timestamp"]), f["id"]) for f in self.frames("b.log")],
                         [(10, 0x123), (10.5, 0x124), (11.5, 0x123), (12, 0x124), (13, 0x123)])


if __name__ == "__main__":
    harness.main()

#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""canconvert as a user runs it."""
import gzip
import json
import os
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../support"))
import harness  # noqa: E402

LOG = """(1551774790.942758) can0 123#DEADBEEF R
(1551774791.942761) can1 1ABCDEF0##1AABB T
(1551774792.500000) can0 7E8#R4 R
(1551774793.000001) can0 20000004#0004000000000000 R
"""
FORMATS = ["asc", "blf", "csv", "db", "log", "jsonl"]


class Convert(harness.ToolTest):
    def setUp(self):
        super().setUp()
        self.write("a.log", LOG)

    def frames(self, name, *options):
        output = self.run_tool("canconvert", "-q", *options, name, "-", "--format", "jsonl").stdout
        return [json.loads(line) for line in output.splitlines()]

    def test_any_format_to_any(self):
        want = [(f["timestamp"], f["id"], f["extended"], f["remote"], f["data"], f["length"])
                for f in self.frames("a.log")[:3]]
        for first in FORMATS:
            self.run_tool("canconvert", "-q", "a.log", "1." + first)
            for second in FORMATS:
                with self.subTest(first=first, second=second):
                    self.run_tool("canconvert", "-q", "1." + first, "2." + second)
                    got = [(f["timestamp"], f["id"], f["extended"], f["remote"], f["data"],
                            f["length"]) for f in self.frames("2." + second)]
                    self.assertEqual(got[:3], want)
                    self.assertEqual(len(got), 4)

    def test_log_comes_back_identical(self):
        for middle in ("blf", "jsonl", "db", "asc", "csv"):
            with self.subTest(middle=middle):
                dialect = ["--csv-dialect", "extended"] if middle == "csv" else []
                self.run_tool("canconvert", "-q", *dialect, "a.log", "m." + middle)
                self.run_tool("canconvert", "-q", "m." + middle, "b.log")
                got, want = self.read("b.log").splitlines(), LOG.splitlines()
                self.assertEqual(got[:3], want[:3])
                if middle != "asc":  # which keeps no detail of error frames
                    self.assertEqual(got[3:], want[3:])

    def test_pipes(self):
        output = self.run_tool("canconvert", "-", "-", "--format", "candump", input=LOG).stdout
        self.assertEqual(output, LOG)

    def test_gzip_both_ways(self):
        self.run_tool("canconvert", "a.log", "a.log.gz")
        with gzip.open(self.path("a.log.gz"), "rt") as file:
            self.assertEqual(file.read(), LOG)
        self.assertEqual(len(self.frames("a.log.gz")), 4)

    def test_format_by_content(self):
        os.rename(self.path("a.log"), self.path("noname"))
        self.assertEqual(len(self.frames("noname")), 4)

    def test_selection(self):
        ids = lambda *options: [f["id"] for f in self.frames("a.log", *options)]
        self.assertEqual(ids("--filter", "123:7FF"), [0x123, 0x4])  # error frames have no id
        self.assertEqual(ids("--filter", "123~7FF"), [0x1ABCDEF0, 0x7E8, 0x4])
        self.assertEqual(ids("--start", "1s"), [0x1ABCDEF0, 0x7E8, 0x4])
        self.assertEqual(ids("--start", "1s", "--end", "2s"), [0x1ABCDEF0, 0x7E8])
        self.assertEqual(ids("--end", "@1551774791"), [0x123])

    def test_time_zone(self):
        self.run_tool("canconvert", "-q", "--tz", "+05:30", "a.log", "a.asc")
        self.assertIn("02:03:10.942 pm", self.read("a.asc"))  # 08:33:10.942 UTC
        self.assertEqual(self.frames("a.asc", "--tz", "+05:30")[0]["timestamp"], 1551774790.942758)

    def test_losses_are_said_once(self):
        complaints = self.run_tool("canconvert", "a.log", "a.csv").stderr
        for what in ("CAN FD flags of 1 message", "the channel of 4 messages", "the direction Tx"):
            self.assertEqual(complaints.count(what), 1, complaints)
        self.assertEqual(self.run_tool("canconvert", "a.log", "a.jsonl").stderr, "")

    def test_what_stood_before_a_bad_line_is_kept(self):
        self.write("bad.log", LOG + "(1551774794.0) can0 12345#00 R\n" + LOG)
        for name in ("good.asc", "good.blf", "good.db", "good.jsonl"):
            with self.subTest(name=name):
                self.assert_refused("canconvert", "-q", "bad.log", name,
                                    says=r"bad\.log:5: .*12345#00")
                self.assertEqual(len(self.frames(name)), 4)

    def test_keep_going(self):
        self.write("bad.log", LOG + "(1551774794.0) can0 12345#00 R\n" + LOG)
        result = self.run_tool("canconvert", "--keep-going", "bad.log", "good.log")
        self.assertRegex(result.stderr, r"warning: bad\.log:5: ")
        self.assertEqual(self.read("good.log"), LOG + LOG)

    def test_an_unreadable_input_costs_no_output(self):
        self.write("precious.asc", "precious")
        self.write("bad.log", "hello\nworld\n")
        self.assert_refused("canconvert", "bad.log", "precious.asc", says="not a candump log")
        self.assert_refused("canconvert", "missing.log", "precious.asc",
                            says=r"missing\.log: no such file or directory")
        self.assertEqual(self.read("precious.asc"), "precious")

    def test_mistakes(self):
        self.assert_refused("canconvert", "a.log", "b.foo", status=2,
                            says=r"b\.foo: unknown log format '\.foo'; known: \.asc, \.blf")
        self.assert_refused("canconvert", "a.log", "a.log", status=2, says="the same file")
        self.assert_refused("canconvert", "a.log", "no/b.log", says="no/b.log: no such file")
        self.assert_refused("canconvert", "a.log", "-", status=2, says="--format")
        self.assert_refused("canconvert", "a.log", "-", "--format", "db", says="pipe")
        self.assert_refused("canconvert", "a.log", "-", "--format", "cvs", status=2,
                            says="did you mean 'csv'")
        self.assert_refused("canconvert", "--filter", "xyz", "a.log", "b.log", status=2,
                            says="'xyz'")
        self.assert_refused("canconvert", "--frob", "a.log", "b.log", status=2, says="--frob")
        self.assert_refused("canconvert", self.folder, "b.log", says="is a directory")

    def test_a_full_disk_is_reported(self):
        for name in ("asc", "blf", "csv", "candump", "jsonl", "printer"):
            with self.subTest(format=name):
                self.assert_refused("canconvert", "a.log", "/dev/full", "--format", name,
                                    says="/dev/full: no space left on device")

    def test_a_closed_pipe_is_no_error(self):
        self.write("long.log", LOG * 20000)
        process = self.start("canconvert", "long.log", "-", "--format", "candump")
        process.stdout.readline()
        process.stdout.close()
        self.assertEqual(process.wait(timeout=20), 0)
        self.assertEqual(process.stderr.read(), "")

    def test_help_and_version(self):
        for name in ("canconvert", "canlogger", "canplayer", "cansend"):
            text = self.run_tool(name, "--help").stdout
            self.assertIn("Examples:", text)
            self.assertLess(max(map(len, text.splitlines())), 80)
            self.assertRegex(self.run_tool(name, "--version").stdout, rf"^{name} \d+\.\d+\.\d+\n$")
        for name in ("canconvert", "canplayer", "cansend"):
            result = self.run_tool(name, status=2)
            self.assertEqual(result.stdout, "")
            self.assertIn("Usage:", result.stderr)


if __name__ == "__main__":
    harness.main()

#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""canconvert --repair: what a damaged, cut or unfinished log holds becomes a sound log."""
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../support"))
import harness  # noqa: E402

COUNT = 3000
LINES = [f"({1700000000 + i * 0.001:.6f}) can0 {i % 2048:03X}#{i:016X}\n" for i in range(COUNT)]
CUT_TO_NOTHING = ("canb", "db", "npz", "mf4", "log.zst")  # the last two: the first compressed block is cut
ALL = "asc blf csv jsonl log pcapng trc log.gz asc.gz".split()


class Repair(harness.ToolTest):
    def make(self, name):
        """A sound log with messages 0 to COUNT."""
        self.write("source.log", "".join(LINES))
        self.run_tool("canconvert", "-q", "source.log", name)
        with open(self.path(name), "rb") as file:
            return file.read()

    def put(self, name, content):
        with open(self.path(name), "wb") as file:
            file.write(content)

    def numbers(self, name):
        """Of the frames in a log, which has to be sound."""
        told = self.run_tool("canconvert", name, "-", "--format", "candump")
        self.assertNotRegex(told.stderr, "damage|cut|ends")
        return [int(number, 16) for number in re.findall(r"#([0-9A-F]{16})", told.stdout)]

    def test_a_cut_log(self):
        for kind in ALL:
            with self.subTest(kind=kind):
                content = self.make(f"a.{kind}")
                cut = content[:len(content) * 2 // 3 + 7]
                self.put(f"a.{kind}", cut)
                told = self.run_tool("canconvert", "--repair", f"a.{kind}").stderr
                numbers = self.numbers(f"a_repaired.{kind}")
                self.assertEqual(numbers, list(range(len(numbers))))
                self.assertGreater(len(numbers), COUNT // 3)
                self.assertRegex(told, rf"canconvert: a.{kind}: {len(numbers):,} messages saved in "
                                       rf"a_repaired.{kind}; [1-3] damaged places?\n$")
                self.assertRegex(told, rf"^canconvert: warning: a.{kind}")
                with open(self.path(f"a.{kind}"), "rb") as file:
                    self.assertEqual(file.read(), cut)

    def test_a_damaged_place(self):
        for kind in ("asc", "csv", "jsonl", "log", "trc"):
            with self.subTest(kind=kind):
                content = self.make(f"a.{kind}")
                middle = len(content) // 2
                self.put(f"a.{kind}", content[:middle] + b"X" * 12 + content[middle + 12:])
                told = self.run_tool("canconvert", "--repair", f"a.{kind}", "out.log", "--force").stderr
                numbers = self.numbers("out.log")
                self.assertEqual(numbers, sorted(set(numbers)))
                self.assertGreaterEqual(len(numbers), COUNT * 2 // 3)
                self.assertLess(len(numbers), COUNT)
                self.assertIn(f"{len(numbers):,} messages saved in out.log", told)

    def test_a_sound_log(self):
        for kind in [*ALL, *CUT_TO_NOTHING]:
            with self.subTest(kind=kind):
                self.make(f"a.{kind}")
                told = self.run_tool("canconvert", "--repair", f"a.{kind}", "-o", f"out.{kind}").stderr
                self.assertIn(f"a.{kind}: 3,000 messages saved in out.{kind}; no damage\n", told)
                self.assertEqual(self.numbers(f"out.{kind}"), list(range(COUNT)))

    def test_half_a_line_is_no_frame(self):
        for line, kind in (("(1700000009.000000) can0 123#11", "log"),
                           ("1700000009.0,0x123,0,0,0,1,EQ==", "csv")):
            self.make(f"a.{kind}")
            with open(self.path(f"a.{kind}"), "a", encoding="utf-8") as file:
                file.write(line)
            told = self.run_tool("canconvert", "--repair", f"a.{kind}", "--force").stderr
            self.assertIn(f"a.{kind}: cut off a last line without an end, {len(line)} bytes", told)
            self.assertIn("3,000 messages saved", told)
            self.assertEqual(self.numbers(f"a_repaired.{kind}"), list(range(COUNT)))

    def test_the_format_is_that_of_the_content(self):
        self.write("log.txt", "".join(LINES) + "(17000")
        self.run_tool("canconvert", "--repair", "log.txt")
        self.assertEqual(self.read("log_repaired.txt").splitlines(True), LINES)

    def test_remarks_are_kept(self):
        self.write("a.asc", "date Tue Nov 14 10:00:00 pm 2023\nbase hex timestamps absolute\n"
                            "0.001000 1 001 Rx d 1 11\n// 0.002000 overtaking\n"
                            "0.003000 1 002 Rx d 1 22\n// 0.004000 tunnel\n0.005")
        self.run_tool("canconvert", "--repair", "a.asc")
        self.assertRegex(self.read("a_repaired.asc"),
                         r"d 1 11\n// 0.001000 overtaking\n.* d 1 22\n// 0.003000 tunnel\n")

    def test_nothing_is_replaced(self):
        content = self.make("a.log")
        self.write("out.log", "kept\n")
        self.write("empty.log", "")
        self.write("wrong.asc", "date\n")
        refused = lambda *arguments, status, says: self.assert_refused(
            "canconvert", "--repair", *arguments, status=status, says=says)
        refused("a.log", "out.log", status=2, says="out.log: exists; --force replaces it")
        refused("a.log", "a.log", "--force", status=2, says="a.log")
        refused("a.log", "a.log", status=2, says="a.log: exists")
        refused("a.log", "b.log", "c.log", status=2, says="--repair needs one log")
        refused("a.log", "b.log", "--only", "error", status=2, says="--repair saves the whole log")
        refused("empty.log", "out.log", "--force", status=1, says="empty.log: no messages to save")
        refused("missing.log", status=1, says="missing.log: no such file")
        self.assertEqual(self.read("out.log"), "kept\n")
        self.assertEqual(self.read("a.log").encode(), content)
        self.assertFalse([name for name in os.listdir(self.folder) if "unfinished" in name])


if __name__ == "__main__":
    harness.main()

#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What goes to a terminal, and to standard streams that are closed or full."""
import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../support"))
import harness  # noqa: E402

PROGRAMS = ("canconvert", "canlogger", "canplayer", "cansend", "canserver", "canviewer", "canreport")
ATTACKS = ("\x1b[31m", "\x9b31m", "\u202e", "\u2066", "\u200b", "\x7f")
# Whatever a terminal obeys, or doesn't show; a line break and a tab are the programs' own.
HIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")
LOG = "(1.000000) can0 123#11\n"


class Terminal(harness.ToolTest):
    def assert_harmless(self, *command, status=0, says=""):
        """Runs a program on a hostile input; returns what it printed on both streams."""
        result = subprocess.run([harness.program(command[0]), *command[1:]], cwd=self.folder,
                                env=self.environment, capture_output=True, timeout=60)
        self.assertEqual(result.returncode, status, result.stderr)
        for stream in (result.stdout, result.stderr):
            self.assertNotRegex(stream.decode("utf-8"), HIDDEN)  # raw bytes are no UTF-8
        printed = (result.stdout + result.stderr).decode()
        self.assertIn(says, printed)
        return printed

    def test_names_of_channels(self):
        for attack in ATTACKS:
            with self.subTest(attack=attack):
                name = "can" + attack
                self.write("a.jsonl", '{"timestamp":1.0,"channel":"%s","id":1,"data":""}\n'
                           % "".join(rf"\u{ord(c):04x}" for c in name))
                self.assert_harmless("canconvert", "--info", "a.jsonl", says="can\\")
                self.assert_harmless("canconvert", "--info", "--json", "a.jsonl", says="can\\")
                for name in ("console", "candump", "jsonl", "csv"):
                    self.assert_harmless("canconvert", "-q", "a.jsonl", "-", "--format", name,
                                         "--csv-dialect=extended" if name == "csv" else "-q")

    def test_raw_bytes(self):
        with open(self.path("a.log"), "wb") as file:
            file.write(b"(1.0) can\x9b0m 123#11\n(2.0) can0 \x9b31m\n")
        self.assert_harmless("canconvert", "a.log", "-", "--format", "console", status=1, says=r"\x9b")

    def test_comments(self):
        for attack in ATTACKS:
            with self.subTest(attack=attack):
                self.write("a.asc", "date Mon Jan 1 00:00:00 2024\nbase hex timestamps absolute\n"
                           f"// comment {attack}\n 0.1 1 123 Rx d 0\n")
                self.assert_harmless("canconvert", "--events", "a.asc", "-o", "-", "--format", "candump",
                                     says="comment")
                self.assert_harmless("canconvert", "--info", "a.asc", says="comment")
                self.assert_harmless("canreport", "a.asc", says="comment")

    def test_names_of_files_and_values(self):
        for attack in ATTACKS:
            with self.subTest(attack=attack):
                name = attack + ".log"
                self.write(name, LOG)
                self.assert_harmless("canconvert", "--info", name, says=".log")
                self.assert_harmless("canconvert", "none" + name, "a.asc", status=1, says="no such file")
                self.assert_harmless("cansend", "-i", "x" + attack, "-c", "0", "1#", status=2)
                self.assert_harmless("cansend", "-i", "virtual", "-c", "x", attack, status=2)
                self.write(".canrc", f"[default]\ninterface = virtual\nchannel = x{attack}\n")
                self.assert_harmless("cansend", "--show-config", says="channel")


class Streams(harness.ToolTest):
    def shell(self, program, rest, status):
        command = f"exec {harness.program(program)} {rest}"
        result = subprocess.run(["bash", "-c", command], cwd=self.folder, env=self.environment,
                                capture_output=True, text=True, timeout=60)
        self.assertEqual(result.returncode, status, (command, result.stderr))
        return result

    def test_a_full_output_is_a_failure(self):
        self.write("a.log", LOG)
        bus = "-i virtual -c x"
        for program in PROGRAMS:
            for what in ("--help", "--version", "--list-interfaces", "--list-interfaces --json", "--show-config",
                         "--show-config --json", "--list-formats", "--list-formats --json"):
                if program in ("canconvert", "canreport") and what.startswith(("--list-i", "--show")):
                    continue
                if program in ("cansend", "canserver") and what.startswith("--list-f"):
                    continue
                for target in (">/dev/full", ">&-"):
                    with self.subTest(program=program, what=what, target=target):
                        result = self.shell(program, f"{what} {target}", 1)
                        self.assertIn("standard output: ", result.stderr)
        for program, rest in (("canconvert", "--info a.log"), ("canconvert", "--info --json a.log"),
                              ("canconvert", "a.log - --format candump"), ("canreport", "a.log"), ("canplayer", "a.log stdout=can0"),
                              ("canplayer", f"{bus} --json a.log"),
                              ("canlogger", f"{bus} --json -f b.log --duration 0.1"),
                              ("canlogger", f"{bus} --load --duration 1.5")):
            with self.subTest(program=program, rest=rest):
                self.shell(program, rest + " >/dev/full", 1)

    def test_a_pipe_by_its_name(self):
        """/dev/stdout, and what >(...) of a shell stands for, are links to no path."""
        self.write("a.log", "(1551774790.942758) can0 123#DEADBEEF\n")
        self.assertEqual(self.run_tool("canconvert", "a.log", "/dev/stdout", "--format", "candump").stdout,
                         self.read("a.log"))
        self.assertIn("</html>", self.run_tool("canreport", "a.log", "-o", "/dev/stdout").stdout)

    def test_closed_streams_stay_unused(self):
        """A file or a socket that took the place of a closed stream would get the program's messages."""
        for program, rest in (("canserver", "-i virtual -c x -H 127.0.0.1 -p 0"),
                              ("canlogger", "-i virtual -c x -f a.log"),
                              ("canplayer", "-i virtual -c x a.fifo"), ("cansend", "-i virtual -c x -"),
                              ("canconvert", "a.fifo b.asc --from candump")):
            os.path.exists(self.path("a.fifo")) or os.mkfifo(self.path("a.fifo"))
            for closed in ("<&-", ">&-", "2>&-", "<&- >&- 2>&-"):
                if program == "cansend" and "<&-" in closed:
                    continue  # it has nothing to wait for
                with self.subTest(program=program, closed=closed):
                    process = subprocess.Popen(
                        ["bash", "-c", f"exec {harness.program(program)} {rest} {closed}"], cwd=self.folder,
                        env=self.environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                        stderr=subprocess.PIPE)
                    self.addCleanup(self.end, process)
                    self.assertTrue(harness.wait_for(lambda: self.is_running(process, program)))
                    for sign, number in (("<", 0), (">&", 1), ("2>", 2)):
                        if sign in closed.replace("2>&-", "2>-" if number == 1 else "2>&-"):
                            self.assertEqual(os.readlink(f"/proc/{process.pid}/fd/{number}"), "/dev/null")
                    self.end(process)

    @staticmethod
    def is_running(process, program):
        """Whether the program has opened what it works on: more than the three streams."""
        try:
            name = os.readlink(f"/proc/{process.pid}/exe")
            return name.endswith(program) and len(os.listdir(f"/proc/{process.pid}/fd")) >= 3
        except OSError:
            return False

    @staticmethod
    def end(process):
        process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout, process.stderr):
            stream.close()


if __name__ == "__main__":
    harness.main()

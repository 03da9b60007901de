#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""canviewer in a terminal: tmux is the terminal and says what it shows."""
import os
import shutil
import signal
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../support"))
import harness  # noqa: E402

BUS = ["-i", "udp_multicast"]


class Viewer(harness.ToolTest):
    number = 0  # of the terminal

    def tmux(self, *arguments):
        return subprocess.run(["tmux", "-S", self.path(f"tmux{self.number}"), "-f", "/dev/null", *arguments], cwd=self.folder,
                              env={**self.environment, "LC_ALL": "C.UTF-8"}, capture_output=True, text=True).stdout

    def view(self, *options, size="80x24"):
        """A shell in a terminal of that size, and canviewer in it."""
        columns, lines = size.split("x")
        self.tmux("kill-server")
        self.number += 1  # an old server may still be there
        self.addCleanup(self.tmux, "kill-server")
        self.tmux("new", "-d", "-x", columns, "-y", lines, "sh")
        command = " ".join([harness.program("canviewer"), *options])
        self.type(f"stty -a >before; {command} 2>err; echo $? >status; stty -a >after; echo back")
        self.key("Enter")

    def type(self, text):
        self.tmux("send-keys", "-l", text)

    def key(self, *names):
        self.tmux("send-keys", *names)

    def shown(self, *options):
        return self.tmux("capture-pane", "-p", *options)

    def await_shown(self, text):
        self.assertTrue(harness.wait_for(lambda: text in self.shown()), self.shown())

    def await_end(self, status):
        self.assertTrue(harness.wait_for(lambda: os.path.exists(self.path("after")) and self.read("after")), self.shown())
        self.assertEqual(self.read("status"), f"{status}\n", self.read("err"))
        self.assertEqual(self.read("after"), self.read("before"))
        self.await_shown("back")
        self.assertNotIn("COUNT", self.shown())  # the shell's own screen

    def pid(self):
        found = subprocess.run(["pgrep", "-f", harness.program("canviewer") + ".*" + self.folder.split("/")[-1]],
                               capture_output=True, text=True).stdout.split()
        return int(found[0])

    def test_a_bus(self):
        self.view(*BUS)
        self.await_shown("0 ids")
        self.run_tool("cansend", *BUS, "123#4142", "1ABCDEF0##1" + "43" * 12)
        self.await_shown("2 ids")
        lines = self.shown().splitlines()
        self.assertRegex(lines[2], r"^123 +1 +2  41 42 +AB$")
        self.assertRegex(lines[3], r"^1ABCDEF0 +1 +12  43 43 43 43 43 43 43 43  CCCCCCCC$")
        self.assertRegex(lines[4], r"^ +43 43 43 43 +CCCC$")
        self.run_tool("cansend", *BUS, "123#4143")
        self.await_shown("41 43")
        self.assertIn("\033[43m43\033[", self.shown("-e"))  # what changed, and only that
        self.assertNotIn("\033[43m41\033[", self.shown("-e"))
        logger = self.start("canlogger", *BUS, "-v", "-n", "1", "-f", "sent.log")
        logger.stderr.readline()
        self.type("s5AA#1122")
        self.key("Enter")
        self.assertEqual(logger.wait(timeout=20), 0)
        self.assertIn("5AA#1122", self.read("sent.log"))
        self.type("q")
        self.await_end(0)

    def test_sizes(self):
        self.write("in.log", "".join(f"(1.{i:06}) can{i % 2} {i:03X}##1{'AB' * 64}\n" for i in range(40)))
        for size, last in (("80x24", "q quit"), ("40x10", "q quit"), ("200x50", "q quit")):
            with self.subTest(size):
                self.view("in.log", size=size)
                self.await_shown("40 ids")
                lines = self.shown().splitlines()
                self.assertEqual(len(lines), int(size.split("x")[1]))
                self.assertTrue(lines[-1].startswith(last), lines[-1])
                self.assertTrue(lines[2].startswith("can0"), lines[2])
                self.tmux("resize-window", "-x", "120", "-y", "30")
                self.assertTrue(harness.wait_for(
                    lambda: len(self.shown().splitlines()) == 30 and self.shown().splitlines()[-1].startswith(last)))

    def test_the_terminal_is_given_back(self):
        self.write("in.log", "(1.0) can0 123#00\n")
        log = self.path("in.log")
        for sent, status in ((signal.SIGTERM, 0), (signal.SIGINT, 0), (signal.SIGHUP, 0), (signal.SIGSEGV, 139),
                             (signal.SIGABRT, 134)):
            with self.subTest(sent):
                for name in ("after", "before", "status"):
                    if os.path.exists(self.path(name)):
                        os.remove(self.path(name))
                self.view(log)
                self.await_shown("1 ids")
                os.kill(self.pid(), sent)
                self.await_end(status)

    def test_a_log_at_its_times(self):
        self.write("in.log", "(1.0) can0 123#00\n(2.5) can0 124#00\n")
        self.view("-q", "in.log", "--show", "12")
        self.await_shown("1 ids")
        start = time.monotonic()
        self.await_shown("2 ids")
        self.assertGreater(time.monotonic() - start, 0.7)
        self.await_shown("ENDED")
        self.assertIn("filter 12", self.shown())
        self.key("Escape")
        self.await_end(0)

    def test_several_buses(self):
        left, right = ("239.74.163.31", "239.74.163.32")
        self.view("-i", "udp_multicast", "-c", left, "--bus", f"udp_multicast:{right}", "--filter", "100:700")
        self.await_shown("0 ids")
        self.run_tool("cansend", "-i", "udp_multicast", "-c", left, "100#11", "300#00")
        self.run_tool("cansend", "-i", "udp_multicast", "-c", right, "100#22")
        self.await_shown("2 ids")
        self.assertRegex(self.shown(), r"(?m)^~163.31 100 .*  11$")
        self.assertRegex(self.shown(), r"(?m)^~163.32 100 .*  22$")

    def test_names_and_signals(self):
        self.write("body.dbc", 'BU_: A\nBO_ 291 Engine: 8 A\n SG_ Speed : 0|16@1+ (0.5,0) [0|0] "rpm" A\n'
                   ' SG_ Gear : 16|8@1- (1,0) [0|0] "" A\nVAL_ 291 Gear -1 "Reverse" ;\n')
        self.write("in.log", "(1.0) can0 123#A506FF0000000000\n(1.0) can0 124#00\n")
        self.view("in.log", "--dbc", "body.dbc")
        self.await_shown("  Engine: Speed 850.5 rpm, Gear -1 Reverse\n")
        self.type("d")
        self.assertTrue(harness.wait_for(lambda: "Engine" not in self.shown()))
        self.type("d/gin")
        self.key("Enter")
        self.await_shown("filter gin")
        self.assertIn("Engine", self.shown())
        self.assertNotIn("124 ", self.shown())
        self.type("q")
        self.await_end(0)

    def test_a_pipe_whose_writer_stays(self):
        for key in ("q", "C-c"):
            with self.subTest(key):
                for name in ("after", "before", "status", "pipe.log"):
                    if os.path.exists(self.path(name)):
                        os.remove(self.path(name))
                os.mkfifo(self.path("pipe.log"))
                self.view("pipe.log")
                with open(self.path("pipe.log"), "w", encoding="utf-8") as pipe:
                    pipe.write("(1.0) can0 123#00\n")
                    pipe.flush()
                    self.await_shown("1 ids")
                    self.key(key)
                    self.await_end(0)

    def test_no_terminal(self):
        self.write("in.log", "(1.0) can0 123#00\n")
        self.assert_refused("canviewer", "in.log", says="canviewer: standard input and output have to be a terminal")
        self.view("missing.log")
        self.await_end(1)
        self.assertIn("missing.log", self.read("err"))


if __name__ == "__main__":
    if not shutil.which("tmux"):
        print("skipped: no tmux")
        sys.exit(harness.SKIP)
    harness.enter_namespace()
    harness.set_up_namespace()
    harness.main()

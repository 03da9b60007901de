#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What is lost is told, whatever else isn't: messages that a stopped canlogger couldn't take."""
import os
import re
import signal
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../support"))
import harness  # noqa: E402

BUS = ["-i", "udp_multicast"]
SENT = 60_000  # far more than the socket of a logger that stands still holds


class Losses(harness.ToolTest):
    def flood(self, *options):
        """A recording that stood still while many frames were sent: its complaints."""
        logger = self.start("canlogger", *BUS, *options)
        self.assertTrue(harness.wait_for(lambda: self.send("7FF#") or self.lines()))
        logger.send_signal(signal.SIGSTOP)
        self.send("-", input="".join(f"{i % 2048:03X}#1122334455667788\n" for i in range(SENT)))
        logger.send_signal(signal.SIGCONT)
        return self.stop(logger)[1]

    def send(self, *arguments, **more):
        self.run_tool("cansend", *BUS, *arguments, **more)

    def lines(self):
        return self.read("a.log").splitlines() if os.path.exists(self.path("a.log")) else []

    def test_losses_are_told_even_when_quiet(self):
        complaints = self.flood("-q", "-f", "a.log")
        told = re.search(r"canlogger: ([\d,]+) messages in .*, ([\d,]+) dropped", complaints)
        self.assertTrue(told, complaints)
        written, dropped = (int(number.replace(",", "")) for number in told.groups())
        self.assertGreater(dropped, 0)
        first = self.read("a.log").count("7FF#\n")
        self.assertEqual(written + dropped, SENT + first)
        self.assertEqual(sum(line.startswith("(") for line in self.lines()), written)
        remarks = [int(number.replace(",", "")) for number in
                   re.findall(r"([\d,]+) messages lost before here", self.read("a.log"))]
        self.assertEqual(sum(remarks), dropped)

    def test_what_a_recording_cannot_hold_is_told(self):
        for options, told in (([], True), (["-q"], False)):
            logger = self.start("canlogger", *BUS, *options, "-n", "1", "-f", "a.csv")
            harness.wait_for(lambda: self.send("123##1AABB") or logger.poll() is not None)
            complaints = logger.communicate(timeout=20)[1]
            self.assertEqual(logger.returncode, 0, complaints)
            self.assertEqual("can't hold CAN FD" in complaints, told, complaints)

    def test_what_a_conversion_cannot_hold_is_told(self):
        self.write("in.log", "(1) can0 123##1AABB\n(2) can0 124#00\n")
        told = self.run_tool("canconvert", "in.log", "out.csv").stderr
        self.assertRegex(told, r"^canconvert: warning: a .* can't hold CAN FD flags of 1 message\n")
        self.assertEqual(self.run_tool("canconvert", "-q", "in.log", "out2.csv").stderr, "")


if __name__ == "__main__":
    harness.enter_namespace()
    harness.set_up_namespace()
    harness.main()

#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""canplayer and time: what it keeps to, and what it says where it can't."""
import json
import os
import re
import signal
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../support"))
import harness  # noqa: E402

BUS = ["-i", "udp_multicast"]


class Replay(harness.ToolTest):
    def play(self, lines, *options):
        """What canplayer says, and when each message came, in seconds from the first."""
        self.write("in.log", "\n".join(lines) + "\n")
        logger = self.start_logger("-f", "out.jsonl")
        complaints = self.run_tool("canplayer", *BUS, *options, "in.log").stderr
        return complaints, self.times(logger)

    def times(self, logger):
        time.sleep(0.1)
        self.stop(logger)
        got = [json.loads(line)["timestamp"] for line in self.read("out.jsonl").splitlines()
               if "timestamp" in line]
        return [each - got[0] for each in got]

    def stopped_for_a_second(self, *options):
        """The times of 100 messages, one each 10 ms, where the program stands still for a while."""
        self.write("in.log", "".join(f"({1 + i / 100:.6f}) can0 {i:03X}#00\n" for i in range(100)))
        logger = self.start_logger("-f", "out.jsonl")
        player = self.start("canplayer", *BUS, *options, "in.log")
        time.sleep(0.4)
        player.send_signal(signal.SIGSTOP)
        time.sleep(1)
        player.send_signal(signal.SIGCONT)
        complaints = player.communicate(timeout=20)[1]
        self.assertEqual(player.returncode, 0, complaints)
        return self.times(logger), complaints

    def test_after_a_stop_the_schedule_is_shifted(self):
        times, complaints = self.stopped_for_a_second()
        self.assertEqual(len(times), 100)
        self.assertGreater(times[-1], 1.8)
        pauses = [b - a for a, b in zip(times, times[1:])]
        self.assertLess(sum(pause < 0.005 for pause in pauses), 10)
        self.assertRegex(complaints, r"canplayer: late by .*: all further messages are sent later")

    def test_after_a_stop_what_is_overdue_comes_at_once(self):
        times, complaints = self.stopped_for_a_second("--on-late", "burst")
        self.assertEqual(len(times), 100)
        self.assertLess(times[-1], 1.8)
        self.assertNotIn("late by", complaints)

    def test_after_a_stop_what_is_overdue_is_left_out(self):
        times, complaints = self.stopped_for_a_second("--on-late", "drop")
        left_out = int(re.search(r"canplayer: (\d+) messages not sent: too late", complaints)[1])
        self.assertEqual(len(times) + left_out, 100)
        self.assertGreater(left_out, 20)

    def test_a_clock_that_is_set_back(self):
        complaints, times = self.play([f"({t}) can0 100#00" for t in (10, 10.2, 5, 5.2, 5.4)])
        self.assertEqual(len(times), 5)
        self.assertGreater(times[-1], 0.55)
        self.assertIn("the log's clock steps back by 5.2 s", complaints)

    def test_a_clock_that_jumps_by_decades(self):
        self.write("in.log", "(1) can0 100#00\n(1700000000) can0 100#01\n")
        for options, says in (
                ([], "the log pauses for 54 years; waiting for 86400 s, see --skip"),
                (["-s", "0"], "waiting for 54 years; --skip shortens pauses")):
            player = self.start("canplayer", *BUS, *options, "in.log")
            self.assertIn(says, player.stderr.readline())
            self.stop(player, status=130)
        self.assertEqual(self.run_tool("canplayer", *BUS, "-s", "0.1", "in.log").stderr, "")

    def test_the_gap_is_the_least_between_two_messages(self):
        complaints, times = self.play([f"({t}) can0 100#00" for t in (1, 1, 1, 1.3)], "-g", "100")
        self.assertEqual(complaints, "")
        self.assertEqual(len(times), 4)
        for at, wanted in zip(times, (0, 0.1, 0.2, 0.5)):
            self.assertAlmostEqual(at, wanted, delta=0.05)

    def test_what_is_skipped_of_a_damaged_log_is_counted(self):
        lines = [f"({t}) can0 {'100#00' if t % 2 else 'zzz#'}" for t in range(60)]
        complaints, times = self.play(lines, "--keep-going", "--ignore-timestamps")
        self.assertEqual(len(times), 30)
        self.assertEqual(complaints.count("warning: in.log:"), 20)
        self.assertIn("canplayer: warning: 30 warnings in all", complaints)

    def test_lateness_is_measured_where_a_message_is_sent(self):
        """A program that stands still while it waits sends the next message late by that."""
        self.write("in.log", "(1) can0 100#00\n(1.5) can0 100#01\n")
        player = self.start("canplayer", *BUS, "-v", "in.log")
        player.stdout.readline()
        player.send_signal(signal.SIGSTOP)
        time.sleep(1)
        player.send_signal(signal.SIGCONT)
        complaints = player.communicate(timeout=20)[1]
        late = re.search(r"2 messages sent, at most ([\d.]+) (m?s) late", complaints)
        self.assertTrue(late, complaints)
        self.assertGreater(float(late[1]) / (1000 if late[2] == "ms" else 1), 0.4)


if __name__ == "__main__":
    harness.enter_namespace()
    harness.set_up_namespace()
    harness.main()

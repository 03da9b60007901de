#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""SIGINT, SIGTERM and SIGHUP end every program wherever it waits for somebody else."""
import os
import signal
import socket
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../support"))
import harness  # noqa: E402

BUS = ["-i", "udp_multicast"]
ALL = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
SOON = 5  # seconds; a program that waits for somebody else would take for ever


class Signals(harness.ToolTest):
    def assert_ends(self, process, sent, *statuses):
        """With one of the statuses; returns its complaints."""
        process.send_signal(sent)
        try:
            process.wait(timeout=SOON)
        except subprocess.TimeoutExpired:
            self.fail(f"{process.args} doesn't end with {sent.name}")
        complaints = process.stderr.read()
        self.assertIn(process.returncode, statuses, complaints)
        return complaints

    def sleeping(self, process):
        """Waits until the program waits."""
        def state():
            with open(f"/proc/{process.pid}/stat", encoding="ascii") as file:
                return file.read().rsplit(")", 1)[1].split()[0]
        time.sleep(0.2)
        self.assertTrue(harness.wait_for(lambda: state() == "S"))

    def test_waiting_for_input(self):
        os.mkfifo(self.path("fifo"))
        for command in (["canplayer", *BUS, "-"], ["cansend", *BUS, "-"],
                        ["canconvert", "-", "a.log", "--from", "candump"],
                        ["canplayer", *BUS, "fifo"], ["canplayer", *BUS, "--from", "candump", "-"]):
            for sent in ALL:
                with self.subTest(command=command, signal=sent):
                    process = self.start(*command, stdin=subprocess.PIPE)
                    self.sleeping(process)
                    self.assert_ends(process, sent, -sent, 130)
                    process.stdin.close()

    def test_waiting_for_more_input(self):
        logger = self.start_logger("-f", "a.log")
        player = self.start("canplayer", *BUS, "-f", "sent.log", "--from", "candump", "-",
                            stdin=subprocess.PIPE)
        lines = "".join(f"(1.{i:06}) can0 {i % 2048:03X}#01\n" for i in range(9000))
        player.stdin.write(lines)
        player.stdin.flush()
        self.assertTrue(harness.wait_for(lambda: "1F0#01" in self.read("a.log")))
        self.assert_ends(player, signal.SIGINT, 130)
        player.stdin.close()
        self.assertIn("1F0#01", self.read("sent.log"))
        self.stop(logger)

    def test_writing_to_a_pipe_that_nobody_reads(self):
        for sent in ALL:
            with self.subTest(signal=sent):
                logger = self.start_logger("--format", "candump")
                lines = "".join(f"{i % 2048:03X}#1122334455667788\n" for i in range(6000))
                self.run_tool("cansend", *BUS, "-", input=lines)
                time.sleep(0.3)  # some 300 kB: more than a pipe holds
                complaints = self.assert_ends(logger, sent, 1)
                self.assertIn("standard output: nobody reads it", complaints)
                self.assertRegex(complaints, r"[\d,]+ messages received and not written")

    def test_a_pipe_that_is_read_slowly_gets_all(self):
        logger = self.start_logger("--format", "candump")
        lines = "".join(f"{i % 2048:03X}#1122334455667788\n" for i in range(6000))
        self.run_tool("cansend", *BUS, "-", input=lines)
        time.sleep(0.3)
        logger.send_signal(signal.SIGTERM)
        count = 0
        for _ in logger.stdout:
            count += 1
            if count % 200 == 0:
                time.sleep(0.01)
        self.assertEqual(logger.wait(timeout=SOON), 0, logger.stderr.read())
        self.assertEqual(count, 6000)

    def test_connecting_to_a_server_that_says_nothing(self):
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=a",
                        "-keyout", "a.key", "-out", "a.pem"], cwd=self.folder, check=True,
                       capture_output=True)
        with socket.create_server(("127.0.0.1", 0)) as server:
            where = ["-i", "remote", "-c", "127.0.0.1:%d" % server.getsockname()[1]]
            for command in (["canlogger", *where, "-f", "a.log"], ["cansend", *where, "123#"],
                            ["canserver", *where, "-p", "0"],
                            ["canlogger", *where, "-o", "tls_ca=a.pem"]):
                with self.subTest(command=command):
                    process = self.start(*command)
                    self.sleeping(process)
                    self.assert_ends(process, signal.SIGINT, -signal.SIGINT, 0)

    def test_one_that_is_ignored_by_a_script_is_heard(self):
        ignore = lambda: signal.signal(signal.SIGINT, signal.SIG_IGN)
        process = self.start("cansend", *BUS, "-", stdin=subprocess.PIPE, preexec_fn=ignore)
        self.sleeping(process)
        self.assert_ends(process, signal.SIGINT, -signal.SIGINT)
        process.stdin.close()

    def test_nohup(self):
        ignore = lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN)
        logger = self.start_logger("-f", "a.log", preexec_fn=ignore)
        logger.send_signal(signal.SIGHUP)
        self.run_tool("cansend", *BUS, "123#01")
        self.assertTrue(harness.wait_for(lambda: "123#01" in self.read("a.log")))
        self.assertIsNone(logger.poll())
        self.assert_ends(logger, signal.SIGTERM, 0)

    def test_a_second_signal_ends_it_hard(self):
        logger = self.start_logger("--format", "candump")
        lines = "".join(f"{i % 2048:03X}#1122334455667788\n" for i in range(6000))
        self.run_tool("cansend", *BUS, "-", input=lines)
        time.sleep(0.3)
        logger.send_signal(signal.SIGINT)
        time.sleep(0.3)
        self.assert_ends(logger, signal.SIGTERM, 128 + signal.SIGTERM)

    def test_the_same_wish_told_twice_ends_it_in_good_order(self):
        """As timeout(1) does, and a terminal that is closed."""
        logger = self.start_logger("-f", "a.blf")
        self.run_tool("cansend", *BUS, "123#01")
        logger.send_signal(signal.SIGTERM)
        self.assertIn("1 message in", self.assert_ends(logger, signal.SIGHUP, 0))

    def test_cyclic_messages_that_come_too_late(self):
        frames = [f"{i:03X}#1122334455667788" for i in range(100)]
        started = time.monotonic()
        result = self.run_tool("cansend", *BUS, "--period", "10us", "--duration", "200ms", *frames)
        self.assertLess(time.monotonic() - started, SOON)
        self.assertRegex(result.stderr, r"cansend: [\d,]+ messages not sent: sending takes longer")
        sender = self.start("cansend", *BUS, "--period", "10us", *frames)
        time.sleep(0.3)
        self.assert_ends(sender, signal.SIGINT, 0)


if __name__ == "__main__":
    harness.enter_namespace()
    harness.set_up_namespace()
    harness.main()

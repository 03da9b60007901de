#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What the programs say to people: each number is the one it is called, at its limits too."""
import json
import os
import pty
import re
import select
import signal
import socket
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../support"))
import harness  # noqa: E402

BUS = ["-i", "udp_multicast"]
GROUP = "239.74.163.2"


class Reports(harness.ToolTest):
    def log(self, *times, channel="can0", frame="123#00"):
        return "".join(f"({each:.6f}) {channel} {frame}\n" for each in times)

    # canconvert

    def test_how_much_was_converted(self):
        self.write("in.log", self.log(*range(1234)))
        told = self.run_tool("canconvert", "-v", "in.log", "out.log").stderr
        self.assertEqual(told, "canconvert: 1,234 messages\n")
        self.write("one.log", self.log(1))
        told = self.run_tool("canconvert", "-v", "one.log", "one.asc").stderr
        self.assertEqual(told, "canconvert: 1 message\n")

    def test_periods_of_ids(self):
        self.write("in.log", self.log(1, 2, 4) + self.log(4.5, frame="00000124#"))
        shown = self.run_tool("canconvert", "--info", "-v", "in.log").stdout
        self.assertRegex(shown, r"(?m)^can0 +123 +3 +1 s +1\.5 s +2 s$")
        self.assertRegex(shown, r"(?m)^can0 +00000124 +1 *$")

    def test_counts_of_a_log(self):
        """Of each kind another number, so that two that are swapped are seen."""
        self.write("in.log", self.log(1, 2, 3, 4) + self.log(5, 6, 7, frame="123##011")
                   + self.log(8, 9, frame="123#R2") + self.log(10, frame="20000004#0004000000000000"))
        shown = self.run_tool("canconvert", "--info", "in.log").stdout
        self.assertRegex(shown, r"(?m)^can0 +10 +1 +4 +3 +2 +1 +1\.1 ")
        self.assertRegex(shown, r"(?m)^Messages +10$")
        self.assertRegex(shown, r"(?m)^Duration +9 s$")

    def test_events_of_a_log(self):
        for count in (0, 3, 12):
            self.write("in.asc", "date Mon Nov 27 00:00:00 2023\nbase hex timestamps absolute\n   0.500000 1 123 Rx d 1 00\n"
                       + "".join(f"// {i}.000000 lap {i}\n" for i in range(count)))
            shown = self.run_tool("canconvert", "--info", "in.asc").stdout
            self.assertEqual(re.findall(r"(?m)^ +(\d+\.\d{6})  .*(lap \d+)", shown),
                             [(f"{i}.000000", f"lap {i}") for i in range(min(count, 10))], shown)
            self.assertEqual("and 2 more, see --events" in shown, count == 12)
            self.assertEqual(json.loads(self.run_tool("canconvert", "--info", "--json", "in.asc").stdout)[0]["events"], count)

    def test_what_is_said_of_many_warnings(self):
        for bad, said in ((20, False), (21, True)):
            self.write("in.log", self.log(1) + "(2) can0 zzz#\n" * bad)
            told = self.run_tool("canconvert", "--keep-going", "in.log", "out.log").stderr
            self.assertEqual(told.count("warning: in.log:"), 20)
            self.assertEqual(f"warning: {bad} warnings in all" in told, said, told)

    # canplayer

    def test_steps_of_a_clock_are_summed_up(self):
        for times, said in (([10, 5, 5.1], False), ([10, 5, 1, 1.1], True)):
            self.write("in.log", self.log(*times))
            told = self.run_tool("canplayer", "-i", "virtual", "in.log").stderr
            self.assertEqual("the log's clock stepped back 2 times" in told, said, told)
            self.assertEqual(told.count("the log's clock steps back by"), 1)

    def test_how_much_was_sent(self):
        self.write("in.log", self.log(1, 1, 1) + self.log(1, channel="can7"))
        told = self.run_tool("canplayer", "-i", "virtual", "-v", "--map", "can0=x", "in.log").stderr
        self.assertIn("canplayer: 1 message not sent: --map doesn't name the channel", told)
        self.assertRegex(told, r"canplayer: 3 messages sent, late by .* at the median, .* over 1 ms")

    # canlogger

    def test_packets_without_a_frame(self):
        for count, said in ((0, ""), (1, "1 packet without a valid frame"), (2, "2 packets without a valid frame")):
            logger = self.start_logger("-c", GROUP, "-o", "iface=lo", "-f", "a.log")
            peer = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            peer.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton("127.0.0.1"))
            for _ in range(count):
                peer.sendto(b"no frame", (GROUP, 43113))
            peer.close()
            self.run_tool("cansend", *BUS, "-c", GROUP, "-o", "iface=lo", "123#")
            complaints = self.stop(logger)[1]
            self.assertIn("1 message in", complaints)
            self.assertEqual("without a valid frame" in complaints, bool(said))
            self.assertIn(said, complaints)

    def test_what_stays_where_no_message_came(self):
        self.write("a.log", "(1) can0 123#\n")
        complaints = self.run_tool("canlogger", *BUS, "--duration", "50ms", "-f", "a.log").stderr
        self.assertIn("canlogger: not replaced, as no message came: a.log, 14 bytes", complaints)
        self.assertEqual(self.read("a.log"), "(1) can0 123#\n")

    # canserver

    def start_server(self, *options):
        server = self.start("canserver", "-i", "virtual", "-c", "x", "-H", "127.0.0.1", "-p", "0", *options)
        for line in server.stderr:
            if "listening on" in line:
                return server, ["-i", "remote", "-c", line.split()[-1]]
        self.fail("canserver doesn't listen")

    def statistics(self, server):
        server.send_signal(signal.SIGUSR1)
        for line in server.stderr:
            if "refused;" in line:
                return [int(number.replace(",", "")) for number in re.findall(r"\b[\d,]*\d\b", line)]
        return []

    def test_statistics(self):
        server, where = self.start_server()
        logger = self.start("canlogger", "-v", *where, "-f", "a.log")
        self.assertIn("recording", logger.stderr.readline())
        self.run_tool("cansend", *where, "123#", "124#", "125#")
        self.assertTrue(harness.wait_for(lambda: self.statistics(server) == [1, 2, 0, 3, 0, 3, 0]))
        self.stop(logger)
        server, where = self.start_server("--read-only")
        peer = socket.create_connection(("127.0.0.1", int(where[-1].split(":")[1])))
        self.addCleanup(peer.close)
        peer.sendall(bytes.fromhex("0104000000000a00") + b"\x03" + bytes(22) + b"\x03" + bytes(22))
        self.assertTrue(harness.wait_for(lambda: self.statistics(server) == [1, 1, 0, 0, 2, 0, 0]))

    def test_verbosity_of_a_server(self):
        for options, infos in (([], False), (["-v"], True), (["-v", "-v"], True)):
            server, where = self.start_server(*options)
            self.run_tool("cansend", *where, "123#")
            complaints = self.stop(server)[1]
            self.assertEqual("opened virtual x" in complaints, infos, complaints)
            self.assertEqual(": connected" in complaints, len(options) == 2, complaints)

    # Terminals

    def on_terminal(self, command, **more):
        """Starts a program whose output is a terminal; returns it and the other side."""
        ours, theirs = pty.openpty()
        self.addCleanup(os.close, ours)
        process = subprocess.Popen([harness.program(command[0]), *command[1:]], cwd=self.folder,
                                   stdin=subprocess.PIPE, stdout=theirs, stderr=theirs, **more)
        os.close(theirs)
        self.addCleanup(process.stdin.close)
        return process, ours

    def shown(self, terminal, seconds=20):
        text = b""
        while select.select([terminal], [], [], seconds)[0]:
            try:
                some = os.read(terminal, 65536)
            except OSError:  # the program has ended
                break
            text += some
        return text.decode()

    def test_colours_are_for_terminals(self):
        self.write("in.log", self.log(1) + self.log(2, frame="20000004#0004000000000000"))
        for variables, options, coloured in (({}, [], True), ({"NO_COLOR": "1"}, [], False),
                                             ({"NO_COLOR": ""}, [], True), ({}, ["--color", "never"], False),
                                             ({"NO_COLOR": "1"}, ["--color", "always"], True)):
            with self.subTest(variables=variables, options=options):
                process, terminal = self.on_terminal(
                    ["canconvert", "-q", "--format", "console", *options, "in.log", "-"],
                    env={**self.environment, **variables})
                text = self.shown(terminal)
                self.assertEqual(process.wait(timeout=20), 0)
                self.assertIn("123", text)
                self.assertEqual("\x1b[31m" in text, coloured, text)

    def test_progress(self):
        """How many so far, and how many a second in three digits or so."""
        process, terminal = self.on_terminal(["canconvert", "-", "out.log", "--from", "candump"],
                                             env=self.environment)
        process.stdin.write(self.log(1).encode() * 30_000)
        process.stdin.flush()
        time.sleep(0.5)
        process.stdin.write(self.log(1).encode())
        process.stdin.close()
        text = self.shown(terminal)
        self.assertEqual(process.wait(timeout=20), 0)
        line = re.findall(r"\r\x1b\[K([\d,]+) messages  (\d+) s  (\S+)/s", text)[-1]
        self.assertEqual(line[0], "30,001")
        self.assertRegex(line[2], r"^(\d{1,4}|\d{2,3}k|\d+\.\dM)$")
        self.assertTrue(text.endswith("\r\x1b[K"), text)


if __name__ == "__main__":
    harness.enter_namespace()
    harness.set_up_namespace()
    harness.main()

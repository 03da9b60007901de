#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The programs on real SocketCAN interfaces, beside can-utils, python-can and ip.

usage: vm_socketcan.py path/to/unit_tests [TEST...]

Starts itself again in the virtual machine of scripts/vm, where CPU work takes five to ten times as
long. Nothing here depends on how long things take. Ends with 77 where there is no such machine.
"""
import fcntl
import glob
import json
import os
import re
import select
import signal
import socket
import struct
import subprocess
import sys
import termios
import threading
import tty
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "../support"))
import harness  # noqa: E402

VM = os.path.join(HERE, "../../scripts/vm")
IN_VM = "CANSUITE_IN_VM"

if not os.environ.get(IN_VM):
    os.environ[IN_VM] = "1"
    os.execv(VM, [VM, "-k", "-p", "2", "-t", "3000", sys.executable, *sys.argv])

import can  # noqa: E402  python-can, of the virtual machine's Debian as of this one's
from vm_tests import (END, ERROR_FRAMES, LONG, N_SLCAN, Vm, all_frames, classic_frames,  # noqa: E402
                      details, fd_frames, frames_of, ip, kind_of, message_of)
from vm_canutils import CanUtils  # noqa: E402,F401  tests
from vm_slcan import KernelSlcan, Slcanpty  # noqa: E402,F401  tests

UNIT_TESTS = sys.argv.pop(1)


class Library(Vm):
    def run_cases(self, *cases):
        result = subprocess.run([UNIT_TESTS, *cases], capture_output=True, text=True, timeout=1200)
        print(result.stdout)
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        self.assertNotIn("skipped", result.stdout)

    def test_contract_of_drivers(self):
        self.run_cases("every bus*", "-c", "socketcan")

    def test_periodic_messages(self):
        self.run_cases("[vcan]")


class Beside(Vm):
    """canlogger and canplayer beside other programs on vcan0."""

    def test_sees_what_candump_sees(self):
        self.candump("vcan0", "-r 8000000")
        logger = self.logger("vcan0")
        count = 4000
        subprocess.run(["cangen", "vcan0", "-g", "0", "-n", str(count), "-m"], check=True)
        theirs = self.until_end("vcan0")
        ours = [line for line in self.logged(logger).splitlines() if END not in line]
        self.assertIn("0 dropped", self.complaints)
        self.assertEqual(len(ours), count)
        self.assertEqual(frames_of("\n".join(ours)), frames_of("\n".join(theirs)))
        times = [line.split(")")[0] for line in ours], [line.split(")")[0] for line in theirs]
        self.assertEqual([t[:18] for t in times[0]], [t[:18] for t in times[1]])

    def test_logged_and_dropped_is_what_was_sent(self):
        logger = self.logger("vcan0", "-o", "rcvbuf=8192")
        logger.send_signal(signal.SIGSTOP)
        count = 1000
        self.send("vcan0", *[f"{i % 0x700:03X}#11" for i in range(count)])
        logger.send_signal(signal.SIGCONT)
        logged = len(frames_of(self.logged(logger)))
        dropped = int(re.search(r"([\d,]+) dropped", self.complaints)[1].replace(",", ""))
        print(f"{logged} logged + {dropped} dropped = {count}")
        self.assertGreater(dropped, 0)
        self.assertEqual(logged + dropped, count)

    def test_replay_gives_an_identical_log(self):
        self.candump("vcan0")
        frames = classic_frames() + fd_frames()
        self.play("vcan0", frames)
        self.assertEqual(frames_of("\n".join(self.until_end("vcan0"))), frames)

    def test_raw_dlc(self):
        """Byte 7 of a frame, which the candump and python-can of Debian 12 don't know."""
        frames = [f"123#1122334455667788_{dlc:X}" for dlc in range(9, 16)]
        logger = self.logger("vcan0")
        with socket.socket(socket.PF_CAN, socket.SOCK_RAW, socket.CAN_RAW) as raw:
            raw.bind(("vcan0",))
            self.play("vcan0", frames)
            self.assertEqual([raw.recv(16)[7] for _ in frames], list(range(9, 16)))
        self.assertEqual(frames_of(self.logged(logger)), frames)

    def test_records_what_python_can_sends(self):
        logger = self.logger("vcan0")
        self.send("vcan0", *all_frames())
        self.assertEqual(frames_of(self.logged(logger)), all_frames())

    def test_python_can_receives_what_is_played(self):
        with can.Bus("vcan0", interface="socketcan", fd=True) as bus:
            self.play("vcan0", all_frames())
            for frame in all_frames():
                self.assertEqual(kind_of(bus.recv(LONG)), kind_of(message_of(frame)), frame)

    def test_any_names_each_channel(self):
        logger = self.logger("any")
        self.send("vcan0", "123#00")
        self.send("vcan1", "123#01")
        self.write("both.log", "(0.0) vcan1 124#\n(0.1) vcan0 125#\n")
        self.run_tool("canplayer", "-i", "socketcan", "-c", "any", self.path("both.log"))
        lines = [line.split()[1:3] for line in self.logged(logger).splitlines()]
        self.assertEqual(lines, [["vcan0", "123#00"], ["vcan1", "123#01"], ["vcan1", "124#"],
                                 ["vcan0", "125#"]])

    def test_local_loopback(self):
        logger = self.logger("vcan0")
        self.play("vcan0", ["111#"], "-o", "local_loopback=false")
        self.send("vcan0", "222#")
        self.assertEqual(frames_of(self.logged(logger)), ["222#"])

    def test_error_mask(self):
        logger = self.logger("vcan0", "-o", "error_mask=0x40")
        self.send("vcan0", *ERROR_FRAMES, "123#")
        self.assertEqual(frames_of(self.logged(logger)), [ERROR_FRAMES[1], "123#"])


class Filters(Vm):
    SENT = ["123#", "124#", "00000123#", "00012345#", "700#", *ERROR_FRAMES]

    def check(self, filters, passing, *options):
        if os.path.exists(self.path("log")):  # which a recording without messages would leave
            os.remove(self.path("log"))
        logger = self.logger("vcan0", "--filter", filters, *options)
        self.send("vcan0", *self.SENT)
        errors = [] if options else ERROR_FRAMES
        self.assertEqual(frames_of(self.logged(logger)), passing + errors, filters)

    def test_filters(self):
        without_errors = ("-o", "error_mask=0")
        for options in ((), without_errors):
            self.check("123:7FF", ["123#", "00000123#"], *options)
            self.check("123~7FF", ["124#", "00012345#", "700#"], *options)
            self.check("123~7FF,124~7FF", ["00012345#", "700#"], *options)
            self.check("120:7F0,124~7FF", ["123#", "00000123#"], *options)
            self.check("120:7F0,700:7FF,124~7FF", ["123#", "00000123#", "700#"], *options)
            self.check("00000123:1FFFFFFF", ["00000123#"], *options)
            self.check("123:C00007FF", ["123#"], *options)  # as candump has it
            self.check("extended", ["00000123#", "00012345#"], *options)
            self.check("remote", [], *options)

    def test_more_than_the_kernel_takes(self):
        many = ",".join(f"{i:03X}:7FF" for i in range(0x100, 0x310))
        self.check(many, ["123#", "124#", "00000123#"])


class Cards(Vm):
    """Two controllers on one bus; they get their bit rate from the programs."""

    def tearDown(self):
        for name in ("can0", "can1"):
            subprocess.run(["ip", "link", "set", name, "down"], stderr=subprocess.DEVNULL)

    def test_bit_rate_and_frames(self):
        # The emulated controller mixes up its memory after a remote frame that asks for data.
        frames = [frame for frame in classic_frames() if not re.search("#R[1-8]", frame)]
        logger = self.logger("can1", "-b", "250000", "-o", "restart_ms=100")
        self.play("can0", frames[:1], "-b", "250000", "-o", "sample_point=0.75")
        # An emulated bus takes no time: two at once could overrun the receiving controller.
        for count, frame in enumerate(frames[1:], 1):
            harness.wait_for(lambda: len(frames_of(self.read("log"))) >= count, LONG)
            self.send("can0", frame)
        harness.wait_for(lambda: len(frames_of(self.read("log"))) >= len(frames), LONG)
        self.assertEqual(frames_of(self.logged(logger)), frames)
        self.assertEqual(details("can1")["bittiming"]["bitrate"], 250000)
        self.assertEqual(details("can1")["restart_ms"], 100)
        self.assertEqual(details("can0")["bittiming"]["sample_point"], "0.750")

    def test_details(self):
        self.start("canlogger", "-v", "-i", "socketcan", "-c", "can1", "-b", "125000", "-o",
                   "listen_only=true").stderr.readline()
        logger = self.start("canlogger", "-v", "-i", "socketcan", "-c", "can1")
        line = logger.stderr.readline()
        for part in ("125000 bit/s", "0.875", "listen-only", "error-active", "0 tx and 0 rx errors",
                     "kernel timestamps"):
            self.assertIn(part, line)
        there = self.run_tool("canlogger", "--list-interfaces").stdout
        self.assertRegex(there, "available: can1, 125000 bit/s, .*listen-only, .*error-active, 0 tx and 0 rx")
        ip("link", "set", "can1", "down")
        ip("link", "set", "can1", "type", "can", "listen-only", "off")

    def test_bit_timings_of_the_unit_test(self):
        path = os.path.join(HERE, "../unit/bit_timing_test.cpp")
        with open(path, encoding="utf-8") as file:
            table = file.read().split("static_cast", 1)[0].split("rows[] = {")[1].split("};")[0]
        rows = [[int(n) for n in re.findall(r"\d+", row.replace("'", ""))]
                for row in re.findall(r"\{([^}]*)\}", table)]
        self.assertGreater(len(rows), 10)
        for rate, point, *expected in rows:
            extra = ["sample-point", str(point / 1000)] if point else []
            ip("link", "set", "can0", "type", "can", "bitrate", str(rate), *extra)
            timing = details("can0")["bittiming"]
            got = [timing["prop_seg"], timing["phase_seg1"], timing["phase_seg2"], timing["brp"],
                   timing["bitrate"], round(float(timing["sample_point"]) * 1000)]
            self.assertEqual(got, expected, (rate, point))

    def test_refusals(self):
        self.assert_refused("cansend", "-i", "socketcan", "-c", "can0", "123#",
                            says="socketcan can0: the link is down; try \"ip link set can0 up")
        self.assert_refused("cansend", "-i", "socketcan", "-c", "can7", "123#",
                            says="socketcan can7: no such CAN interface; did you mean 'can0'")
        self.assert_refused("cansend", "-i", "socketcan", "-c", "lo", "123#",
                            says="socketcan lo: no such CAN interface")
        self.assert_refused("cansend", "-i", "socketcan", "-c", "can0", "-b", "500000", "--fd",
                            "123#", says="socketcan can0: the interface has no CAN FD")
        self.assert_refused("cansend", "-i", "socketcan", "-c", "can0", "123##0",
                            says="CAN FD is off")
        self.assert_refused("cansend", "-i", "socketcan", "-c", "can0", ERROR_FRAMES[0],
                            says="can't send an error frame")
        ip("link", "set", "can0", "down")
        nobody = [harness.program("cansend"), "-i", "socketcan", "-c", "can0", "-b", "500000",
                  "123#"]
        result = subprocess.run(["setpriv", "--reuid=65534", "--clear-groups", "--no-new-privs",
                                 *nobody], capture_output=True, text=True)
        self.assertEqual(result.returncode, 1, result.stderr)
        self.assertIn("only root can run \"ip link set can0 down; ip link set can0 up type can "
                      "bitrate 500000\"", result.stderr)

    def test_unplugged_and_back(self):
        logger = self.logger("can1", "-b", "500000")
        with open("/sys/class/net/can1/device/remove", "w", encoding="ascii") as file:
            file.write("1")
        self.wait_for_text(logger, "waiting")
        with open("/sys/bus/pci/rescan", "w", encoding="ascii") as file:
            file.write("1")
        self.wait_for_text(logger, "back after")
        self.play("can0", ["123#11"], "-b", "500000")
        self.assertTrue(harness.wait_for(lambda: "123#11" in self.read("log"), LONG))
        self.logged(logger)


class Links(Vm):
    def test_down_and_up(self):
        logger = self.logger("vcan1")
        self.send("vcan1", "111#")
        ip("link", "set", "vcan1", "down")
        self.wait_for_text(logger, "socketcan vcan1: the interface is down, waiting")
        ip("link", "set", "vcan1", "up")
        self.wait_for_text(logger, "socketcan vcan1: back after")
        self.send("vcan1", "222#")
        log = self.logged(logger)
        self.assertEqual(frames_of(log), ["111#", "222#"])
        self.assertRegex(log, "(?m)^# socketcan vcan1: back after")

    def test_a_server_keeps_its_clients(self):
        server = self.start("canserver", "-i", "socketcan", "-c", "vcan1", "-H", "127.0.0.1")
        self.wait_for_text(server, "listening")
        logger = self.start("canlogger", "-v", "-i", "remote", "-c", "127.0.0.1", "-f",
                            self.path("log"), "--format", "candump")
        self.wait_for_text(logger, "recording")
        self.send("vcan1", "111#")
        ip("link", "set", "vcan1", "down")
        self.wait_for_text(logger, "socketcan vcan1: the interface is down, waiting")
        ip("link", "set", "vcan1", "up")
        self.wait_for_text(logger, "socketcan vcan1: back after")
        self.send("vcan1", "222#")
        self.assertTrue(harness.wait_for(lambda: "222#" in self.read("log"), LONG))
        log = self.logged(logger)
        self.assertEqual(frames_of(log), ["111#", "222#"])
        self.assertRegex(log, "(?m)^# remote 127.0.0.1:54701: socketcan vcan1: back after")
        self.stop(server)

    def test_no_channel_to_send_on(self):
        result = self.run_tool("cansend", "-i", "socketcan", "123#", status=2)
        self.assertIn("can't send id 123 on all interfaces; -c can0 names one", result.stderr)

    def test_no_reconnect(self):
        logger = self.logger("vcan1", "--no-reconnect")
        ip("link", "set", "vcan1", "down")
        complaints = logger.communicate(timeout=LONG)[1]
        ip("link", "set", "vcan1", "up")
        self.assertEqual(logger.returncode, 1)
        self.assertIn("socketcan vcan1: network is down", complaints)

    def test_reconnect_is_for_those_that_want_it(self):
        for options, status in ((["-o", "reconnect=false"], 1), (["-o", "reconnect=true"], 0)):
            logger = self.logger("vcan1", *options)
            ip("link", "set", "vcan1", "down")
            if status == 0:
                self.wait_for_text(logger, "waiting")
                logger.send_signal(signal.SIGINT)
            logger.communicate(timeout=LONG)
            ip("link", "set", "vcan1", "up")
            self.assertEqual(logger.returncode, status)
        self.assert_refused("canlogger", "-i", "socketcan", "-c", "vcan8", "-o", "wait=false",
                            says="no such CAN interface")
        logger = self.logger("vcan8", "-o", "wait=true")
        self.wait_for_text(logger, "the interface is missing, waiting")
        self.stop(logger)

    def test_wait_for_an_interface(self):
        logger = self.logger("vcan7", "--wait")
        self.wait_for_text(logger, "the interface is missing, waiting")
        ip("link", "add", "vcan7", "type", "vcan")
        self.addCleanup(ip, "link", "del", "vcan7")
        ip("link", "set", "vcan7", "up")
        self.wait_for_text(logger, "back after")
        self.send("vcan7", "123#")
        self.assertEqual(frames_of(self.logged(logger)), ["123#"])


class SerialLine(Vm):
    """The kernel's slcan on a terminal: states of the bus as the adapter tells them."""

    def setUp(self):
        super().setUp()
        before = set(glob.glob("/sys/class/net/*"))
        self.adapter, self.line = os.openpty()
        tty.setraw(self.adapter)
        tty.setraw(self.line)
        fcntl.ioctl(self.line, termios.TIOCSETD, struct.pack("i", N_SLCAN))
        self.channel = os.path.basename((set(glob.glob("/sys/class/net/*")) - before).pop())
        self.reads = True
        self.reader = threading.Thread(target=self.read_adapter)
        self.reader.start()

    def read_adapter(self):
        """The kernel waits until the adapter has taken its commands."""
        while self.reads:
            if select.select([self.adapter], [], [], 0.1)[0]:
                os.read(self.adapter, 4096)

    def stop_reading(self):
        self.reads = False
        self.reader.join()

    def tearDown(self):
        subprocess.run(["ip", "link", "set", self.channel, "down"], check=False)
        self.stop_reading()
        os.close(self.line)
        os.close(self.adapter)

    def test_states(self):
        logger = self.logger(self.channel, "-b", "500000")
        states = b"sw100096\rsp130140\re1a\rsb000255\r"
        os.write(self.adapter, b"t1232AABB\r" + states + b"t1240\r")
        self.assertTrue(harness.wait_for(lambda: "124#" in self.read("log"), LONG))
        frames = frames_of(self.logged(logger))
        self.assertEqual((frames[0], frames[-1]), ("123#AABB", "124#"))
        errors = [message_of(frame) for frame in frames[1:-1]]
        self.assertTrue(all(error.is_error_frame for error in errors), frames)
        classes = 0
        for error in errors:
            classes |= error.arbitration_id
        for flag in (0x4, 0x8, 0x40):  # controller, protocol, bus off
            self.assertTrue(classes & flag, frames)
        controller = [error.data[1] for error in errors if error.arbitration_id & 4]
        self.assertTrue(any(status & 0x0C for status in controller), frames)  # warning
        self.assertTrue(any(status & 0x30 for status in controller), frames)  # passive

    def test_full(self):
        """Nobody reads what the interface writes: sending waits, then says so."""
        self.play(self.channel, ["123#"], "-b", "500000")
        self.stop_reading()
        log = self.write("many.log", "".join(f"({i}.0) can0 123#11223344\n" for i in range(2000)))
        result = self.assert_refused("canplayer", "-i", "socketcan", "-c", self.channel, "-b",
                                     "500000", "--ignore-timestamps", log, says="takes no more")
        self.assertIn(self.channel, result.stderr)


if __name__ == "__main__":
    harness.main()

# SPDX-License-Identifier: MIT
"""The programs on a serial line whose other side is can-utils' slcanpty, an adapter of a CAN
interface, or the kernel's slcan, a host. Run by vm_socketcan.py."""
import fcntl
import glob
import os
import re
import struct
import subprocess
import termios
import tty

import harness
from vm_tests import LONG, N_SLCAN, Vm, classic_frames, frames_of, ip

COUNT = 20000
BUFFER = "16000000"  # bytes that the kernel keeps for a socket: tests are no matter of speed


def many(frames):
    return [frames[i % len(frames)] for i in range(COUNT)]


class Serial(Vm):
    def setUp(self):
        super().setUp()
        for limit in ("rmem_default", "rmem_max"):
            with open(f"/proc/sys/net/core/{limit}", "w", encoding="ascii") as file:
                file.write(BUFFER)

    def serial_logger(self, path, *options, name="log"):
        process = self.start("canlogger", "-v", "-i", "slcan", "-c", path, "-f", self.path(name),
                             "--format", "candump", *options)
        self.opened = self.wait_for_text(process, "recording")
        return process

    def play_serial(self, path, frames, *options):
        lines = [f"({i * 0.000001:.6f}) can0 {frame}\n" for i, frame in enumerate(frames)]
        log = self.write("serial.log", "".join(lines))
        self.run_tool("canplayer", "-i", "slcan", "-c", path, *options, "--ignore-timestamps", log)

    def wait_until_logged(self, count, name="log"):
        def logged():
            return os.path.exists(self.path(name)) and self.read(name).count("\n") >= count
        self.assertTrue(harness.wait_for(logged, LONG), "not all was logged")


class Slcanpty(Serial):
    """slcanpty reads a remote frame without its length, and refuses the rest of such a line: frames
    with one are left out where it is sent to."""

    def setUp(self):
        super().setUp()
        before = set(glob.glob("/dev/pts/[0-9]*"))
        self.start("/bin/sh", "-c", "exec slcanpty /dev/ptmx vcan0 >/dev/null")  # it says much
        self.assertTrue(harness.wait_for(lambda: set(glob.glob("/dev/pts/[0-9]*")) - before, LONG))
        self.line = (set(glob.glob("/dev/pts/[0-9]*")) - before).pop()

    def test_logs_what_candump_logs(self):
        logger = self.serial_logger(self.line, "-b", "500000")
        for part in ("version 1013", "500000 bit/s", "error-active"):
            self.assertIn(part, self.opened)
        self.candump("vcan0", "-r 16000000")
        self.play("vcan0", many(classic_frames()))
        theirs = frames_of("\n".join(self.until_end("vcan0")))
        self.wait_until_logged(len(theirs))
        ours = [frame for frame in frames_of(self.logged(logger)) if "1EADBEEF" not in frame]
        self.assertEqual(len(theirs), COUNT)
        self.assertEqual(ours, theirs)

    def test_sends_what_candump_logs(self):
        frames = [frame for frame in many(classic_frames()) if not re.search("#R[1-8]", frame)]
        self.candump("vcan0", "-r 16000000")
        self.play_serial(self.line, frames)
        self.assertEqual(frames_of("\n".join(self.until_end("vcan0"))), frames)

    def test_times_of_the_adapter(self):
        logger = self.serial_logger(self.line, "-o", "timestamps=device")
        self.assertIn("the adapter's timestamps", self.opened)
        self.candump("vcan0")
        self.play("vcan0", classic_frames(), gap=0.01)
        theirs = self.until_end("vcan0")
        self.wait_until_logged(len(theirs))
        ours = [line for line in self.logged(logger).splitlines() if "1EADBEEF" not in line]
        times = [[float(line[1:line.index(")")]) for line in lines] for lines in (ours, theirs)]
        self.assertEqual(len(times[0]), len(times[1]))
        for mine, other in zip(*times):
            self.assertLess(abs(mine - other), 1)

    def test_listen_only_is_refused(self):
        self.assert_refused("canlogger", "-i", "slcan", "-c", self.line, "-o", "listen_only=true",
                            says=r"slcan /dev/pts/\d+: the adapter refuses to listen only \(L\)")


class KernelSlcan(Serial):
    """The kernel is a host: two hosts face to face, none of which answers the other."""

    def setUp(self):
        super().setUp()
        self.channel, self.line = self.interface()

    def interface(self):
        """A CAN interface of the kernel's, and the terminal at its other side."""
        before = set(glob.glob("/sys/class/net/*"))
        kernel, line = os.openpty()
        self.addCleanup(os.close, line)
        self.addCleanup(os.close, kernel)
        tty.setraw(line)
        fcntl.ioctl(kernel, termios.TIOCSETD, struct.pack("i", N_SLCAN))
        return os.path.basename((set(glob.glob("/sys/class/net/*")) - before).pop()), os.ttyname(line)

    def up(self, channel):
        ip("link", "set", channel, "type", "can", "bitrate", "500000")
        ip("link", "set", channel, "up")
        self.addCleanup(subprocess.run, ["ip", "link", "set", channel, "down"], check=False)

    def face_to_face(self):
        logger = self.serial_logger(self.line, "-o", "answers=no")
        self.up(self.channel)  # the kernel waits until its commands are read
        return logger

    def test_logs_what_candump_logs(self):
        logger = self.face_to_face()
        self.candump(self.channel, "-r 16000000")
        self.play(self.channel, many(classic_frames()))
        theirs = frames_of("\n".join(self.until_end(self.channel)))
        self.wait_until_logged(len(theirs))
        ours = [frame for frame in frames_of(self.logged(logger)) if "1EADBEEF" not in frame]
        self.assertEqual(ours, many(classic_frames()))
        # What the kernel gives back of its own is in order only on each of its processors.
        self.assertEqual(sorted(theirs), sorted(ours))

    def test_sends_what_candump_logs(self):
        logger = self.face_to_face()
        self.candump(self.channel, "-r 16000000")
        self.logged(logger)
        self.play_serial(self.line, many(classic_frames()), "-o", "answers=no")
        player = self.serial_logger(self.line, "-o", "answers=no")  # reads what until_end() sends
        theirs = frames_of("\n".join(self.until_end(self.channel)))
        self.logged(player)
        self.assertEqual(theirs, many(classic_frames()))

    def test_states_as_the_kernel_has_them(self):
        """The same lines of an adapter, read by the kernel and by us."""
        kernel_reads, adapter = self.interface()
        reader = self.serial_logger(adapter, "-o", "answers=no", name="commands")
        self.up(kernel_reads)
        self.logged(reader, name="commands")
        logger = self.logger(kernel_reads, name="theirs")
        ours, terminal = os.openpty()
        self.addCleanup(os.close, ours)
        self.addCleanup(os.close, terminal)
        tty.setraw(terminal)
        mine = self.serial_logger(os.ttyname(terminal), "-o", "answers=no", name="ours")
        lines = b"t1232AABB\rsw100096\rsp130140\rsa000000\re1a\re2bs\re1o\rsb000255\r" + b"t1240\r"
        with open(adapter, "wb", buffering=0) as file:
            file.write(lines)
        os.write(ours, lines)
        for name in ("theirs", "ours"):
            self.assertTrue(harness.wait_for(lambda: "124#" in self.read(name), LONG), name)
        theirs = frames_of(self.logged(logger, name="theirs"))
        self.assertIn("the controller is bus-off", self.stop(mine)[1])
        self.assertEqual(frames_of(self.read("ours")), theirs)

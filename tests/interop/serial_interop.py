#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""serial, slcan, robotell and seeed beside python-can 4.1.0, both ways.

usage: serial_interop.py path/to/bus_peer

Both sides are hosts of emulated adapters on one bus; of `serial` and, without answers, of slcan they
are also each other's far end.
"""
import os
import subprocess
import sys
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "../support"))
import harness  # noqa: E402
from serial_adapters import Adapters  # noqa: E402

try:
    import can
    import serial  # noqa: F401
except ImportError:
    print("python-can or pyserial isn't installed")
    sys.exit(harness.SKIP)

PEER = sys.argv.pop(1)
LONG = 20


def data(length):
    return bytes((7 * i + length) & 0xFF for i in range(length))


def frames(remote=True, standard=True):
    """Pairs of a message of python-can and its text in candump's notation."""
    pairs = []

    def add(text, **fields):
        fields.setdefault("is_extended_id", False)
        pairs.append((can.Message(check=True, **fields), text))

    for n in range(9):
        digits = data(n).hex().upper()
        if standard:
            add(f"123#{digits}", arbitration_id=0x123, data=data(n))
        add(f"1ABCDEF0#{digits}", arbitration_id=0x1ABCDEF0, data=data(n), is_extended_id=True)
        length = str(n) if n else ""
        if remote:
            add(f"7FF#R{length}", arbitration_id=0x7FF, dlc=n, is_remote_frame=True)
            add(f"1FFFFFFF#R{length}", arbitration_id=0x1FFFFFFF, dlc=n, is_remote_frame=True,
                is_extended_id=True)
    for payload in (b"\xaa\x55\xa5\xbb", b"\xaa" * 8, b"\x55\x55", b"\xbb\xaa"):
        add(f"1ABCDEF0#{payload.hex().upper()}", arbitration_id=0x1ABCDEF0, data=payload,
            is_extended_id=True)
    for raw in (0x1AAAAAAA, 0x1555A5BB):
        add(f"{raw:08X}#", arbitration_id=raw, is_extended_id=True)
    return pairs


def kind_of(message):
    return (message.arbitration_id, message.is_extended_id, message.is_remote_frame, message.dlc,
            bytes(message.data))


class Interop(harness.ToolTest):
    def exchange(self, interface, ours, theirs, pairs, options=(), **settings):
        """Our bus and theirs, opened on these channels, send each other the frames."""
        bus = can.Bus(interface=interface, channel=theirs, **settings)
        self.addCleanup(bus.shutdown)
        peer = subprocess.Popen([PEER, interface, ours, str(len(pairs)), *options],
                                stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.addCleanup(self.end_peer, peer)
        self.assertNotEqual(peer.stdout.readline(), "", "our bus didn't open")
        for _, text in pairs:
            peer.stdin.write(text + "\n")
        peer.stdin.close()
        for message, text in pairs:
            got = bus.recv(LONG)
            while got is None:  # a reader of python-can may give up early
                got = bus.recv(LONG)
            self.assertEqual(kind_of(got), kind_of(message), text)
        for message, _ in pairs:
            bus.send(message)
        for _, text in pairs:
            line = peer.stdout.readline().split()
            self.assertEqual(line[1:], [ours, text])
        self.assertEqual(peer.wait(LONG), 0)

    @staticmethod
    def end_peer(peer):
        peer.kill()
        peer.wait()
        peer.stdout.close()

    def adapters(self, kind, count=2):
        adapters = Adapters(kind, count)
        self.addCleanup(adapters.close)
        return adapters

    def test_serial(self):
        """4.1.0 reads every frame as an extended one."""
        adapters = self.adapters("serial")
        self.exchange("serial", *adapters.paths, frames(remote=False, standard=False),
                      ("dialect=4.1.0",))

    def test_serial_standard(self):
        adapters = self.adapters("serial")
        with can.Bus(interface="serial", channel=adapters.paths[1]) as bus:
            peer = subprocess.Popen([PEER, "serial", adapters.paths[0], "1", "dialect=4.1.0"],
                                    stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
            self.addCleanup(self.end_peer, peer)
            peer.stdout.readline()
            bus.send(can.Message(arbitration_id=0x7FF, is_extended_id=False, data=[1]))
            self.assertEqual(peer.stdout.readline().split()[2], "7FF#01")

    def test_slcan(self):
        adapters = self.adapters("slcan:strict")
        self.exchange("slcan", *adapters.paths, frames(), ("btr=001C",), bitrate=500000,
                      sleep_after_open=0)
        self.assertEqual(adapters.heard().count(b"S6\r"), 1)

    def test_slcan_face_to_face(self):
        """Each is the other's adapter: nobody answers."""
        adapters = self.adapters("serial")
        self.exchange("slcan", *adapters.paths, frames(), ("answers=no",), sleep_after_open=0)

    def test_slcan_over_tcp(self):
        adapters = self.adapters("slcan")
        self.exchange("slcan", adapters.tcp, adapters.paths[0], frames(), sleep_after_open=0)

    def test_robotell(self):
        adapters = self.adapters("robotell")
        self.exchange("robotell", *adapters.paths, frames())

    def test_seeed(self):
        """4.1.0 expects data behind the header of a remote frame, and sends none."""
        adapters = self.adapters("seeed")
        self.exchange("seeedstudio", *adapters.paths, frames(remote=False))


if __name__ == "__main__":
    harness.main()

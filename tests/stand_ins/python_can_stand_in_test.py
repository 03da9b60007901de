#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""python-can's own drivers for Kvaser and PEAK on the stand-ins: a second opinion about the ABIs,
and frames from one process to another."""
import logging
import os
import subprocess
import sys
import unittest

import vendor_libraries

INSIDE = "CANSUITE_STAND_INS_LOADED"
SKIP = 77
if not os.environ.get(INSIDE):  # the loader reads LD_LIBRARY_PATH once, when a program starts
    with vendor_libraries.folder_with(libcanlib="canlib", libpcanbasic="pcanbasic") as folder:
        group = f"python-can-{os.getpid()}"
        environment = dict(os.environ, LD_LIBRARY_PATH=folder, CANSUITE_STAND_IN_BUS=group)
        environment[INSIDE] = "1"
        sys.exit(subprocess.run([sys.executable, *sys.argv], env=environment).returncode)

try:
    import can
except ImportError:
    print("python-can isn't installed")
    sys.exit(SKIP)

logging.disable()  # of what the drivers miss: filters of a virtual channel, the module uptime
TIMING = dict(f_clock_mhz=80, nom_brp=10, nom_tseg1=5, nom_tseg2=2, nom_sjw=1, data_brp=4,
              data_tseg1=7, data_tseg2=2, data_sjw=1)
ECHO = """
import can, sys
with can.Bus(**%r) as bus:
    print("ready", flush=True)
    for message in (bus.recv(10), bus.recv(10)):
        message.arbitration_id += 1
        bus.send(message)
"""


def messages(fd, remote):
    yield can.Message(arbitration_id=0x123, data=b"\1\2\xaa", is_extended_id=False)
    yield can.Message(arbitration_id=0x1FFFFFFF, data=bytes(range(8)))
    yield can.Message(arbitration_id=0x7FF, dlc=remote, is_remote_frame=True, is_extended_id=False)
    if fd:
        yield can.Message(arbitration_id=1, data=bytes(range(64)), is_fd=True, bitrate_switch=True)
        yield can.Message(arbitration_id=2, data=bytes(12), is_fd=True, is_extended_id=False)


def fields(message):
    return [getattr(message, name) for name in
            ("arbitration_id", "is_extended_id", "is_remote_frame", "dlc", "is_fd",
             "bitrate_switch")] + [b"" if message.is_remote_frame else bytes(message.data)]


class PythonCan(unittest.TestCase):
    def exchange(self, first, second, fd, remote=8):
        with can.Bus(**first) as a, can.Bus(**second) as b:
            for sent in messages(fd, remote):
                a.send(sent)
                got = b.recv(5)
                self.assertIsNotNone(got, sent)
                self.assertEqual(fields(sent), fields(got))
            self.assertIsNone(a.recv(0))

    def echo(self, own, other):
        """Two frames to another process and back, from two channels or programs on one."""
        with can.Bus(**own) as bus, subprocess.Popen(
                [sys.executable, "-c", ECHO % (other,)], stdout=subprocess.PIPE) as process:
            self.assertEqual(process.stdout.readline(), b"ready\n")
            for can_id in (0x10, 0x20):
                bus.send(can.Message(arbitration_id=can_id, data=b"\7", is_extended_id=False))
            ids = [bus.recv(10).arbitration_id for _ in range(2)]
            self.assertEqual(ids, [0x11, 0x21])
            self.assertEqual(process.wait(), 0)

    def test_kvaser(self):
        for fd in (False, True):
            bus = dict(bustype="kvaser", channel=0, fd=fd, single_handle=True)
            self.exchange(bus, bus, fd)

    def test_kvaser_with_a_handle_for_writing(self):
        with can.Bus(bustype="kvaser", channel=0, receive_own_messages=True) as bus:
            bus.send(can.Message(arbitration_id=0x77), timeout=1)
            self.assertEqual(bus.recv(5).arbitration_id, 0x77)

    def test_kvaser_between_processes(self):
        bus = dict(bustype="kvaser", channel=0, single_handle=True)
        self.echo(bus, bus)

    def test_kvaser_statistics(self):
        with can.Bus(bustype="kvaser", channel=1, single_handle=True) as bus:
            self.assertEqual(bus.get_stats().std_data, 0)

    def test_pcan(self):
        for fd in (False, True):
            bus = dict(bustype="pcan", channel="PCAN_USBBUS1", fd=fd, **(TIMING if fd else {}))
            # python-can 4.1.0 with FD takes the data of a remote frame, which has none
            self.exchange(bus, dict(bus, channel="PCAN_USBBUS2"), fd, remote=0 if fd else 8)

    def test_pcan_between_processes(self):
        bus = dict(bustype="pcan", channel="PCAN_USBBUS1")
        self.echo(bus, bus)


if __name__ == "__main__":
    unittest.main()

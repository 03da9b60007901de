#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The stand-in for NI-CAN: its ABI as nican.h has it, by ctypes."""
import ctypes
import threading
import time
import unittest

from vendor_libraries import Library, exports

EXTENDED, FOREVER = 0x20000000, ctypes.c_uint32(0xFFFFFFFF)
START, STOP, RESET = (ctypes.c_uint32(0x80000000 + n) for n in (1, 2, 3))
ON_OPEN, BAUD, RX_LENGTH, TX_LENGTH = 0x80000006, 0x80000007, 0x80000013, 0x80000014
STD, STD_MASK, XTD, XTD_MASK = (0x80010000 + n for n in (1, 2, 3, 4))
LOG, LISTEN, SELF, RELATIVE, BUS_ERRORS = (0x8001000A, 0x80010010, 0x80010016, 0x80020032,
                                           0x80020037)
LIB = Library("nican")


def error(number):
    return ctypes.c_int32(0xBFF62000 | number).value


class Write(ctypes.Structure):
    _pack_ = 2
    _fields_ = [("id", ctypes.c_uint32), ("remote", ctypes.c_uint8), ("length", ctypes.c_uint8),
                ("data", ctypes.c_uint8 * 8)]


class Read(ctypes.Structure):
    _pack_ = 2
    _fields_ = [("time", ctypes.c_uint64), ("id", ctypes.c_uint32), ("type", ctypes.c_uint8),
                ("length", ctypes.c_uint8), ("data", ctypes.c_uint8 * 8)]


class Nican(unittest.TestCase):
    def setUp(self):
        LIB.command("return 0; bus_on 0; full 0 off; hold 0 off; set 0 exclusive 0")
        self.handles = []
        self.config()

    def tearDown(self):
        for handle in self.handles:
            LIB.ncCloseObject(handle)

    def config(self, *pairs, name=b"CAN0"):
        numbers = [(ctypes.c_uint32 * max(len(pairs), 1))(*column)
                   for column in (zip(*pairs) if pairs else ((), ()))]
        return LIB.ncConfig(name, len(pairs), *numbers)

    def open(self, *pairs, name=b"CAN0"):
        if pairs:
            self.assertEqual(self.config(*pairs), 0)
        handle = ctypes.c_uint32()
        self.assertEqual(LIB.ncOpenObject(name, ctypes.byref(handle)), 0)
        self.handles.append(handle)
        return handle

    def write(self, handle, can_id, data=b"", remote=0, length=None, size=14):
        frame = Write(can_id, remote, len(data) if length is None else length)
        frame.data[:len(data)] = data
        return LIB.ncWrite(handle, size, ctypes.byref(frame))

    def read(self, handle):
        """(id, type, data); an error alone."""
        self.got = Read()
        status = LIB.ncRead(handle, 22, ctypes.byref(self.got))
        if status:
            return status
        return self.got.id, self.got.type, bytes(self.got.data)[:self.got.length]

    def wait(self, handle, desired, ms=0):
        state = ctypes.c_uint32()
        return LIB.ncWaitForState(handle, desired, ms, ctypes.byref(state)), state.value

    def get(self, handle, attribute):
        value = ctypes.c_uint32()
        status = LIB.ncGetAttribute(handle, ctypes.c_uint32(attribute), 4, ctypes.byref(value))
        return value.value if status == 0 else status

    def test_frames(self):
        a, b, other = self.open(), self.open(), self.open(name=b"CAN1")
        for can_id, data in ((0x123, b"\1\2"), (0x1FFFFFFF | EXTENDED, b"\xff" * 8), (0x7FF, b"")):
            self.assertEqual(self.write(a, can_id, data), 0)
            self.assertEqual(self.read(b), (can_id, 0, data))
        self.assertEqual(self.write(a, 1, remote=1, length=5), 0)
        self.assertEqual(self.read(b), (1, 1, bytes(5)))
        for silent in (a, b, other):
            self.assertEqual(self.read(silent), -1074388991)

    def test_what_can_be_written(self):
        a = self.open()
        for arguments in ((a, 0x800), (a, 0x60000000), (a, 1, b"", 0, 9)):
            self.assertEqual(self.write(*arguments), error(4))
        self.assertEqual((self.write(a, 1, size=16), self.write(a, 1, size=13)), (0, error(4)))
        self.assertEqual(self.write(ctypes.c_uint32(999), 1), error(0x24))

    def test_names(self):
        handle = ctypes.c_uint32()
        for name, status in ((b"CAN9", error(0x23)), (b"DNET0", error(3)), (b"CAN", error(3)),
                             (b"can1", 0)):
            self.assertEqual(LIB.ncOpenObject(name, ctypes.byref(handle)), status, name)
        LIB.ncCloseObject(handle)
        LIB.command("set 0 exclusive 1")
        self.open()
        self.assertEqual(LIB.ncOpenObject(b"CAN0", ctypes.byref(handle)), error(6))

    def test_configuration(self):
        self.assertEqual(self.config((0x80001234, 1)), error(5))
        self.assertEqual(self.config((BAUD, 1000001)), error(0x124))
        a = self.open((BAUD, 250000))
        self.assertEqual((self.get(a, BAUD), LIB.query("set 0 bitrate")), (250000, 250000))
        self.config((BAUD, 0x80000014))
        self.assertEqual(LIB.query("set 0 bitrate"), 1000000)
        self.assertEqual(self.get(a, 0x80001234), error(5))

    def test_filters(self):
        sender = self.open()
        last = self.open((STD, 0x200), (STD_MASK, 0x7FF), (STD, 0x100), (STD_MASK, 0x700))
        none = self.open((STD, 0xCFFFFFFF), (XTD, 5 | EXTENDED), (XTD_MASK, 0x3FFFFFFF))
        for can_id in (0x100, 0x1FF, 0x200, 5 | EXTENDED, 6 | EXTENDED):
            self.write(sender, can_id)
        self.assertEqual([self.read(last)[0] for _ in range(4)],
                         [0x100, 0x1FF, 5 | EXTENDED, 6 | EXTENDED])
        self.assertEqual([self.read(none) for _ in range(2)], [(5 | EXTENDED, 0, b""), error(1)])

    def test_start_stop_reset(self):
        a = self.open()
        b = self.open((ON_OPEN, 0))
        self.write(a, 1)
        self.assertEqual(self.wait(b, 4), (0, 6))
        LIB.ncAction(b, START, 0)
        self.write(a, 2)
        self.write(a, 3)
        self.assertEqual(self.read(b)[0], 2)
        LIB.ncAction(b, RESET, 0)
        self.assertEqual(self.read(b), error(1))
        self.assertEqual(LIB.ncAction(b, 7, 0), error(4))

    def test_waiting(self):
        a, b = self.open(), self.open()
        self.assertEqual(self.wait(b, 1, 20)[0], -1074388991)
        threading.Timer(0.05, self.write, (a, 0x42)).start()
        self.assertEqual(self.wait(b, 1, FOREVER), (0, 3))
        LIB.command("hold 0 on")
        self.write(a, 1)
        self.assertEqual(self.wait(a, 2, 20)[0], error(1))
        self.assertEqual(self.get(a, 0x80000012), 1)
        threading.Timer(0.05, LIB.command, ("hold 0 off",)).start()
        self.assertEqual(self.wait(a, 2, 10000), (0, 2))
        self.assertEqual(self.get(b, 0x80000011), 2)

    def test_queues(self):
        a = self.open((TX_LENGTH, 3))
        b = self.open((RX_LENGTH, 2))
        LIB.command("hold 0 on")
        self.assertEqual([self.write(a, n) for n in range(4)], [0, 0, 0, error(8)])
        LIB.command("hold 0 off")
        self.assertEqual([self.read(b) for _ in range(4)],
                         [error(0x68), (0, 0, b""), (1, 0, b""), error(1)])
        LIB.command("full 0 on")
        self.assertEqual(self.write(a, 1), error(8))

    def test_many_at_once(self):
        a, b = self.open(), self.open((RX_LENGTH, 1000))
        frames = (Read * 512)(*[Read(0, n, n % 2, 1) for n in range(512)])
        self.assertEqual(LIB.ncWriteMult(a, 513 * 22, frames), error(4))
        self.assertEqual(LIB.ncWriteMult(a, 512 * 22, frames), 0)
        got, size = (Read * 600)(), ctypes.c_uint32()
        self.assertEqual(LIB.ncReadMult(b, 600 * 22, got, ctypes.byref(size)), 0)
        self.assertEqual(size.value, 512 * 22)
        self.assertEqual([(f.id, f.type) for f in got[:512]], [(n, n % 2) for n in range(512)])

    def test_modes(self):
        quiet, own = self.open((LISTEN, 1)), self.open((SELF, 1))
        self.assertEqual(self.write(quiet, 1), error(0x122))
        self.write(own, 5)
        self.assertEqual((self.read(own), self.read(quiet)), ((5, 0, b""),) * 2)

    def test_time_stamps(self):
        a, b, c = self.open(), self.open(), self.open((RELATIVE, 1))
        LIB.command("clock 2000000000")
        self.write(a, 1)
        self.read(b)
        self.assertLess(abs(self.got.time / 1e7 - 11644473600 - time.time()), 10)
        self.read(c)
        self.assertTrue(20_000_000 <= self.got.time < 40_000_000)

    def test_errors_of_the_bus(self):
        logs, tells = self.open((LOG, 1)), self.open((LOG, 0))
        for kind, number in (("stuff", 0x2B), ("form", 0x4B), ("ack", 0x6B), ("bit1", 0x8B),
                             ("bit0", 0xAB), ("crc", 0xCB), ("other", 0x0B)):
            LIB.command(f"error 0 {kind}")
            self.assertEqual(self.read(logs), (0xBFF62000 | number, 2, b""))
            self.assertEqual(self.wait(tells, 1, 1000)[0], 0x3FF62000 | number)
        self.assertEqual(self.wait(tells, 1, 0)[0], error(1))

    def test_state_of_the_bus(self):
        a = self.open((BUS_ERRORS, 1))
        LIB.command("errors 0 130 4")
        self.assertEqual(self.read(a), (0, 6, b"\2\x82\4\0"))
        self.assertEqual((self.get(a, 0x80010012), self.get(a, 0x80010011)), (130, 4))
        LIB.command("bus_off 0")
        self.assertEqual(self.wait(a, 0x10)[1] & 0x14, 0x14)
        self.assertEqual(self.write(a, 1), error(0xB))
        LIB.ncAction(a, START, 0)
        self.assertEqual(self.write(a, 1), 0)

    def test_vanished_device(self):
        a = self.open()
        threading.Timer(0.05, LIB.command, ("vanish 0",)).start()
        self.assertEqual(self.wait(a, 1, FOREVER)[0], error(0x23))
        self.assertEqual((self.write(a, 1), self.read(a)), (error(0x23),) * 2)
        LIB.command("return 0")
        self.assertEqual(self.write(a, 1), error(0x23))
        self.assertEqual(self.write(self.open(), 1), 0)

    def test_hardware_and_texts(self):
        value, text = ctypes.c_uint32(), ctypes.create_string_buffer(80)
        self.assertEqual(LIB.ncGetHardwareInfo(1, 1, ctypes.c_uint32(0x80020002), 4,
                                               ctypes.byref(value)), 0)
        self.assertEqual(value.value, 2)
        self.assertEqual(LIB.ncGetHardwareInfo(3, 1, ctypes.c_uint32(0x80020003), 4,
                                               ctypes.byref(value)), error(4))
        LIB.ncStatusToString(error(1), 80, text)
        self.assertEqual(text.value, b"stand-in: function timed out")

    def test_reset_closes(self):
        a = self.open()
        self.assertEqual(LIB.ncReset(b"CAN0", 0), 0)
        self.assertEqual(self.write(a, 1), error(0x24))

    def test_exports(self):
        for name in exports("nican"):
            self.assertRegex(name, "^(nc[A-Z]|stand_in_)")


if __name__ == "__main__":
    unittest.main()

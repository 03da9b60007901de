#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The stand-in for a CANAL driver: its ABI as canal.h 1.1.0 has it, by ctypes."""
import ctypes
import threading
import unittest

from vendor_libraries import Library, exports

EXTENDED, RTR, STATUS = 1, 2, 4
LIB = Library("canal")
LIB.CanalOpen.restype = ctypes.c_long


class Message(ctypes.Structure):
    _fields_ = [("flags", ctypes.c_ulong), ("obid", ctypes.c_ulong), ("id", ctypes.c_ulong),
                ("size", ctypes.c_ubyte), ("data", ctypes.c_ubyte * 8),
                ("timestamp", ctypes.c_ulong)]


class State(ctypes.Structure):
    _fields_ = [("channel", ctypes.c_ulong), ("error", ctypes.c_ulong), ("sub", ctypes.c_ulong),
                ("text", ctypes.c_char * 80)]


class Canal(unittest.TestCase):
    def setUp(self):
        LIB.command("return 0; bus_on 0; full 0 off; hold 0 off")
        LIB.command("set 0 empty 19; set 0 timeout 32; set 0 stamps 1")
        self.handles = []

    def tearDown(self):
        for handle in self.handles:
            LIB.CanalClose(ctypes.c_long(handle))

    def open(self, configuration=b"ED000100;500", flags=8):
        handle = LIB.CanalOpen(ctypes.create_string_buffer(configuration), ctypes.c_ulong(flags))
        if handle > 0:
            self.handles.append(handle)
        return handle

    def send(self, handle, can_id, data=b"", flags=0, size=None, ms=None):
        message = Message(flags, 0, can_id, len(data) if size is None else size)
        message.data[:len(data)] = data
        if ms is None:
            return LIB.CanalSend(ctypes.c_long(handle), ctypes.byref(message))
        return LIB.CanalBlockingSend(ctypes.c_long(handle), ctypes.byref(message),
                                     ctypes.c_ulong(ms))

    def receive(self, handle, ms=None):
        """(code, id, flags, data); an id of 77 is nothing written."""
        message = Message(id=77)
        if ms is None:
            code = LIB.CanalReceive(ctypes.c_long(handle), ctypes.byref(message))
        else:
            code = LIB.CanalBlockingReceive(ctypes.c_long(handle), ctypes.byref(message),
                                            ctypes.c_ulong(ms))
        self.stamp = message.timestamp
        return code, message.id, message.flags, bytes(message.data)[:message.size]

    def test_frames(self):
        a, b = self.open(), self.open()
        other = self.open(b"ED000101;500")
        for can_id, data, flags in ((0x123, b"\1\2", 0), (0x1FFFFFFF, b"\xff" * 8, EXTENDED)):
            self.assertEqual(self.send(a, can_id, data, flags), 0)
            self.assertEqual(self.receive(b), (0, can_id, flags, data))
        self.assertEqual(self.send(a, 0x7FF, b"", RTR, 5), 0)
        self.assertEqual(self.receive(b), (0, 0x7FF, RTR, bytes(5)))
        for silent in (a, b, other):
            self.assertEqual(self.receive(silent)[0], 19)

    def test_handles_start_at_1681(self):
        self.assertGreaterEqual(self.open(), 1681)

    def test_opening_cuts_the_text(self):
        text = ctypes.create_string_buffer(b"ED000100;250")
        self.handles.append(LIB.CanalOpen(text, ctypes.c_ulong(0)))
        self.assertEqual(text.raw[:13], b"ED000100\x00250\x00")
        self.assertEqual(LIB.query("set 0 bitrate"), 250000)

    def test_configurations(self):
        for good, rate in ((b"ED000100; 125", 125000), (b"ED000100;0;10;5;1;4", 500000)):
            self.assertGreater(self.open(good), 0, good)
            self.assertEqual(LIB.query("set 0 bitrate"), rate)
        for bad in (b"", b"ED000100", b"ED000102;500", b"ED000100;1001", b"ED000100;0;1"):
            self.assertEqual(self.open(bad), 0, bad)

    def test_what_can_be_sent(self):
        a = self.open()
        for wanted, arguments in ((5, (a, 0x800)), (5, (a, 0x20000000, b"", EXTENDED)),
                                  (6, (a, 1, b"", 0, 9)), (40, (a, 1, b"", 8)),
                                  (17, (a, 1, b"", STATUS)), (6, (a, 1, b"\1\2\3", 0, 2)),
                                  (0, (a, 1, b"\1\2\0", 0, 2)), (0, (a, 1, b"", 0x80000000))):
            self.assertEqual(self.send(*arguments), wanted, arguments)

    def test_nothing_there(self):
        a = self.open()
        for code in (8, 12, 19, 32, 0):
            LIB.command(f"set 0 empty {code}; set 0 timeout {code}")
            self.assertEqual(self.receive(a)[:2], (code, 77))
            self.assertEqual(self.receive(a, 5)[:2], (code, 77))

    def test_blocking(self):
        a, b = self.open(), self.open()
        self.assertEqual(self.receive(b, 5)[0], 32)
        threading.Timer(0.05, self.send, (a, 0x42)).start()
        self.assertEqual(self.receive(b, 0)[:2], (0, 0x42))
        LIB.command("full 0 on")
        self.assertEqual((self.send(a, 1), self.send(a, 1, ms=20)), (21, 32))
        LIB.command("full 0 off; hold 0 on")
        self.assertEqual(self.send(a, 1, ms=20), 32)
        threading.Timer(0.05, LIB.command, ("hold 0 off",)).start()
        self.assertEqual(self.send(a, 1, ms=0), 0)

    def test_a_closed_handle_answers_0(self):
        a = self.open()
        LIB.CanalClose(ctypes.c_long(a))
        self.assertEqual((self.send(a, 1), self.receive(a)[:2]), (0, (0, 77)))

    def test_data_available(self):
        a, b = self.open(), self.open()
        self.send(a, 1)
        self.send(a, 2)
        self.assertEqual(LIB.CanalDataAvailable(ctypes.c_long(b)), 2)

    def test_status_messages(self):
        a, quiet = self.open(), self.open(flags=0)
        for command, code in (("errors 0 96 0", 2), ("errors 0 0 128", 3), ("bus_off 0", 4),
                              ("bus_on 0", 0), ("error 0 stuff", 0x20), ("error 0 bit0", 0x25),
                              ("error 0 crc", 0x27), ("overrun 0", 1)):
            LIB.command(command)
            self.assertEqual(self.receive(a)[:3], (0, code, STATUS), command)
        self.assertEqual(self.receive(quiet)[0], 19)

    def test_state(self):
        a, state = self.open(), State()
        for command, bits in (("errors 0 0 0", 0x10000000), ("errors 0 96 0", 0x20000000),
                              ("errors 0 0 128", 0x40000000), ("bus_off 0", 0x80000000)):
            LIB.command(command)
            self.assertEqual(LIB.CanalGetStatus(ctypes.c_long(a), ctypes.byref(state)), 0)
            self.assertEqual(state.channel, bits)
        self.assertEqual(self.send(a, 1), 2)
        LIB.CanalGetStatus(ctypes.c_long(a), ctypes.byref(state))
        self.assertEqual(state.error, 2)

    def test_statistics(self):
        a, b = self.open(), self.open()
        counts = (ctypes.c_ulong * 7)()
        self.send(a, 1, b"\1\2\3")
        self.receive(b)
        LIB.command("overrun 0")
        LIB.CanalGetStatistics(ctypes.c_long(a), counts)
        self.assertEqual(list(counts), [0, 1, 0, 3, 1, 0, 0])
        LIB.CanalGetStatistics(ctypes.c_long(b), counts)
        self.assertEqual(list(counts), [1, 0, 3, 0, 1, 0, 0])

    def test_time_stamps(self):
        a, b = self.open(), self.open()
        LIB.command("clock 7000000000")
        self.send(a, 1)
        self.receive(b)
        self.assertTrue(7_000_000 <= self.stamp < 9_000_000)
        LIB.command("set 0 stamps 0")
        self.send(a, 1)
        self.receive(b)
        self.assertEqual(self.stamp, 0)

    def test_filter(self):
        a, b = self.open(), self.open()
        LIB.CanalSetFilter(ctypes.c_long(b), ctypes.c_ulong(0x100))
        LIB.CanalSetMask(ctypes.c_long(b), ctypes.c_ulong(0x700))
        for can_id in (0x200, 0x1FF):
            self.send(a, can_id)
        self.assertEqual([self.receive(b)[0:2] for _ in range(2)], [(0, 0x1FF), (19, 77)])

    def test_vanished_device(self):
        a = self.open()
        threading.Timer(0.05, LIB.command, ("vanish 0",)).start()
        self.assertEqual(self.receive(a, 0)[0], 37)
        self.assertEqual((self.send(a, 1), self.open()), (37, 0))
        LIB.command("return 0")
        self.assertEqual(self.send(a, 1), 37)
        self.assertEqual(self.send(self.open(), 1), 0)

    def test_exports(self):
        for name in exports("canal"):
            self.assertRegex(name, "^(Canal|stand_in_)")
        self.assertEqual(exports("canal") - exports("canal_old"),
                         {"CanalBlockingSend", "CanalBlockingReceive"})


if __name__ == "__main__":
    unittest.main()

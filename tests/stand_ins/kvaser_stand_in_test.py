#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The stand-in for CANLIB: its ABI as canlib.h of linuxcan 5.49 has it, by ctypes."""
import ctypes
import select
import threading
import time
import unittest

from vendor_libraries import Library, exports

VIRTUAL, FD = 0x20, 0x400
STD, EXT, RTR, ERROR, TXACK = 2, 4, 1, 0x20, 0x40
LIB = Library("canlib")
LIB.canInitializeLibrary()


class Kvaser(unittest.TestCase):
    def setUp(self):
        self.handles = []
        LIB.command("return 0; bus_on 0; full 0 off; hold 0 off; set 0 virtual 1; wire 1 1")

    def tearDown(self):
        LIB.command("return 0; hold 0 off; wire 1 1; devices 2")
        for handle in self.handles:
            LIB.canClose(handle)

    def open(self, channel=0, flags=VIRTUAL, on=True):
        handle = LIB.canOpenChannel(channel, flags)
        self.assertGreaterEqual(handle, 0)
        self.handles.append(handle)
        if on:
            self.assertEqual(LIB.canBusOn(handle), 0)
        return handle

    def write(self, handle, can_id, data=b"", flags=STD, length=None):
        return LIB.canWrite(handle, ctypes.c_long(can_id), ctypes.c_char_p(bytes(data)),
                            len(data) if length is None else length, flags)

    def read(self, handle, ms=None):
        """(status, id, data, flags, time)"""
        can_id, length, flags = ctypes.c_long(), ctypes.c_uint(), ctypes.c_uint()
        data, stamp = ctypes.create_string_buffer(64), ctypes.c_ulong()
        arguments = [handle, ctypes.byref(can_id), data, ctypes.byref(length), ctypes.byref(flags),
                     ctypes.byref(stamp)]
        if ms is None:
            status = LIB.canRead(*arguments)
        else:
            status = LIB.canReadWait(*arguments, ctypes.c_ulong(ms))
        return status, can_id.value, data.raw[:length.value], flags.value, stamp.value

    def ioctl(self, handle, function, value, kind=ctypes.c_uint32):
        return LIB.canIoCtl(handle, function, ctypes.byref(kind(value)), ctypes.sizeof(kind))

    def text(self, status):
        buffer = ctypes.create_string_buffer(80)
        return LIB.canGetErrorText(status, buffer, 80), buffer.value

    def test_handles_of_one_channel_hear_each_other_but_not_themselves(self):
        a, b, other = self.open(), self.open(), self.open(1)
        self.assertEqual(self.write(a, 0x123, b"\1\2\3"), 0)
        self.assertEqual(self.read(b)[:4], (0, 0x123, b"\1\2\3", STD))
        self.assertEqual(self.read(a)[0], -2)
        self.assertEqual(self.read(other)[0], -2)

    def test_kinds_of_frames(self):
        a, b = self.open(flags=VIRTUAL | FD), self.open(flags=VIRTUAL | FD)
        classic = self.open()
        for can_id, data, flags, seen in (
                (0x1FFFFFFF, b"\xff" * 8, EXT, EXT), (0x7FF, b"", STD | RTR, STD | RTR),
                (1, bytes(range(64)), STD | 0x30000, 0x30002), (0, b"", STD | ERROR, ERROR)):
            self.assertEqual(self.write(a, can_id, data, flags), 0)
            self.assertEqual(self.read(b)[:4], (0, can_id, data, seen))
        # a classic handle hears no FD frame
        self.assertEqual([self.read(classic)[3] for _ in range(3)], [EXT, STD | RTR, ERROR])
        self.assertEqual(self.read(classic)[0], -2)

    def test_what_can_be_written(self):
        a, fd, off = self.open(), self.open(flags=VIRTUAL | FD), self.open(on=False)
        for wanted, arguments in (
                (-1, (a, 0x800, b"")), (-1, (a, -1, b"")), (-1, (a, 0x20000000, b"", EXT)),
                (-1, (a, 1, b"", STD, 9)), (-1, (a, 1, b"", STD | 0x10000)),
                (-1, (fd, 1, bytes(9), STD | 0x10000)), (0, (fd, 1, bytes(12), STD | 0x10000)),
                (-1, (a, 1, b"", STD | 0x40000)), (-1, (a, 1, b"", STD | 0x2000000)),
                (-19, (a, 1, b"", STD | 0x1000000)), (-13, (off, 1, b"")), (-10, (99, 1, b""))):
            self.assertEqual(self.write(*arguments), wanted, arguments)

    def test_opening(self):
        self.assertEqual(LIB.canOpenChannel(0, 0), -3)  # a virtual one without ACCEPT_VIRTUAL
        self.assertEqual(LIB.canOpenChannel(2, VIRTUAL), -3)
        LIB.command("set 0 virtual 0")
        self.open(flags=8)
        self.assertEqual(LIB.canOpenChannel(0, 0), -5)
        count = ctypes.c_int()
        LIB.command("devices 3")
        self.assertEqual(LIB.canGetNumberOfChannels(ctypes.byref(count)), 0)
        self.assertEqual(count.value, 3)

    def test_echo(self):
        a, b = self.open(), self.open()
        self.assertEqual(self.ioctl(a, 7, 1), 0)  # TXACK
        self.write(a, 5)
        self.assertEqual(self.read(a)[3], STD | TXACK)
        self.assertEqual(self.read(b)[3], STD)
        self.assertEqual(self.ioctl(b, 46, 1, ctypes.c_uint8), -1)  # LOCAL_TXACK: 4 bytes only
        self.assertEqual(self.ioctl(b, 46, 1), 0)
        self.write(a, 5)
        self.assertEqual(self.read(b)[3], 0x10000002)
        self.assertEqual(self.ioctl(b, 32, 0, ctypes.c_uint8), 0)  # LOCAL_TXECHO
        self.write(a, 5)
        self.assertEqual(self.read(b)[0], -2)

    def test_frames_of_another_channel_are_no_local_echo(self):
        a, b = self.open(0), self.open(1)
        LIB.command("wire 1 0")
        self.ioctl(b, 32, 0, ctypes.c_uint8)
        self.write(a, 5)
        self.assertEqual(self.read(b)[:2], (0, 5))

    def test_descriptor(self):
        a, b = self.open(), self.open()
        fd = ctypes.c_int(-1)
        self.assertEqual(LIB.canGetRawHandle(b, ctypes.byref(fd)), 0)
        ready = lambda: bool(select.select([fd.value], [], [], 0)[0])  # noqa: E731
        self.assertFalse(ready())
        self.write(a, 1)
        self.write(a, 2)
        self.assertTrue(ready())
        self.read(b)
        self.assertTrue(ready())
        self.read(b)
        self.assertFalse(ready())

    def test_waiting(self):
        a, b = self.open(), self.open()
        self.assertEqual(self.read(b, 10)[0], -2)
        timer = threading.Timer(0.05, self.write, (a, 0x42))
        timer.start()
        self.assertEqual(self.read(b, 0xFFFFFFFF)[:2], (0, 0x42))
        timer.join()

    def test_time_stamps_count_from_bus_on(self):
        a = self.open()
        b = self.open(on=False)
        self.assertEqual(self.ioctl(b, 6, 10), 0)
        LIB.canBusOn(b)
        LIB.command("clock 3000000000")
        self.write(a, 1)
        stamp = self.read(b)[4]
        self.assertTrue(300_000 <= stamp < 400_000, stamp)
        timer = ctypes.c_uint()
        self.assertEqual(LIB.kvReadTimer(b, ctypes.byref(timer)), 0)
        self.assertGreaterEqual(timer.value, stamp)

    def test_bit_rates(self):
        a = self.open(flags=VIRTUAL | FD, on=False)
        self.assertEqual(LIB.canSetBusParams(a, ctypes.c_long(-1000), 0, 0, 0, 0, 0), 0)
        self.assertEqual(LIB.canSetBusParamsFd(a, ctypes.c_long(-1002), 0, 0, 0), 0)
        self.assertEqual((LIB.query("set 0 bitrate"), LIB.query("set 0 data_bitrate")),
                         (500000, 2000000))
        self.assertEqual(self.bus_params(a), [500000, 63, 16, 16, 1])
        self.assertEqual(LIB.canSetBusParams(a, ctypes.c_long(500000), 5, 2, 1, 1, 0), 0)
        self.assertEqual(self.bus_params(a), [500000, 5, 2, 1, 1])
        self.assertEqual(LIB.canSetBusParamsC200(a, 0x01, 0x1C), 0)
        self.assertEqual(self.bus_params(a), [250000, 13, 2, 1, 1])
        self.assertEqual(LIB.canSetBusParams(a, ctypes.c_long(-77), 0, 0, 0, 0, 0), -1)

        class Tq(ctypes.Structure):
            _fields_ = [(n, ctypes.c_int) for n in "tq phase1 phase2 sjw prop prescaler".split()]

        self.assertEqual(LIB.canSetBusParamsTq(a, Tq(80, 30, 19, 10, 30, 1)), 0)
        self.assertEqual(self.bus_params(a)[0], 1000000)
        self.assertEqual(LIB.canSetBusParamsTq(a, Tq(81, 30, 19, 10, 30, 1)), -1)

    def bus_params(self, handle):
        rate, rest = ctypes.c_long(), [ctypes.c_uint() for _ in range(5)]
        self.assertEqual(LIB.canGetBusParams(handle, ctypes.byref(rate),
                                             *[ctypes.byref(r) for r in rest]), 0)
        return [rate.value] + [r.value for r in rest[:4]]

    def test_modes(self):
        a, b = self.open(), self.open()
        for mode, wanted in ((4, 0), (8, -1), (0, -1), (1, 0)):
            self.assertEqual(LIB.canSetBusOutputControl(a, mode), wanted)
        self.assertEqual(self.write(a, 1), 0)  # silent, and not said to be
        self.assertEqual(self.read(b)[0], -2)

    def test_filters(self):
        a, b = self.open(), self.open()
        self.assertEqual(LIB.canSetAcceptanceFilter(b, 0x100, 0x700, 0), -32)
        LIB.command("set 0 virtual 0")
        self.assertEqual(LIB.canSetAcceptanceFilter(b, 0x100, 0x700, 0), 0)
        for can_id, flags in ((0x100, STD), (0x200, STD), (0x1FF, STD), (0x200, EXT)):
            self.write(a, can_id, b"", flags)
        self.assertEqual([self.read(b)[1] for _ in range(3)], [0x100, 0x1FF, 0x200])
        self.assertEqual(self.read(b)[0], -2)

    def test_full_queue(self):
        a, b = self.open(), self.open()
        LIB.command("hold 0 on")
        results = [self.write(a, n) for n in range(498)]
        self.assertEqual(results, [0] * 497 + [-13])
        self.assertEqual(LIB.canWriteSync(a, ctypes.c_ulong(10)), -7)
        self.assertTrue(self.status(a) & 0x10)
        LIB.command("hold 0 off")
        self.assertEqual(LIB.canWriteSync(a, ctypes.c_ulong(10)), 0)
        self.assertEqual([self.read(b)[1] for n in range(497)], list(range(497)))
        LIB.command("full 0 on")
        self.assertEqual(self.write(a, 1), -13)

    def status(self, handle):
        flags = ctypes.c_ulong()
        self.assertEqual(LIB.canReadStatus(handle, ctypes.byref(flags)), 0)
        return flags.value

    def test_state_of_the_bus(self):
        a, b = self.open(), self.open()
        self.assertEqual(self.status(b), 8)
        self.write(a, 1)
        self.assertEqual(self.status(b), 0x28)
        self.read(b)
        for command, bits in (("errors 0 96 0", 4 | 0x80), ("errors 0 0 128", 1 | 0x100),
                              ("errors 0 0 0; bus_off 0", 2)):
            LIB.command(command)
            self.assertEqual(self.status(b), bits)
        tx, rx, overruns = ctypes.c_uint(), ctypes.c_uint(), ctypes.c_uint()
        LIB.command("errors 0 3 4")
        LIB.canReadErrorCounters(a, ctypes.byref(tx), ctypes.byref(rx), ctypes.byref(overruns))
        self.assertEqual((tx.value, rx.value), (3, 4))
        self.assertEqual(LIB.canBusOn(a), 0)  # the controller starts again
        self.assertEqual(self.status(b), 8)

    def test_error_frame(self):
        a = self.open()
        LIB.command("error 0 stuff; error 0 crc")
        self.assertEqual(self.read(a)[3], 0x820)
        self.assertEqual(self.read(a)[3], 0x2020)

    def test_overrun(self):
        a, b = self.open(), self.open()
        self.assertEqual(self.ioctl(b, 27, 2), 0)
        for n in range(3):
            self.write(a, n)
        self.assertTrue(self.status(b) & 0x400)
        self.assertEqual([self.read(b)[3] for _ in range(2)], [STD | 0x400, STD])
        self.assertEqual(self.read(b)[0], -2)

    def test_vanished_device(self):
        a = self.open()
        threading.Timer(0.05, LIB.command, ("vanish 0",)).start()
        self.assertEqual(self.read(a, 0xFFFFFFFF)[0], -15)
        self.assertEqual(self.write(a, 1), -15)
        self.assertEqual(LIB.canOpenChannel(0, VIRTUAL), -3)
        LIB.command("return 0")
        self.assertEqual(self.write(a, 1), -15)  # the old handle is dead
        self.assertEqual(LIB.canClose(a), 0)
        self.assertEqual(self.write(self.open(), 1), 0)

    def test_planned_failures(self):
        a = self.open()
        LIB.command("fail canWrite -24 2")
        self.assertEqual([self.write(a, 1) for _ in range(3)], [-24, -24, 0])
        LIB.command("delay canWrite 60")
        start = time.monotonic()
        self.write(a, 1)
        self.assertGreaterEqual(time.monotonic() - start, 0.06)
        LIB.command("delay canWrite 0")
        self.assertEqual(LIB.library.stand_in_control(b"vanish"), -1)
        self.assertEqual(LIB.library.stand_in_control(b"nonsense 0"), -1)

    def test_texts(self):
        self.assertEqual(self.text(-1), (0, b"Error in parameter"))
        self.assertEqual(self.text(-13), (0, b"Transmit buffer overflow"))
        self.assertEqual(self.text(-48)[0], -1)

    def test_channel_data(self):
        cap, serial = ctypes.c_uint32(), ctypes.c_uint64()
        name = ctypes.create_string_buffer(80)
        data = lambda item, buffer: LIB.canGetChannelData(  # noqa: E731
            0, item, ctypes.byref(buffer), ctypes.c_size_t(ctypes.sizeof(buffer)))
        self.assertEqual((data(1, cap), data(7, serial), data(13, name)), (0, 0, 0))
        self.assertEqual((cap.value, serial.value), (0xB00D1, 1))
        self.assertEqual(name.value, b"KVASER VIRTUALcan channel 0")
        self.assertEqual((data(26, name), name.value), (0, b"Kvaser Virtual CAN"))
        self.assertEqual(data(7, cap), -1)
        self.assertEqual(LIB.kvFlashLeds(self.open(), 0, 1), -32)

    def test_exports(self):
        for name in exports("canlib"):
            self.assertRegex(name, "^(can[A-Z]|kv[A-Z]|stand_in_)")
        self.assertEqual(exports("canlib") - exports("canlib_old"),
                         {"canGetRawHandle", "canEnumHardwareEx", "canSetBusParamsTq",
                          "canSetBusParamsFdTq", "kvReadTimer", "kvReadTimer64"})


if __name__ == "__main__":
    unittest.main()

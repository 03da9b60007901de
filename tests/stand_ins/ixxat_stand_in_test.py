#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The stand-in for Ixxat's VCI: its ABI as vcinpl.h of VCI 3 has it, by ctypes."""
import ctypes
import threading
import time
import unittest

from vendor_libraries import Library, exports

STANDARD, EXTENDED_IDS, ERRFRAME, LISTONLY = 1, 2, 4, 8
SRR, RTR, EXT = 1 << 21, 1 << 22, 1 << 23
INFO, ERROR, STATUS, TIMEOVR = 1, 2, 3, 5
FOREVER = ctypes.c_uint32(0xFFFFFFFF)
LIB = Library("vcinpl")
for _name in exports("vcinpl"):
    if _name.startswith(("vci", "can")):
        getattr(LIB, _name).restype = ctypes.c_uint32


def code(number):
    return 0xE0010000 | number


class Message(ctypes.Structure):
    _pack_ = 1
    _fields_ = [("time", ctypes.c_uint32), ("id", ctypes.c_uint32), ("info", ctypes.c_uint32),
                ("data", ctypes.c_uint8 * 8)]


class DeviceInfo(ctypes.Structure):
    _pack_ = 4
    _fields_ = [("id", ctypes.c_int64), ("guid", ctypes.c_uint8 * 16), ("driver", ctypes.c_uint32),
                ("hardware", ctypes.c_uint32), ("hardware_id", ctypes.c_char * 16),
                ("description", ctypes.c_char * 128), ("manufacturer", ctypes.c_char * 126),
                ("release", ctypes.c_uint16)]


class Line(ctypes.Structure):
    _pack_ = 1
    _fields_ = [("mode", ctypes.c_uint8), ("btr0", ctypes.c_uint8), ("btr1", ctypes.c_uint8),
                ("load", ctypes.c_uint8), ("status", ctypes.c_uint32)]


class ChannelStatus(ctypes.Structure):
    _pack_ = 1
    _fields_ = [("line", Line), ("activated", ctypes.c_uint32), ("overrun", ctypes.c_uint32),
                ("rx", ctypes.c_uint8), ("tx", ctypes.c_uint8)]


class Caps(ctypes.Structure):
    _fields_ = [("controller", ctypes.c_uint16), ("coupling", ctypes.c_uint16),
                *((name, ctypes.c_uint32) for name in
                  "features clock stamp cyclic cyclic_most delayed delayed_most".split())]


class Cyclic(ctypes.Structure):
    _pack_ = 1
    _fields_ = [("cycle", ctypes.c_uint16), ("increment", ctypes.c_uint8),
                ("byte", ctypes.c_uint8), ("id", ctypes.c_uint32), ("info", ctypes.c_uint32),
                ("data", ctypes.c_uint8 * 8)]


def message(can_id, data=b"", flags=0, length=None):
    built = Message(0, can_id, flags | (len(data) if length is None else length) << 16)
    built.data[:len(data)] = data
    return built


class Bus:
    """A channel and the controller of its line, as python-can opens them."""

    def __init__(self, test, line=0, device=1, mode=3, size=64, filters=()):
        self.device, self.channel, self.control = (ctypes.c_void_p() for _ in range(3))
        test.addCleanup(self.close)
        out = ctypes.byref
        test.ok(LIB.vciDeviceOpen(out(ctypes.c_int64(device)), out(self.device)))
        test.ok(LIB.canChannelOpen(self.device, line, 0, out(self.channel)))
        test.ok(LIB.canChannelInitialize(self.channel, size, 1, size, 1))
        test.ok(LIB.canChannelActivate(self.channel, 1))
        test.ok(LIB.canControlOpen(self.device, line, out(self.control)))
        test.ok(LIB.canControlInitialize(self.control, mode, 0x00, 0x1C))
        for function, arguments in filters:
            test.ok(getattr(LIB, function)(self.control, *map(ctypes.c_uint32, arguments)))
        test.ok(LIB.canControlStart(self.control, 1))

    def send(self, *arguments, **more):
        return LIB.canChannelPostMessage(self.channel, ctypes.byref(message(*arguments, **more)))

    def read(self):
        """(type, id, info without type, data) of the next message; an error alone."""
        self.got = Message()
        status = LIB.canChannelPeekMessage(self.channel, ctypes.byref(self.got))
        if status:
            return (status,)
        length = self.got.info >> 16 & 15
        return (self.got.info & 0xFF, self.got.id, self.got.info & 0xFFF00000,
                bytes(self.got.data)[:length])

    def drain(self):
        seen = []
        while len(got := self.read()) > 1:
            seen.append(got)
        return seen

    def close(self):
        LIB.canChannelClose(self.channel)
        LIB.canControlStart(self.control, 0)
        LIB.canControlReset(self.control)
        LIB.canControlClose(self.control)
        LIB.vciDeviceClose(self.device)


class Ixxat(unittest.TestCase):
    def setUp(self):
        LIB.command("return 0; bus_on 0; full 0 off; hold 0 off; set 0 exclusive 0; wire 1 1")
        LIB.vciInitialize()

    def ok(self, status):
        self.assertEqual(status, 0, hex(status))

    def buses(self, *lines, **more):
        made = [Bus(self, line, **more) for line in lines]
        for bus in made:
            bus.drain()
        return made

    def test_a_start_gives_info_messages(self):
        bus = Bus(self)
        self.assertEqual([(kind, data) for kind, _, _, data in bus.drain()],
                         [(INFO, b"\3"), (INFO, b"\1")])
        LIB.canControlStart(bus.control, 0)
        self.assertEqual(bus.read()[3], b"\2")

    def test_frames(self):
        a, b, other = self.buses(0, 0, 1)
        for can_id, data, flags in ((0x123, b"\1\2", 0), (0x1FFFFFFF, b"\xff" * 8, EXT),
                                    (0x7FF, b"", 0)):
            self.ok(a.send(can_id, data, flags))
            self.assertEqual(b.read(), (0, can_id, flags, data))
        self.ok(a.send(0x10, b"", RTR, length=5))
        self.assertEqual(b.read()[:3], (0, 0x10, RTR))
        for silent in (a, b, other):
            self.assertEqual(silent.read(), (code(0x12),))

    def test_self_reception(self):
        a, b = self.buses(0, 0)
        self.ok(a.send(5, b"\1", SRR))
        self.assertEqual(a.read(), (0, 5, SRR, b"\1"))
        self.assertEqual(b.read(), (0, 5, 0, b"\1"))

    def test_what_can_be_sent(self):
        a, = self.buses(0)
        for arguments in ((0x800,), (0x20000000, b"", EXT), (1, b"", 9 << 16), (1, b"", INFO)):
            self.assertEqual(a.send(*arguments), code(4), arguments)
        standard, = self.buses(1, mode=STANDARD)
        self.assertEqual(standard.send(1, b"", EXT), code(4))

    def test_modes(self):
        a, quiet = self.buses(0)[0], self.buses(1, mode=3 | LISTONLY)[0]
        LIB.command("wire 1 0")
        self.ok(quiet.send(1))
        self.assertEqual(a.read(), (code(0x12),))
        standard, = self.buses(1, mode=STANDARD)
        a.send(1, b"", EXT)
        a.send(2)
        self.assertEqual([got[1] for got in standard.drain()], [2])

    def test_filters(self):
        sender, = self.buses(0)
        LIB.command("wire 1 0")
        nothing = [("canControlSetAccFilter", (e, 0x80000000, 0xFFFFFFFF)) for e in (0, 1)]
        for filters, seen in (
                ([("canControlSetAccFilter", (0, 0x100 << 1, 0x700 << 1))], [0x100, 0x1FF, 0x1FF]),
                (nothing, []),
                (nothing + [("canControlAddFilterIds", (0, 0x1FF << 1, 0xFFF))], [0x1FF]),
                (nothing + [("canControlAddFilterIds", (0, 0x1FF << 1 | 1, 0xFFF))], [0x1FF]),
                (nothing + [("canControlAddFilterIds", (0, 0x1FF << 1, 0xFFF)),
                            ("canControlRemFilterIds", (0, 0x1FF << 1, 0xFFF))], [])):
            bus = Bus(self, 1, filters=filters)
            bus.drain()
            for arguments in ((0x100,), (0x1FF,), (0x200,), (0x1FF, b"", RTR)):
                sender.send(*arguments)
            self.assertEqual([got[1] for got in bus.drain()], seen)
            bus.close()
        self.assertEqual(LIB.canControlSetAccFilter(sender.control, 0, 0, 0), code(0x15))

    def test_waiting(self):
        a, b = self.buses(0, 0)
        got = Message()
        self.assertEqual(LIB.canChannelReadMessage(b.channel, 5, ctypes.byref(got)), code(0xB))
        self.assertEqual(LIB.canChannelWaitRxEvent(b.channel, 5), code(0xB))
        threading.Timer(0.05, a.send, (0x42,)).start()
        self.ok(LIB.canChannelWaitRxEvent(b.channel, FOREVER))
        self.ok(LIB.canChannelReadMessage(b.channel, FOREVER, ctypes.byref(got)))
        self.assertEqual(got.id, 0x42)

    def test_full_queue(self):
        a, b = self.buses(0)[0], self.buses(0, size=100)[0]
        LIB.command("hold 0 on")
        self.assertEqual([a.send(n) for n in range(65)], [0] * 64 + [code(0x13)])
        late = ctypes.byref(message(99))
        self.assertEqual(LIB.canChannelSendMessage(a.channel, 20, late), code(0xB))
        self.assertEqual(LIB.canChannelWaitTxEvent(a.channel, 5), code(0xB))
        threading.Timer(0.05, LIB.command, ("hold 0 off",)).start()
        self.ok(LIB.canChannelSendMessage(a.channel, 10000, late))
        self.assertEqual([got[1] for got in b.drain()], [*range(64), 99])

    def test_overrun(self):
        a, b = self.buses(0)[0], self.buses(0, size=2)[0]
        for n in range(3):
            a.send(n)
        self.assertEqual([got[1:3] for got in b.drain()], [(0, 1 << 20), (1, 0)])
        status = ChannelStatus()
        self.ok(LIB.canChannelGetStatus(b.channel, ctypes.byref(status)))
        self.assertEqual((status.overrun, status.activated, status.line.status & 2), (1, 1, 2))

    def test_time_stamps_wrap(self):
        a, b = self.buses(0, 0)
        caps = Caps()
        self.ok(LIB.canControlGetCaps(a.control, ctypes.byref(caps)))
        self.assertEqual(caps.clock / caps.stamp, 1e6)
        LIB.command("clock 2000000000")
        a.send(1)
        b.read()
        self.assertTrue(2_000_000 <= b.got.time < 4_000_000)
        LIB.command(f"clock {(1 << 33) * 1000}")
        a.send(2)
        self.assertEqual(b.read()[:2], (TIMEOVR, 2))
        self.assertEqual(b.read()[:2], (0, 2))
        self.assertTrue(2_000_000 <= b.got.time < 4_000_000)

    def test_state_of_the_bus(self):
        a, = self.buses(0)
        line = Line()
        for command, bits in (("errors 0 96 0", 4), ("bus_off 0", 8)):
            LIB.command(command)
            self.assertEqual(a.read(), (STATUS, 0, 0, bytes([bits])))
            self.ok(LIB.canControlGetStatus(a.control, ctypes.byref(line)))
            self.assertEqual((line.status, line.btr1, line.mode), (bits, 0x1C, 3))
        self.ok(LIB.canControlStart(a.control, 0))
        self.ok(LIB.canControlGetStatus(a.control, ctypes.byref(line)))
        self.assertEqual(line.status, 8 | 0x10)
        self.ok(LIB.canControlStart(a.control, 1))
        self.ok(LIB.canControlGetStatus(a.control, ctypes.byref(line)))
        self.assertEqual(line.status, 0)

    def test_error_frames(self):
        a, = self.buses(0, mode=3 | ERRFRAME)
        for kind, number in (("stuff", 1), ("form", 2), ("ack", 3), ("bit0", 4), ("crc", 6),
                             ("other", 7)):
            LIB.command(f"error 0 {kind}")
            self.assertEqual(a.read(), (ERROR, 0, 0, bytes([number])))

    def test_devices(self):
        handle, info = ctypes.c_void_p(), DeviceInfo()
        self.ok(LIB.vciEnumDeviceOpen(ctypes.byref(handle)))
        seen = []
        while (status := LIB.vciEnumDeviceNext(handle, ctypes.byref(info))) == 0:
            seen.append((info.id, info.hardware_id))
        self.assertEqual((status, seen), (code(0xF), [(1, b"HW000100"), (2, b"HW000101")]))
        self.ok(LIB.vciEnumDeviceReset(handle))
        LIB.command("vanish 0")
        self.ok(LIB.vciEnumDeviceNext(handle, ctypes.byref(info)))
        self.assertEqual(info.hardware_id, b"HW000101")
        self.ok(LIB.vciEnumDeviceClose(handle))
        self.assertEqual(LIB.vciEnumDeviceClose(handle), code(7))

    def test_wrong_use(self):
        a, = self.buses(0)
        handle = ctypes.c_void_p()
        self.assertEqual(LIB.canChannelOpen(a.device, 2, 0, ctypes.byref(handle)), code(0x17))
        self.assertEqual(LIB.canChannelOpen(a.device, 0, 1, ctypes.byref(handle)), code(0xA))
        self.assertEqual(LIB.canChannelActivate(a.control, 1), code(7))
        self.ok(LIB.canChannelOpen(a.device, 0, 0, ctypes.byref(handle)))
        self.assertEqual(LIB.canChannelActivate(handle, 1), code(0x10))
        self.ok(LIB.canChannelClose(handle))
        LIB.command("set 0 exclusive 1")
        self.assertEqual(LIB.canControlOpen(a.device, 0, ctypes.byref(handle)), code(0xA))

    def test_vanished_device(self):
        a, = self.buses(0)
        got = Message()
        threading.Timer(0.05, LIB.command, ("vanish 0",)).start()
        self.assertEqual(LIB.canChannelReadMessage(a.channel, FOREVER, ctypes.byref(got)),
                         code(0x19))
        self.assertEqual(a.send(1), code(0x19))
        LIB.command("return 0")
        self.assertEqual(a.send(1), code(0x19))
        self.ok(self.buses(0)[0].send(1))

    def test_cyclic_messages(self):
        a, = self.buses(0)
        scheduler, index = ctypes.c_void_p(), ctypes.c_uint32()
        self.ok(LIB.canSchedulerOpen(a.device, 0, ctypes.byref(scheduler)))
        self.ok(LIB.canSchedulerActivate(scheduler, 1))
        cyclic = Cyclic(5, 0, 0, 0x77, 1 << 16)
        for wanted in [*range(16)]:
            self.ok(LIB.canSchedulerAddMessage(scheduler, ctypes.byref(cyclic), ctypes.byref(index)))
            self.assertEqual(index.value, wanted)
        self.assertEqual(LIB.canSchedulerAddMessage(scheduler, ctypes.byref(cyclic),
                                                    ctypes.byref(index)), code(0x14))
        self.ok(LIB.canSchedulerStartMessage(scheduler, 3, 4))
        end, seen = time.monotonic() + 10, []
        while len(seen) < 4 and time.monotonic() < end:
            seen += a.drain()
        time.sleep(0.03)
        self.assertEqual([got[1] for got in seen + a.drain()], [0x77] * 4)
        self.ok(LIB.canSchedulerRemMessage(scheduler, 3))
        self.assertEqual(LIB.canSchedulerStartMessage(scheduler, 3, 1), code(0x17))
        self.ok(LIB.canSchedulerClose(scheduler))

    def test_texts(self):
        text = ctypes.create_string_buffer(256)
        LIB.vciFormatError(ctypes.c_uint32(code(0xB)), text, 256)
        self.assertEqual(text.value, b"stand-in: time-out")

    def test_exports(self):
        for name in exports("vcinpl"):
            self.assertRegex(name, "^(vci[A-Z]|can(Control|Channel|Scheduler)|stand_in_)")
        self.assertEqual(len(exports("vcinpl")), 42)


if __name__ == "__main__":
    unittest.main()

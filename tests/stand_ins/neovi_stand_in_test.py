#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The stand-in for libicsneo: its C ABI, by ctypes."""
import ctypes
import threading
import time
import unittest

from vendor_libraries import Library, exports

HSCAN, MSCAN, FIRST_SERIAL = 1, 2, 1679616001
ERROR, TX, EXTENDED, REMOTE, FD = 1, 2, 4, 8, 0x20000000
MOST = 20000
LIB = Library("icsneo")


def fields(text):
    kinds = dict(I=ctypes.c_uint32, i=ctypes.c_int32, B=ctypes.c_uint8, h=ctypes.c_int16)
    return [(name, kinds[kind]) for name, kind in (word.split(":") for word in text.split())]


class NeoDevice(ctypes.Structure):
    _fields_ = fields("type:I handle:i clients:i serial:i most:i")


class NeoDeviceEx(ctypes.Structure):
    _fields_ = [("device", NeoDevice), *fields("major:I minor:I status:I options:I"),
                ("available", ctypes.c_void_p), ("description", ctypes.c_void_p),
                ("ethernet", ctypes.c_int), ("mac", ctypes.c_uint8 * 6),
                ("revision", ctypes.c_uint16), ("rest", ctypes.c_uint32 * 6)]


class Message(ctypes.Structure):
    _fields_ = [*fields("status:I status2:I time:I time2:I system:I system2:I clock:B clock2:B "
                        "network:B node:B protocol:B piece:B has_extra:B header:B size:B "
                        "network2:B description:h id:I"), ("data", ctypes.c_uint8 * 8),
                *fields("status3:I status4:I"), ("extra", ctypes.c_void_p), ("misc", ctypes.c_uint8),
                ("reserved", ctypes.c_uint8 * 3)]


class Neovi(unittest.TestCase):
    def setUp(self):
        LIB.command("return 0; bus_on 0; full 0 off; hold 0 off; set 0 exclusive 0; wire 1 0")
        self.handles = []
        self.array = (Message * MOST)()

    def tearDown(self):
        for handle in self.handles:
            LIB.icsneoClosePort(handle, None)

    def find(self, types=()):
        found, count = (NeoDeviceEx * 255)(), ctypes.c_int(255)
        self.assertEqual(LIB.icsneoFindDevices(found, ctypes.byref(count),
                                               (ctypes.c_uint * 8)(*types), len(types), None, None),
                         1)
        return found[:count.value]

    def open(self, index=0):
        handle = ctypes.c_void_p()
        device = self.find()[index]
        if not LIB.icsneoOpenDevice(ctypes.byref(device), ctypes.byref(handle), None, 0, 0, None, 0):
            return None
        self.handles.append(handle)
        return handle

    def message(self, can_id, data=b"", status=0, **more):
        message = Message(id=can_id, status=status, size=len(data), protocol=1)
        message.data[:min(len(data), 8)] = data[:8]
        for name, value in more.items():
            setattr(message, name, value)
        return message

    def send(self, handle, *messages, network=HSCAN):
        return LIB.icsneoTxMessages(handle, (Message * len(messages))(*messages), network,
                                    len(messages))

    def receive(self, handle):
        count, errors = ctypes.c_int(), ctypes.c_int()
        if not LIB.icsneoGetMessages(handle, self.array, ctypes.byref(count), ctypes.byref(errors)):
            return None
        self.errors = errors.value
        return self.array[:count.value]

    def test_frames_and_reports(self):
        a, b = self.open(), self.open()
        self.assertEqual(self.send(a, self.message(0x123, b"\1\2", description=7),
                                   self.message(0x1FFFFFFF, bytes(8), EXTENDED),
                                   self.message(0x7FF, b"", REMOTE)), 1)
        got = self.receive(b)
        self.assertEqual([(m.id, m.size, m.status, m.network, m.protocol) for m in got],
                         [(0x123, 2, 0, 1, 1), (0x1FFFFFFF, 8, EXTENDED, 1, 1),
                          (0x7FF, 0, REMOTE, 1, 1)])
        self.assertEqual(bytes(got[0].data[:2]), b"\1\2")
        reports = self.receive(a)
        self.assertEqual([(m.status, m.description) for m in reports],
                         [(TX, 7), (TX | EXTENDED, 0), (TX | REMOTE, 0)])
        self.assertEqual(self.receive(b), [])

    def test_networks(self):
        a, b = self.open(0), self.open(1)
        for network in (MSCAN, 42, 541):
            self.assertEqual(self.send(a, self.message(1), network=network), 1)
        self.assertEqual([m.network | m.network2 << 8 for m in self.receive(b)], [2, 42, 541])
        self.assertEqual(self.send(a, self.message(1), network=5), 0)
        self.assertEqual(self.last_error(a), 0x105A)
        LIB.command("wire 1 1")
        self.send(a, self.message(1))
        self.assertEqual(self.receive(b), [])

    def last_error(self, handle):
        error = ctypes.c_ulong()
        self.assertEqual(LIB.icsneoGetLastAPIError(handle, ctypes.byref(error)), 1)
        return error.value

    def test_fd(self):
        a, b = self.open(), self.open()
        data = bytes(range(64))
        extra = ctypes.create_string_buffer(data, 64)
        long = self.message(5, data, protocol=30, status3=8 | 0x10, has_extra=1,
                            extra=ctypes.cast(extra, ctypes.c_void_p).value)
        self.assertEqual(self.send(a, long, self.message(6, b"\1", protocol=30, status3=8)), 1)
        got = self.receive(b)
        self.assertEqual([(m.id, m.size, m.status, m.protocol, m.status3) for m in got],
                         [(5, 64, FD, 30, 0x18), (6, 1, FD, 30, 8)])
        self.assertEqual(ctypes.string_at(got[0].extra, 64), data)
        self.assertEqual((got[0].has_extra, got[1].has_extra), (1, 0))

    def test_what_can_be_sent(self):
        a = self.open()
        for message in (self.message(0x800), self.message(0x20000000, status=EXTENDED),
                        self.message(1, bytes(9)), self.message(1, bytes(12), protocol=30)):
            self.assertEqual(self.send(a, message), 0)
        sent = ctypes.c_uint(9)
        three = (Message * 3)(self.message(1), self.message(0x800), self.message(2))
        self.assertEqual(LIB.icsneoTxMessagesEx(a, three, 1, 3, ctypes.byref(sent), 0), 0)
        self.assertEqual(sent.value, 1)

    def test_20000_messages_at_once(self):
        a, b = self.open(), self.open()
        many = [self.message(1)] * 10001
        self.send(a, *many)
        self.send(a, *many)
        self.assertEqual([len(self.receive(b)) for _ in range(3)], [20000, 2, 0])

    def test_waiting(self):
        a, b = self.open(), self.open()
        wait = LIB.icsneoWaitForRxMessagesWithTimeOut
        self.assertEqual((wait(b, 5), wait(None, 5)), (0, -1))
        threading.Timer(0.05, self.send, (a, self.message(1))).start()
        self.assertEqual(wait(b, 10000), 1)
        self.receive(b)
        threading.Timer(0.05, LIB.command, ("vanish 0",)).start()
        self.assertEqual(wait(b, 10000), -1)

    def test_time_stamps(self):
        a, b = self.open(), self.open()
        self.send(a, self.message(1))
        message, seconds = self.receive(b)[0], ctypes.c_double()
        LIB.icsneoGetTimeStampForMsg(b, ctypes.byref(message), ctypes.byref(seconds))
        self.assertEqual(message.clock, 9)
        self.assertAlmostEqual((message.time | message.time2 << 32) * 25e-9, seconds.value)
        self.assertLess(abs(seconds.value + 1167609600 - time.time()), 5)

    def test_state_of_the_bus(self):
        a = self.open()
        for command, status in (("errors 0 0 128", 0x21), ("bus_off 0", 0x201), ("bus_on 0", 0x400)):
            LIB.command(command)
            self.assertEqual([m.status for m in self.receive(a)], [status])
        LIB.command("error 0 crc")
        self.assertEqual([(m.status, m.status2) for m in self.receive(a)], [(0x11, 0x20000)])
        LIB.command("bus_off 0")
        self.receive(a)
        self.assertEqual(self.send(a, self.message(1, description=3)), 1)
        self.assertEqual([(m.status, m.description) for m in self.receive(a)], [(TX | ERROR, 3)])

    def test_full_and_overrun(self):
        a, b = self.open(), self.open()
        LIB.command("full 0 on")
        self.assertEqual((self.send(a, self.message(1)), self.last_error(a)), (0, 0x100D))
        self.receive(a)
        self.assertEqual(self.errors, 1)
        errors, count = (ctypes.c_int * 600)(), ctypes.c_int()
        LIB.icsneoGetErrorMessages(a, errors, ctypes.byref(count))
        self.assertEqual(errors[:count.value], [0x100D])
        LIB.icsneoGetErrorMessages(a, errors, ctypes.byref(count))
        self.assertEqual(count.value, 0)
        LIB.command("full 0 off; overrun 0")
        self.send(a, self.message(1))
        self.assertEqual([m.status for m in self.receive(b)], [0x10000])

    def test_error_texts(self):
        short, long = ctypes.create_string_buffer(255), ctypes.create_string_buffer(255)
        sizes = [ctypes.c_int(255), ctypes.c_int(255)]
        severity, restart = ctypes.c_int(9), ctypes.c_int(9)
        LIB.icsneoGetErrorInfo(0x100D, short, long, *map(ctypes.byref, sizes),
                               ctypes.byref(severity), ctypes.byref(restart))
        self.assertEqual((short.value, severity.value), (b"The transmit buffer is full", 0))

    def test_devices(self):
        self.assertEqual([(d.device.type, d.device.serial) for d in self.find()],
                         [(0x10, FIRST_SERIAL), (8, FIRST_SERIAL + 1)])
        self.assertEqual([d.device.serial for d in self.find([8])], [FIRST_SERIAL + 1])
        self.assertIsNotNone(self.open())
        self.assertEqual([d.device.clients for d in self.find()], [1, 0])
        LIB.command("set 0 exclusive 1")
        self.assertIsNone(self.open())
        self.assertIsNotNone(self.open(1))
        LIB.command("vanish 0")
        self.assertEqual([d.device.serial for d in self.find()], [FIRST_SERIAL + 1])

    def test_vanished_device(self):
        a = self.open()
        LIB.command("vanish 0")
        self.assertEqual((self.send(a, self.message(1)), self.receive(a)), (0, None))
        self.assertEqual(self.last_error(a), 0x104B)
        LIB.command("return 0")
        self.assertEqual(self.send(a, self.message(1)), 0)
        self.assertEqual(self.send(self.open(), self.message(1)), 1)

    def test_bit_rates(self):
        a = self.open()
        self.assertEqual(LIB.icsneoSetBitRate(a, 250000, HSCAN), 1)
        self.assertEqual(LIB.icsneoSetFDBitRate(a, 2000000, HSCAN), 1)
        self.assertEqual((LIB.query("set 0 bitrate"), LIB.query("set 0 data_bitrate")),
                         (250000, 2000000))
        self.assertEqual((LIB.icsneoSetBitRate(a, 0, 1), LIB.icsneoSetBitRate(a, 1, 5)), (0, 0))

    def test_handles(self):
        a = self.open()
        self.assertEqual(LIB.icsneoValidateHObject(a), 1)
        self.assertEqual(LIB.icsneoClosePort(a, None), 1)
        LIB.icsneoFreeObject(a)
        self.assertEqual((LIB.icsneoValidateHObject(a), self.send(a, self.message(1))), (0, 0))

    def test_an_early_library(self):
        old = Library("icsneo_old")
        found, count = (NeoDevice * 8)(), ctypes.c_int(8)
        self.assertEqual(old.icsneoFindNeoDevices(ctypes.c_ulong(8), found, ctypes.byref(count)), 1)
        self.assertEqual([d.serial for d in found[:count.value]], [FIRST_SERIAL + 1])
        handle = ctypes.c_void_p()
        self.assertEqual(old.icsneoOpenNeoDevice(ctypes.byref(found[0]), ctypes.byref(handle), None,
                                                 0, 1), 1)
        self.assertEqual(old.icsneoGetLastAPIError(handle, None), 0)
        old.icsneoClosePort(handle, None)

    def test_exports(self):
        new, old = exports("icsneo"), exports("icsneo_old")
        for name in new | old:
            self.assertRegex(name, "^(icsneo|stand_in_)")
        self.assertEqual(new - old, {"icsneoFindDevices", "icsneoOpenDevice", "icsneoGetErrorInfo"})
        self.assertEqual(old - new, {"icsneoFindNeoDevices", "icsneoOpenNeoDevice"})


if __name__ == "__main__":
    unittest.main()

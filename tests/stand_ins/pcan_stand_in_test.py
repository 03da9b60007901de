#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The stand-in for PCAN-Basic: its ABI as PCANBasic.h 4.10 has it, by ctypes."""
import ctypes
import select
import time
import unittest

from vendor_libraries import Library, exports

USB1, USB2, USB3, ISA1 = 0x51, 0x52, 0x53, 0x21
EMPTY, VALUE, OPERATION, INITIALIZE, HARDWARE = 0x20, 0x8000, 0x8000000, 0x4000000, 0x1400
RATES = (b"f_clock=80000000,nom_brp=10,nom_tseg1=5,nom_tseg2=2,nom_sjw=1,"
         b"data_brp=4,data_tseg1=7,data_tseg2=2,data_sjw=1")
LIB = Library("pcanbasic")
for _function in exports("pcanbasic"):
    if _function.startswith("CAN_"):
        getattr(LIB, _function).restype = ctypes.c_uint32


class Message(ctypes.Structure):
    _fields_ = [("id", ctypes.c_uint32), ("type", ctypes.c_uint8), ("length", ctypes.c_uint8),
                ("data", ctypes.c_uint8 * 8)]


class MessageFd(ctypes.Structure):
    _fields_ = [("id", ctypes.c_uint32), ("type", ctypes.c_uint8), ("dlc", ctypes.c_uint8),
                ("data", ctypes.c_uint8 * 64)]


class Stamp(ctypes.Structure):
    _fields_ = [("millis", ctypes.c_uint32), ("overflow", ctypes.c_uint16),
                ("micros", ctypes.c_uint16)]


class Information(ctypes.Structure):
    _fields_ = [("handle", ctypes.c_uint16), ("type", ctypes.c_uint8), ("ctrl", ctypes.c_uint8),
                ("features", ctypes.c_uint32), ("name", ctypes.c_char * 33),
                ("device_id", ctypes.c_uint32), ("condition", ctypes.c_uint32)]


def write(handle, can_id, data=b"", kind=0, length=None):
    message = Message(can_id, kind, len(data) if length is None else length)
    message.data[:len(data)] = data
    return LIB.CAN_Write(handle, ctypes.byref(message))


def read(handle):
    """(status, id, type, data); status only where there is no message."""
    message, stamp = Message(), Stamp()
    status = LIB.CAN_Read(handle, ctypes.byref(message), ctypes.byref(stamp))
    if status != 0:
        return (status,)
    return status, message.id, message.type, bytes(message.data)[:message.length]


def get(handle, parameter, kind=ctypes.c_uint32):
    value = kind()
    status = LIB.CAN_GetValue(handle, parameter, ctypes.byref(value), ctypes.sizeof(value))
    return status, value.value


def put(handle, parameter, value, kind=ctypes.c_uint32):
    return LIB.CAN_SetValue(handle, parameter, ctypes.byref(kind(value)), ctypes.sizeof(kind))


def text(status):
    buffer = ctypes.create_string_buffer(256)
    return LIB.CAN_GetErrorText(status, 9, buffer), buffer.value


class Pcan(unittest.TestCase):
    def setUp(self):
        LIB.command("return 0; bus_on 0; full 0 off; set 0 echo 1; set 0 fd 1; set 0 status 0")
        LIB.command("devices 2; wire 1 0")
        LIB.CAN_Uninitialize(0)

    def open(self):
        for handle in (USB1, USB2):
            self.assertEqual(LIB.CAN_Initialize(handle, 0x1C, 1, 0x2A0, 11), 0)

    def open_fd(self):
        for handle in (USB1, USB2):
            self.assertEqual(LIB.CAN_InitializeFD(handle, RATES), 0)

    def test_channels_on_one_wire(self):
        self.open()
        self.assertEqual(write(USB1, 0x123, b"\1\2"), 0)
        self.assertEqual(write(USB1, 0x1FFFFFFF, b"", 2), 0)
        self.assertEqual(write(USB1, 0x7FF, b"", 1, 4), 0)
        self.assertEqual(read(USB2), (0, 0x123, 0, b"\1\2"))
        self.assertEqual(read(USB2), (0, 0x1FFFFFFF, 2, b""))
        self.assertEqual(read(USB2)[:3], (0, 0x7FF, 1))
        self.assertEqual(read(USB2), (EMPTY,))
        self.assertEqual(read(USB1), (EMPTY,))
        LIB.command("wire 1 1")
        write(USB1, 1)
        self.assertEqual(read(USB2), (EMPTY,))

    def test_refusals(self):
        self.assertEqual(write(USB1, 1), INITIALIZE)
        self.assertEqual(LIB.CAN_Initialize(USB3, 0x1C, 0, 0, 0), HARDWARE)
        self.open()
        self.assertEqual(LIB.CAN_Initialize(USB1, 0x1C, 0, 0, 0), INITIALIZE)
        self.assertEqual(write(USB1, 1, b"", 0, 9), VALUE)
        self.assertEqual(LIB.CAN_WriteFD(USB1, ctypes.byref(MessageFd())), OPERATION)
        self.assertEqual(write(USB1, 0x1FFF), 0)  # cut, not refused
        self.assertEqual(read(USB2)[1], 0x7FF)

    def test_fd(self):
        self.open_fd()
        message = MessageFd(0x55, 4 | 8, 15)
        message.data[63] = 9
        self.assertEqual(LIB.CAN_WriteFD(USB1, ctypes.byref(message)), 0)
        got, us = MessageFd(), ctypes.c_uint64()
        self.assertEqual(LIB.CAN_ReadFD(USB2, ctypes.byref(got), ctypes.byref(us)), 0)
        self.assertEqual((got.id, got.type, got.dlc, got.data[63]), (0x55, 12, 15, 9))
        self.assertLess(abs(us.value / 1e6 - time.time()), 5)
        self.assertEqual(write(USB1, 1), OPERATION)
        self.assertEqual(get(USB1, 0x1A), (0, 1000000))
        self.assertEqual(get(USB1, 0x1B, ctypes.c_uint64), (0, 2000000))
        self.assertEqual(get(USB1, 0x1B)[0], VALUE)  # 8 bytes on Linux

    def test_rates(self):
        for bad in (b"", RATES.replace(b"80000000", b"81000000"), RATES + b",x=1",
                    RATES.replace(b"nom_brp=10", b"nom_brp=1025"),
                    RATES.replace(b",data_sjw=1", b"")):
            self.assertEqual(LIB.CAN_InitializeFD(USB1, bad), VALUE, bad)
        good = RATES.replace(b"f_clock=80000000", b"f_clock_mhz=80").replace(b",", b" , ")
        self.assertEqual(LIB.CAN_InitializeFD(USB1, good), 0)
        LIB.CAN_Uninitialize(0)
        for btr, rate in ((0x14, 1000000), (0x1C, 500000), (0x11C, 250000), (0x672F, 10000)):
            LIB.CAN_Initialize(USB1, btr, 0, 0, 0)
            self.assertEqual(get(USB1, 0x1A), (0, rate))
            self.assertEqual(get(USB1, 0x18), (0, btr))
            LIB.CAN_Uninitialize(USB1)
        LIB.command("set 0 fd 0")
        self.assertEqual(LIB.CAN_InitializeFD(USB1, RATES), OPERATION)

    def test_time_stamps(self):
        self.open()
        LIB.command("clock 123456000")
        write(USB1, 1)
        message, stamp = Message(), Stamp()
        LIB.CAN_Read(USB2, ctypes.byref(message), ctypes.byref(stamp))
        us = stamp.micros + 1000 * stamp.millis + (stamp.overflow * 1000 << 32)
        self.assertLess(abs(us / 1e6 - time.time()), 5)
        self.assertGreater(stamp.overflow, 0)
        LIB.command("clock -123456000")

    def test_descriptor(self):
        self.open()
        fd = get(USB2, 3)[1]
        ready = lambda: bool(select.select([fd], [], [], 0)[0])  # noqa: E731
        self.assertFalse(ready())
        write(USB1, 1)
        self.assertTrue(ready())
        read(USB2)
        self.assertFalse(ready())
        self.assertEqual(put(USB2, 3, 1), OPERATION)

    def test_echo(self):
        self.open()
        self.assertEqual(put(USB1, 0x2C, 1), 0)
        write(USB1, 7)
        self.assertEqual(read(USB1)[:3], (0, 7, 0x20))
        self.assertEqual(read(USB2)[:3], (0, 7, 0))
        LIB.command("set 0 echo 0")
        self.assertEqual(put(USB1, 0x2C, 1), 0x4000)

    def test_filters(self):
        self.open()
        self.assertEqual(put(USB2, 0x22, 0x100 << 32 | 0xFF, ctypes.c_uint64), 0)
        for can_id in (0x1F1, 0x1F2, 0x2F1):
            write(USB1, can_id)
        self.assertEqual([read(USB2)[:2] for _ in range(3)], [(0, 0x1F1), (0, 0x1F2), (EMPTY,)])
        self.assertEqual(put(USB2, 4, 1), 0)
        self.assertEqual(LIB.CAN_FilterMessages(USB2, 0x10, 0x1F, 0), 0)
        self.assertEqual(LIB.CAN_FilterMessages(USB2, 0x100, 0x100, 2), 0)
        self.assertEqual(LIB.CAN_FilterMessages(USB2, 0x30, 0x3F, 0), 0)
        self.assertEqual(LIB.CAN_FilterMessages(USB2, 2, 1, 0), VALUE)
        for can_id in (0xFF, 0x100, 0x101):
            write(USB1, can_id, b"", 2)
        self.assertEqual([read(USB2)[:2] for _ in range(2)], [(0, 0x100), (EMPTY,)])
        for can_id in (0x0F, 0x10, 0x28, 0x3F, 0x40):
            write(USB1, can_id)
        self.assertEqual([read(USB2)[1] for _ in range(3)], [0x10, 0x28, 0x3F])
        self.assertEqual(get(USB2, 4), (0, 2))
        put(USB2, 4, 0)
        write(USB1, 0x10)
        self.assertEqual(read(USB2), (EMPTY,))

    def test_state_of_the_bus(self):
        self.open()
        for command, status in (("errors 0 96 0", 8), ("errors 0 0 128", 0x40000),
                                ("bus_off 0", 0x10)):
            LIB.command(command)
            self.assertEqual(LIB.CAN_GetStatus(USB1), status)
            self.assertEqual(read(USB1), (0, 0, 0x80, status.to_bytes(4, "big")))
            self.assertEqual(read(USB1), (EMPTY | status,))  # two bits in one code
            self.assertEqual(text(EMPTY | status)[0], VALUE)
        self.assertEqual(write(USB1, 1), 0x10)
        LIB.command("bus_on 0; set 0 status 12")
        self.assertEqual((read(USB1)[2], read(USB1)), (0x80, (0x2C,)))

    def test_error_frame(self):
        self.open()
        LIB.command("error 0 stuff")
        self.assertEqual(read(USB1), (EMPTY,))
        self.assertEqual(put(USB1, 0x20, 1), 0)
        LIB.command("errors 0 1 2; error 0 stuff")
        self.assertEqual(read(USB1), (0, 4, 0x40, b"\1\0\2\1"))

    def test_full_and_overrun(self):
        self.open()
        LIB.command("full 0 on; overrun 0")
        self.assertEqual(write(USB1, 1), 0x80)
        self.assertEqual(LIB.CAN_GetStatus(USB1), 0xC0)
        self.assertEqual((read(USB1), read(USB1)), ((EMPTY | 0x40,), (EMPTY,)))

    def test_reset_empties_the_queues(self):
        self.open()
        write(USB1, 1)
        self.assertEqual(LIB.CAN_Reset(USB2), 0)
        self.assertEqual(read(USB2), (EMPTY,))

    def test_vanished_device(self):
        self.open()
        LIB.command("vanish 0")
        self.assertEqual((read(USB1), write(USB1, 1)), ((HARDWARE,), HARDWARE))
        self.assertEqual(get(USB1, 0xD), (0, 0))
        LIB.command("return 0")
        self.assertEqual(write(USB1, 1), HARDWARE)
        self.assertEqual(LIB.CAN_Uninitialize(USB1), 0)
        self.assertEqual(LIB.CAN_Initialize(USB1, 0x1C, 0, 0, 0), 0)
        self.assertEqual(write(USB1, 1), 0)

    def test_listen_only_before_initialization(self):
        self.assertEqual(put(USB1, 8, 1), 0)
        self.assertEqual(put(USB1, 0x20, 1), INITIALIZE)
        self.open()
        self.assertEqual(get(USB1, 8), (0, 1))
        self.assertEqual(write(USB1, 1), 0)
        self.assertEqual(read(USB2), (EMPTY,))

    def test_what_is_attached(self):
        self.assertEqual(get(0, 0x2A), (0, 2))
        array = (Information * 2)()
        self.assertEqual(LIB.CAN_GetValue(0, 0x2B, array, 103), VALUE)
        self.assertEqual(LIB.CAN_GetValue(0, 0x2B, array, 104), 0)
        self.assertEqual([(i.handle, i.type, i.device_id, i.condition) for i in array],
                         [(USB1, 5, 1, 1), (USB2, 5, 2, 1)])
        self.assertEqual((get(USB1, 0xD), get(USB3, 0xD), get(USB3, 1)[0]),
                         ((0, 1), (0, 0), HARDWARE))
        found = ctypes.c_uint16()
        for asked, wanted in ((b"devicetype=pcan_usb, deviceid=2", USB2), (b"deviceid=9", 0),
                              (b"devicetype=pcan_pci", 0), (b"controllernumber=0", USB1)):
            LIB.CAN_LookUpChannel(asked, ctypes.byref(found))
            self.assertEqual(found.value, wanted)
        self.assertEqual(LIB.CAN_Initialize(ISA1, 0x1C, 1, 0x2A0, 11), HARDWARE)

    def test_texts(self):
        self.assertEqual(text(0x20), (0, b"The receive queue is empty"))
        self.assertEqual(text(0x1400), (0, b"The value of a PCAN-Hardware handle is invalid"))
        self.assertEqual(text(0x2C)[0], VALUE)

    def test_exports(self):
        self.assertEqual(exports("pcanbasic") - exports("pcanbasic_old"), {"CAN_LookUpChannel"})
        for name in exports("pcanbasic"):
            self.assertRegex(name, "^(CAN_|stand_in_)")


if __name__ == "__main__":
    unittest.main()

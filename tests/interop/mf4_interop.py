#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""MF4 logs of canconvert, read by a small reader that knows ASAM MDF 4.1 and nothing of cansuite.

It demands what other programs do: asammdf aligned blocks, whole bytes and a bus event with a CAN source;
CANalyzer the flag of bus events on each channel; all of them counts that are right.
"""
import json
import os
import struct
import sys
import zlib

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../support"))
import harness  # noqa: E402

START = 1700000000 * 10**9
LENGTHS = (0, 1, 2, 3, 4, 5, 6, 7, 8, 12, 16, 20, 24, 32, 48, 64)
BUS_EVENT = 0x400


class Mdf:
    """The blocks of a finalised log."""

    def __init__(self, path):
        with open(path, "rb") as file:
            self.bytes = file.read()
        assert self.bytes[:16] == b"MDF     4.10    ", self.bytes[:16]
        assert struct.unpack_from("<H", self.bytes, 28)[0] == 410
        assert self.bytes[60:64] == bytes(4), "flags of a log that isn't finalised"

    def block(self, offset, kind):
        """Links and data section."""
        assert offset % 8 == 0, f"a block at {offset}"
        magic, name, length, count = struct.unpack_from("<2s2s4xQQ", self.bytes, offset)
        assert magic == b"##" and name.decode() in kind.split("|"), (offset, name)
        assert offset + length <= len(self.bytes)
        links = struct.unpack_from(f"<{count}Q", self.bytes, offset + 24)
        return name.decode(), links, self.bytes[offset + 24 + 8 * count:offset + length]

    def list(self, offset, kind):
        while offset:
            _, links, data = self.block(offset, kind)
            yield links, data
            offset = links[0]

    def text(self, offset):
        return self.block(offset, "TX|MD")[2].split(b"\0")[0].decode()

    def records(self, link):
        """The joined data blocks behind a list."""
        out = b""
        lists = self.block(link, "HL")[1][0]
        for links, data in self.list(lists, "DL"):
            flags, count, *offsets = struct.unpack(f"<B3xI{len(links) - 1}Q", data)
            assert flags == 0 and count == len(links) - 1 and offsets[0] == len(out)
            for each in links[1:]:
                out += self.content(each)
        return out

    def content(self, offset):
        name, _, data = self.block(offset, "DZ|DT")
        if name == "DT":
            return data
        kind, transposed, columns, size, packed = struct.unpack_from("<2sBxIQQ", data)
        flat = zlib.decompress(data[24:24 + packed])
        assert kind == b"DT" and transposed == 1 and len(flat) == size and size % columns == 0
        rows = size // columns
        return b"".join(flat[row::rows] for row in range(rows))

    def channel(self, data):
        kind, sync, of, bit, byte, bits, flags = struct.unpack_from("<BBBBIII", data)
        assert bit == 0 and bits % 8 == 0 and flags & 3 == 0
        return {"kind": kind, "sync": sync, "type": of, "byte": byte, "size": bits // 8, "flags": flags}

    def groups(self):
        """Kind of frame, bus, channels by name, records."""
        header = self.block(64, "HD")
        for links, data in self.list(header[1][0], "DG"):
            assert data[0] == 0, "records with ids"
            (group, fields), = self.list(links[1], "CG")
            number, flags, dot, size, invalid = struct.unpack_from("<8xQHH4xII", fields)
            assert flags == 6 and dot == ord(".") and invalid == 0
            source = self.block(group[3], "SI")[2]
            assert source[0] == 2 and source[1] == 2, "not a CAN bus"
            records = self.records(links[2])
            assert len(records) == number * size
            yield self.kind_of(group[1]) + (
                [records[at:at + size] for at in range(0, len(records), size)],)

    def kind_of(self, first):
        (time, data), (frame, parent) = self.list(first, "CN")
        conversion = self.block(time[4], "CC")[2]
        assert struct.unpack_from("<B5xH16x2d", conversion) == (1, 2, 0.0, 1e-9)
        channels = {"t": self.channel(data)}
        assert channels["t"]["kind"] == 2 and channels["t"]["sync"] == 1
        kind = self.text(frame[2])
        assert self.channel(parent)["flags"] == BUS_EVENT
        for links, data in self.list(frame[1], "CN"):
            name = self.text(links[2])
            assert name.startswith(kind + "."), name
            channels[name[len(kind) + 1:]] = member = self.channel(data)
            assert member["flags"] == BUS_EVENT
        return kind, channels

    def frames(self):
        start = struct.unpack_from("<q", self.block(64, "HD")[2])[0]
        for kind, channels, records in self.groups():
            for record in records:
                yield kind, self.values(channels, record, start)

    @staticmethod
    def values(channels, record, start):
        out = {}
        for name, of in channels.items():
            value = record[of["byte"]:of["byte"] + of["size"]]
            assert len(value) == of["size"]
            out[name] = value if of["type"] == 10 else int.from_bytes(value, "little", signed=of["type"] == 2)
        out["t"] += start
        return out


def frame(index):
    """A line of JSON Lines, of all kinds by turns."""
    kind = index % 5
    out = {"timestamp": (START + index * 1_234_567) / 10**9, "channel": str(1 + index % 3), "id": 0x100 + index,
           "extended": False, "data": "", "direction": "tx" if index % 7 == 0 else "rx"}
    out["timestamp"] = f"{(START + index * 1_234_567) // 10**9}.{(START + index * 1_234_567) % 10**9:09}"
    length = index % 9
    if kind == 1:
        out.update(id=0x1ABC0000 + index, extended=True)
    elif kind == 2:
        return dict(out, remote=True, length=length)
    elif kind == 3:
        length = LENGTHS[index % 16]
        out.update(fd=True, brs=index % 2 == 0, esi=index % 4 == 0)
    elif kind == 4:
        return dict(out, error=True, id=0x88, length=8, data="0000040000000000")
    return dict(out, length=length, data=bytes((index + i) & 0xFF for i in range(length)).hex())


class Written(harness.ToolTest):
    def convert(self, frames, *options):
        lines = []
        for each in frames:
            time = each.pop("timestamp")
            lines.append(f'{{"timestamp": {time}, ' + json.dumps(each)[1:])
            each["timestamp"] = time
        self.write("in.jsonl", "\n".join(lines) + "\n")
        self.run_tool("canconvert", "in.jsonl", "out.mf4", "--force", *options)
        return Mdf(self.path("out.mf4"))

    def check(self, frames, mdf):
        by_time = sorted(mdf.frames(), key=lambda each: each[1]["t"])
        self.assertEqual(len(by_time), len(frames))
        for want, (kind, got) in zip(frames, by_time):
            self.check_frame(want, kind, got)

    def check_frame(self, want, kind, got):
        of = "Error" if want.get("error") else "Remote" if want.get("remote") else "Data"
        self.assertEqual(kind, f"CAN_{of}Frame")
        self.assertEqual(got["t"], int(want["timestamp"].replace(".", "")))
        self.assertEqual(got["BusChannel"], int(want["channel"]))
        self.assertEqual((got["ID"], got["IDE"]), (want["id"], want["extended"]))
        self.assertEqual(got["Dir"], want["direction"] == "tx")
        self.assertEqual(got["DLC"], LENGTHS.index(want["length"]))
        self.assertEqual(got["DataLength"], len(want["data"]) // 2)
        if of == "Data":
            flags = [int(want.get(name, False)) for name in ("fd", "brs", "esi")]
            self.assertEqual([got["EDL"], got["BRS"], got["ESI"]], flags)
        if of == "Error":
            self.assertEqual(got["ErrorType"], 3)  # stuff
        if of != "Remote":
            self.assertEqual(got["DataBytes"][:got["DataLength"]].hex(), want["data"])
            self.assertEqual(got["DataBytes"][got["DataLength"]:].strip(b"\0"), b"")

    def test_all_kinds(self):
        for options in ((), ("--compression-level", "0")):
            frames = [frame(i) for i in range(1000)]
            self.check(frames, self.convert(frames, *options))

    def test_several_blocks(self):
        frames = [dict(frame(0), timestamp=f"1700000000.{i:09}", data=f"{i:016x}", length=8)
                  for i in range(30_000)]
        mdf = self.convert(frames)
        self.check(frames, mdf)
        self.assertGreater(mdf.bytes.count(b"##DZ"), 2)


if __name__ == "__main__":
    harness.main()

#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Prints the frames of .canb logs as candump -L does, with 9 decimals: read_canb.py LOG...

A reader without any library of ours; doc/canb.md describes the bytes."""
import struct
import sys
import zlib

HEAD = struct.Struct("<4s4B2I2HIq5Q")
EXTENDED, REMOTE, ERROR, FD, BRS, ESI, TX = (1 << bit for bit in range(7))


def batches(data):
    """The batches of a log: (head as a dictionary, channel names, columns)."""
    fields = ("magic version codec names step size columns messages kinds unit start "
              "run number first_frame dropped dropped_here").split()
    at = 0
    while at < len(data):
        head = dict(zip(fields, HEAD.unpack_from(data, at)))
        batch = data[at : at + head["size"]]
        if head["magic"] != b"canb" or head["version"] != 1:
            raise ValueError(f"no batch at {at}")
        if len(batch) < head["size"] or zlib.crc32(batch[:-4]) != int.from_bytes(batch[-4:], "little"):
            raise ValueError(f"a damaged batch at {at}")
        names, end = [""], HEAD.size
        for _ in range(head["names"]):
            names.append(batch[end + 1 : end + 1 + batch[end]].decode())
            end += 1 + batch[end]
        columns = batch[end:-4]
        yield head, names, zlib.decompress(columns) if head["codec"] == 1 else columns
        at += head["size"]


class Columns:
    """Takes columns from the front."""

    def __init__(self, data):
        self.data = data

    def take(self, size):
        part, self.data = self.data[:size], self.data[size:]
        return part

    def numbers(self, count, size):
        """Numbers of `size` bytes: the lowest bytes of all, then the next ones."""
        planes = [self.take(count) for _ in range(size)]
        return [int.from_bytes(bytes(each), "little") for each in zip(*planes)] if size else [0] * count


def frames(head, names, data):
    """The frames of a batch: (time in ns, channel, id, flags, length, raw DLC, data)."""
    columns, kinds, count = Columns(data), head["kinds"], head["messages"]
    channels, flags, lengths, codes = (columns.take(kinds) for _ in range(4))
    ids = columns.numbers(kinds, 4)  # differences
    for i in range(1, kinds):
        ids[i] = (ids[i] + ids[i - 1]) % 2**32
    kind_of = columns.numbers(count, 2 if kinds > 256 else 1)
    steps = columns.numbers(count, head["step"])
    tables = []  # of each kind: a row for each byte of the frame, a column for each message
    for kind in range(kinds):
        size = 0 if flags[kind] & REMOTE else lengths[kind]
        rows = [columns.take(kind_of.count(kind)) for _ in range(size)]
        tables.append(iter(zip(*rows)) if size else None)
    last = [bytes(64)] * kinds
    time = head["start"]
    for kind, step in zip(kind_of, steps):
        time += (-((step >> 1) + 1) if step & 1 else step >> 1) * head["unit"]
        time = (time + 2**63) % 2**64 - 2**63
        if tables[kind]:
            last[kind] = bytes(a ^ b for a, b in zip(next(tables[kind]), last[kind]))
        yield time, names[channels[kind]], ids[kind], flags[kind], lengths[kind], codes[kind], last[kind]


def line(time, channel, frame_id, flags, length, code, data):
    if flags & ERROR:
        frame_id |= 0x20000000
    text = f"{frame_id:0{8 if flags & (EXTENDED | ERROR) else 3}X}#"
    if flags & FD:
        text += f"#{bool(flags & BRS) + 2 * bool(flags & ESI):X}"
    if flags & REMOTE:
        text += f"R{length or ''}"
    else:
        text += data.hex().upper() if length else ""
    if code:
        text += f"_{code:X}"
    return f"({time // 10**9}.{time % 10**9:09}) {channel or 'can0'} {text}{' T' if flags & TX else ''}"


def main(paths):
    for path in paths:
        with open(path, "rb") as file:
            for head, names, data in batches(file.read()):
                for frame in frames(head, names, data):
                    print(line(*frame))


if __name__ == "__main__":
    main(sys.argv[1:])

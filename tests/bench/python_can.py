#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""python_can.py RUNS FROM TO: converts a log with python-can, as its can_logconvert does, RUNS times
within one process. Prints the seconds of each, from opening the one to having closed the other: the
interpreter's start is no part of them.

python-can has no JSON Lines. What its users would add is added here, as a reader and a writer over
Python's json module."""
import json
import os
import sys
import time

import can
from can.io.generic import FileIOMessageWriter, MessageReader


class JsonLinesReader(MessageReader):
    def __init__(self, path):
        super().__init__(path, mode="r")

    def __iter__(self):
        for line in self.file:
            row = json.loads(line)
            yield can.Message(
                timestamp=row["timestamp"], arbitration_id=row["id"], channel=row["channel"],
                is_extended_id=row["extended"], is_remote_frame=row["remote"],
                is_error_frame=row["error"], is_fd=row["fd"], bitrate_switch=row["brs"],
                error_state_indicator=row["esi"], is_rx=row["direction"] == "rx",
                dlc=row["length"], data=bytes.fromhex(row["data"]))
        self.stop()


class JsonLinesWriter(FileIOMessageWriter):
    def __init__(self, path):
        super().__init__(path, mode="w")

    def on_message_received(self, msg):
        self.file.write(json.dumps({
            "timestamp": msg.timestamp, "channel": msg.channel, "id": msg.arbitration_id,
            "extended": msg.is_extended_id, "remote": msg.is_remote_frame,
            "error": msg.is_error_frame, "fd": msg.is_fd, "brs": msg.bitrate_switch,
            "esi": msg.error_state_indicator, "direction": "rx" if msg.is_rx else "tx",
            "dlc": can.util.len2dlc(msg.dlc), "length": msg.dlc, "data": msg.data.hex()},
            separators=(",", ":")) + "\n")


def convert(source, target):
    begin = time.perf_counter()
    reader = can.LogReader(source)
    writer = can.Logger(target)
    for message in reader:
        writer(message)
    writer.stop()
    return time.perf_counter() - begin


def main():
    runs, source, target = sys.argv[1:]
    can.LogReader.message_readers[".jsonl"] = JsonLinesReader
    can.Logger.message_writers[".jsonl"] = JsonLinesWriter
    for _ in range(int(runs)):
        if os.path.exists(target):
            os.remove(target)
        print(convert(source, target), flush=True)


main()

#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""python_can.py RUNS FROM TO: converts a log with python-can, as its can_logconvert does, RUNS times
within one process. Prints the seconds of each, from opening the one to having closed the other: the
interpreter's start is no part of them."""
import os
import sys
import time

import can


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
    for _ in range(int(runs)):
        if os.path.exists(target):
            os.remove(target)
        print(convert(source, target), flush=True)


main()

# SPDX-License-Identifier: MIT
"""canmatrix's decoder over a candump log, a line of CSV a signal.

canmatrix_csv.py FILE.dbc LOG OUT.csv"""
import contextlib
import csv
import io
import re
import sys

with contextlib.redirect_stdout(io.StringIO()):
    import canmatrix.formats

LINE = re.compile(r"\((.*?)\) (\S+) ([0-9A-F]+)#([0-9A-Fa-f]*)")


def main(dbc, log, out):
    with contextlib.redirect_stdout(io.StringIO()):
        matrix = canmatrix.formats.loadp_flat(dbc)
    frames = {(frame.arbitration_id.id, bool(frame.arbitration_id.extended)): frame for frame in matrix.frames}
    with open(log, encoding="ascii") as lines, open(out, "w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        for line in lines:
            time, channel, number, data = LINE.match(line).groups()
            frame = frames.get((int(number, 16), len(number) > 3))
            if not frame:
                continue
            for name, value in frame.decode(bytes.fromhex(data)).items():
                rows.writerow((time, channel, frame.name, name, value.phys_value, value.signal.unit or "",
                               value.signal.values.get(value.raw_value, "")))


if __name__ == "__main__":
    main(*sys.argv[1:])

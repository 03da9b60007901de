#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Files made to break a reader: canconvert ends by itself, in time and memory, with one clear line."""
import gzip
import io
import os
import struct
import subprocess
import sys
import threading
import zipfile
import zlib

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../support"))
import harness  # noqa: E402

SECONDS, MEGABYTES = 5, 256
HANGS = 120  # seconds, on however busy a machine
WARNINGS = 22  # lines: 20 warnings, their number, an error

# A time, a frame and a length that somebody may get wrong, put into each format's own line.
TIMES = ("-1.5", "nan", "inf", "1e308", "1" * 20, "1" * 400, "1,5", "1.", ".5", "1." + "9" * 40, "0x10",
         "2147483648.0", "9223372036.854775807", "9223372037", "-9223372037", "", " ", "12:00 am")
BYTES = ("G1", "1", "111", "-1", "+1", "0x", "\x00\x00", "11\x0022", "ä", "'", '"', "11" * 9, "11" * 65,
         "11" * 5000)
LENGTHS = ("-1", "9", "65", "255", "256", "4294967296", "9" * 30, "", "x", "0x8", "63")
IDS = ("800", "FFFFFFFF", "20000000", "1FFFFFFFF", "-1", "", "xyz", "G00", "0" * 5000, "40000123")
CHANNELS = ("", "a b", "x" * 16, "x" * 4096, "../x", "\x1b[31mred", "can0/..", "c\x00n0", "ä", "65536")

CONSOLE = " ({time})  {channel}  RX - -  {id}   [{length}]  {data}\n"
JSON = ('{{"timestamp": {time}, "channel": "{channel}", "id": {id}, "length": {length}, '
        '"data": "{data}"}}\n')
TRC_HEAD = ";$FILEVERSION=2.1\n;$STARTTIME=44548.5\n;$COLUMNS=N,O,T,B,I,d,L,D\n"
TRC = "  1  {time} DT {channel}  {id} Rx {length}  {data}\n"
GVRET_HEAD = "Time Stamp,ID,Extended,Dir,Bus,LEN,D1,D2,D3,D4,D5,D6,D7,D8\n"
GVRET = "{time},{id},false,Rx,{channel},{length},{data},\n"
CANEDGE_HEAD = "TimestampEpoch;BusChannel;ID;IDE;DLC;DataLength;Dir;EDL;BRS;ESI;RTR;DataBytes\n"
CANEDGE = "{time};{channel};{id};0;1;{length};0;0;0;0;0;{data}\n"
CLX_HEAD = "# Logger type: CL2000\n# Time: 20170101T022232\nTimestamp;Type;ID;Data\n"
CLX = "{time};0;{id};{data}\n"

# format: head, line, what is right in it
TEXTS = {
    "console": ("", CONSOLE, dict(time="1.5", channel="can0", id="123", length="1", data="11")),
    "jsonl": ("", JSON, dict(time="1.5", channel="can0", id="291", length="1", data="11")),
    "trc": (TRC_HEAD, TRC, dict(time="1.5", channel="1", id="0123", length="1", data="11")),
    "gvret": (GVRET_HEAD, GVRET, dict(time="15", channel="0", id="123", length="1", data="11")),
    "canedge": (CANEDGE_HEAD, CANEDGE, dict(time="1.5", channel="1", id="123", length="1", data="11")),
    "clx000": (CLX_HEAD, CLX, dict(time="01T022231683", channel="", id="123", length="1", data="11")),
    "csv": ("timestamp,arbitration_id,extended,remote,error,dlc,data\n",
            "{time},0x{id},0,0,0,{length},{data}\n",
            dict(time="1.5", channel="", id="123", length="1", data="EQ==")),
    "asc": ("base hex  timestamps absolute\n", "   {time} {channel}  {id}  Rx   d {length} {data}\n",
            dict(time="1.5", channel="1", id="123", length="1", data="11")),
    "candump": ("", "({time}) {channel} {id}#{data}\n",
                dict(time="1.5", channel="can0", id="123", length="", data="11")),
}

JSON_LINES = (
    "{" * 500_000, '{"a":' * 200_000, "[" * 500_000, '{"id":' + "[" * 300_000, "{}", "null", "[]", '"x"',
    '{"id"', '{"id":}', '{"id":1', '{"id":1,}', '{"id":1}}', '{"id":1,"id":2}', '{"id":null}', '{"id":-1}',
    '{"id":1.5}', '{"id":1e999}', '{"id":18446744073709551616}', '{"id":"1"}', '{"id":true}',
    '{"id":1,"data":"1"}', '{"id":1,"data":"zz"}', '{"id":1,"data":17}', '{"id":1,"length":1e3}',
    '{"id":1,"channel":"\\ud800"}', '{"id":1,"channel":"\\u12"}', '{"id":1,"channel":"\\x"}',
    '{"id":1,"channel":"' + "\\u0000" * 100_000 + '"}', '{"id":1,"direction":"up"}', '{"id":1,"dlc":16}',
    '{"id":1,"remote":1}', '{"id":1,"fd":true,"remote":true}', '{"id":1,"length":64}', "\ufeff{}",
    '{"id":1,"timestamp":' + "9" * 900_000 + "}")

TRC_LOGS = (
    ";$FILEVERSION=9.9\n", ";$FILEVERSION=\n", ";$FILEVERSION=2.1\n  1 1.5 DT 1 0123 Rx 1 11\n",
    ";$FILEVERSION=2.1\n;$COLUMNS=\n 1 1.5 DT\n", ";$FILEVERSION=2.1\n;$COLUMNS=N,N,N,N\n 1 1 1 1\n",
    ";$FILEVERSION=2.1\n;$COLUMNS=N,O,T,I,d,l,D,D,D\n 1 1.5 DT 0123 Rx 1 11 11 11\n",
    ";$FILEVERSION=2.1\n;$COLUMNS=" + "N," * 100_000 + "\n",
    ";$FILEVERSION=2.1\n;$COLUMNS=\x01,?,é\n 1 1 1\n",
    ";$FILEVERSION=2.1\n;$STARTTIME=" + "9" * 300 + "\n", ";$FILEVERSION=2.1\n;$STARTTIME=-1e9\n",
    TRC_HEAD + " 1 1.5 FD 1 0123 Rx 9 11 11 11 11 11 11 11 11\n", TRC_HEAD + " 1 -1.5 DT 1 0123 Rx 0\n",
    TRC_HEAD + " 1 1.5 FB 1 0123 Rx 63 " + "11 " * 63 + "\n", TRC_HEAD + " 1 1.5 RR 1 0123 Rx 9\n",
    TRC_HEAD + " 1 1.5 XX 1 0123 Rx 1 11\n", TRC_HEAD + " 1 1.5 DT 1 0123 Rx 1 RTR\n",
    TRC_HEAD + " 1 1.5 ER 1 - Rx 5 " + "FF " * 5 + "\n", TRC_HEAD + " 1 1.5 ER 1 - Rx 99\n",
    TRC_HEAD + " 1 1.5 EC 1 - Rx\n", TRC_HEAD + " 1 1.5 DT\n", ";" * 900_000, "; PCAN\n" * 100_000)


def pcap(*packets, magic=0xA1B2C3D4, link=227):
    data = struct.pack("<IHHiIII", magic, 2, 4, 0, 0, 65535, link)
    return data + b"".join(struct.pack("<IIII", 1, 0, size, size) + packet for size, packet in packets)


def block(kind, body, size=None, again=None):
    size = len(body) + 12 if size is None else size
    return struct.pack("<II", kind, size) + body + struct.pack("<I", size if again is None else again)


SECTION = block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1))
INTERFACE = block(1, struct.pack("<HHI", 227, 0, 0))
FRAME = struct.pack(">IBBxx2s6x", 0x123, 2, 0, b"\x11\x22")


def packet(body=FRAME, interface=0, captured=None, ticks=(0, 1)):
    captured = len(body) if captured is None else captured
    return block(6, struct.pack("<IIIII", interface, *ticks, captured, captured) + body)


def interface(*options):
    body = struct.pack("<HHI", 227, 0, 0)
    for code, size, value in options:
        body += struct.pack("<HH", code, size) + value + bytes(-len(value) % 4)
    return block(1, body)


def captures():
    """Named hostile captures."""
    start = SECTION + INTERFACE
    for size in (0, 1, 11, 12, 13, 16, 28, 0x7FFFFFFF, 0xFFFFFFFC, 0xFFFFFFFF):
        yield f"block of {size}", start + block(6, FRAME, size=size)
        yield f"unknown block of {size}", start + block(0xBAD, FRAME, size=size)
        yield f"section of {size}", block(0x0A0D0D0A, SECTION[8:24], size=size)
        yield f"packet said to be of {size}", pcap((size, FRAME))
        yield f"captured {size}", start + packet(captured=size)
    yield "other size at the end", start + block(6, FRAME, again=7)
    yield "no byte order", block(0x0A0D0D0A, struct.pack("<IHHq", 0x11111111, 1, 0, -1))
    yield "only the magic", SECTION[:4]
    yield "no section", INTERFACE + packet()
    yield "no interface", SECTION + packet()
    yield "interface beyond", start + packet(interface=0xFFFFFFFF)
    yield "sections in sections", SECTION * 20_000
    yield "many interfaces", SECTION + INTERFACE * 40_000 + packet(interface=39_999)
    yield "many names", SECTION + b"".join(
        interface((2, 5, b"%05d" % i)) for i in range(30_000)) + packet(interface=29_999)
    for resolution in (0, 19, 20, 127, 128, 128 + 59, 128 + 60, 128 + 63, 128 + 64, 255):
        yield f"resolution {resolution}", SECTION + interface(
            (9, 1, bytes([resolution]))) + packet() + packet(ticks=(0xFFFFFFFF, 0xFFFFFFFF))
    for offset in (-2**63, 2**63 - 1):
        yield f"offset {offset}", SECTION + interface((14, 8, struct.pack("<q", offset))) + packet()
    yield "option beyond", SECTION + interface((2, 0xFFFF, b"can0")) + packet()
    yield "empty options", SECTION + interface(*[(0xBAD, 0, b"")] * 10_000) + packet()
    yield "escape in a name", SECTION + interface((2, 8, b"\x1b[31mred")) + packet()
    for length in (9, 64, 65, 255):
        yield f"classic length {length}", start + packet(struct.pack(">IBBxx", 1, length, 0) + bytes(64))
        yield f"FD length {length}", start + packet(struct.pack(">IBBxx", 1, length, 4) + bytes(64))
    for cut in range(len(FRAME)):
        yield f"packet of {cut}", start + packet(FRAME[:cut])
    yield "XL", start + packet(struct.pack(">HHBBHI", 0, 1, 0x80, 0, 0xFFFF, 0) + bytes(2048))
    for link in (0, 1, 113, 276, 0xFFFFFFFF):
        yield f"link {link}", pcap((16, FRAME), link=link)
    yield "cut file header", pcap()[:20]


def array(text, data=b"", magic=b"\x93NUMPY\x01\x00", size=None):
    head = text.encode("latin-1") + b"\n"
    return magic + struct.pack("<H", len(head) if size is None else size) + head + data


def described(descr="<i8", shape="(2,)", order="False", data=bytes(16)):
    return array(f"{{'descr': '{descr}', 'fortran_order': {order}, 'shape': {shape}, }}", data)


def archive(**arrays):
    """Of arrays as bytes, or as pieces: what is large here would count as canconvert's memory."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in arrays.items():
            with file.open(name + ".npy", "w") as member:
                for piece in [data] if isinstance(data, bytes) else data:
                    member.write(piece)
    return out.getvalue()


def packed(piece, count):
    """The piece so many times, gzipped."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    return b"".join(packer.compress(piece) for _ in range(count)) + packer.flush()


def archives():
    """Named hostile archives of arrays."""
    good = dict(timestamp=described(), id=described())
    whole = archive(**good)
    yield "magic only", b"PK\x03\x04"
    yield "end record only", b"PK\x05\x06" + bytes(18)
    yield "empty archive", archive()
    yield "no arrays known", archive(other=described())
    for cut in range(1, len(whole), 37):
        yield f"cut at {cut}", whole[:cut]
    for shape in ("(", "()", "(,)", "(-1,)", "(18446744073709551615,)", "(9223372036854775807, 64)",
                  "(2, 0)", "(2, 99999999)", "(2, 2, 2)", "(" + "9" * 9000 + ",)", "(1000000000,)", "2"):
        yield f"shape {shape[:30]}", archive(timestamp=described(shape=shape), id=described())
    for descr in ("|O", "<i0", "<i9", ">i8", "<f4", "<c16", "<U99999999", "|V8", "", "<i8'"):
        yield f"type {descr}", archive(timestamp=described(descr), id=described(descr))
    yield "Fortran's order", archive(timestamp=described(order="True"), id=described())
    yield "no head", archive(timestamp=b"", id=b"")
    yield "head of 64 KiB that isn't there", archive(timestamp=array("x", size=65535), id=described())
    yield "other magic", archive(timestamp=array("x", magic=b"\x93NUMPY\x09\x00"), id=described())
    yield "code in the head", archive(timestamp=array("__import__('os').system('id')"), id=described())
    yield "different rows", archive(timestamp=described(), id=described(shape="(3,)", data=bytes(24)))
    yield "lengths too large", archive(**good, length=described(data=b"\xff" * 16))
    yield "dlc too large", archive(**good, dlc=described(data=b"\xff" * 16))
    yield "times far off", archive(timestamp=described("<f8", data=struct.pack("<dd", 1e308, float("nan"))),
                                   id=described())
    large = [bytes(1_000_000)] * 24
    zeros = [described(shape="(3000000,)", data=b""), *large]
    yield "bomb of frames", archive(timestamp=zeros, id=zeros)
    yield "bomb of a wrong length", archive(timestamp=[described(), *large], id=described())
    for at, name in ((8, "method"), (6, "flags"), (18, "packed size"), (22, "size"), (26, "name"),
                     (28, "extra")):
        for value in (0xFFFF, 0x7F, 99):
            yield f"{name} {value}", whole[:at] + struct.pack("<H", value) + whole[at + 2:]
    directory = whole.index(b"PK\x01\x02")
    for at in range(directory, len(whole), 6):
        yield f"directory 0x{at:x}", whole[:at] + b"\xff\xff" + whole[at + 2:]


LINE = b"(1700000000.000001) can0 123#1122\n"


def packed_logs():
    """Named hostile gzip files."""
    good = gzip.compress(LINE * 100)
    yield "two bytes", good[:2]
    for cut in (3, 9, 10, 11, len(good) // 2, len(good) - 8, len(good) - 1):
        yield f"cut at {cut}", good[:cut]
    yield "wrong sum", good[:-8] + bytes(8)
    yield "junk behind", good + b"junk"
    yield "zeros behind", good + bytes(10_000)
    yield "another member", good + good
    yield "half a member behind", good + good[:20]
    yield "empty members", gzip.compress(b"") * 20_000
    yield "bomb of one line", packed(bytes(1_000_000), 200)
    yield "bomb of empty lines", packed(b"\n" * 1_000_000, 100)
    yield "bomb of frames", packed(LINE * 10_000, 100)
    yield "gzip in gzip", gzip.compress(good)
    yield "all flags", good[:3] + b"\xff" + good[4:]
    yield "unknown method", good[:2] + b"\x07" + good[3:]
    yield "name without end", good[:3] + b"\x08" + good[4:10] + b"x" * 500_000
    yield "stored blocks without end", good[:10] + b"\x00\x00\x00\xff\xff" * 100_000


def texts(head, line, right):
    """Named hostile text logs around a line of the format."""
    def filled(**wrong):
        return (head + line.format(**{**right, **wrong})).encode("utf-8")
    good = filled()
    for field, values in (("time", TIMES), ("data", BYTES), ("length", LENGTHS), ("id", IDS),
                          ("channel", CHANNELS)):
        for value in values:
            yield f"{field} {value[:20]!r}", filled(**{field: value})
    yield "empty", b""
    yield "only a line break", b"\n"
    yield "no line break at the end", good.rstrip(b"\n")
    yield "CR", good.replace(b"\n", b"\r")
    yield "CRLF and LF", good.replace(b"\n", b"\r\n") + good
    yield "BOM", b"\xef\xbb\xbf" + good
    yield "UTF-16", good.decode().encode("utf-16")
    yield "Latin-1", good + "ä\xff\n".encode("latin-1")
    yield "zeros", bytes(900_000)
    yield "zeros behind", good + bytes(100_000)
    yield "blanks and tabs", good.replace(b" ", b" \t  ")
    yield "line of 1 MB", good + b"x" * 1_000_000
    yield "blanks of 1 MB", good + b" " * 1_000_000
    yield "comments only", b"# nothing\n" * 90_000
    yield "separators", good + b",;#: []{}()\"'=" * 70_000
    yield "a formula", good + b"=cmd|'/c calc'!A1,\"a\nb\",,\n"
    yield "back in time", good + filled(time=right["time"].replace("1", "0"))


def mf4_logs(good):
    """Each kind of block with numbers that lead astray: sizes, links out of the file, circles."""
    seen = set()
    for at in range(64, len(good) - 24, 8):
        kind = good[at:at + 4]
        if kind[:2] != b"##" or kind in seen:
            continue
        seen.add(kind)
        links = min(struct.unpack_from("<Q", good, at + 16)[0], 9)
        data = at + 24 + 8 * links
        for name, place in [("size", at + 8), ("links", at + 16), ("data", data), ("data", data + 8),
                            ("data", data + 16), ("data", data + 24)] + [
                                (f"link {i}", at + 24 + 8 * i) for i in range(links)]:
            for value in (0, at, 2**32 - 1, 2**64 - 1):
                yield f"{kind[2:].decode()} {name} {value}", (
                    good[:place] + struct.pack("<Q", value) + good[place + 8:])[:len(good)]
    zeros = zlib.compress(bytes(32 << 20), 9)
    bomb = struct.pack("<4sIQQ2sBBIQQ", b"##DZ", 0, 48 + len(zeros), 0, b"DT", 0, 0, 0, 32 << 20, len(zeros))
    bomb += zeros + bytes(-len(zeros) % 8)
    padding = bytes(-len(good) % 8)
    place = good.index(b"##DL") + 32
    yield "bomb", good[:place] + struct.pack("<Q", len(good + padding)) + good[place + 8:] + padding + bomb
    yield "only magic", b"UnFinMF 4.11    "
    yield "cut", good[:good.index(b"##DZ") + 30]


class Hostile(harness.ToolTest):
    def convert(self, data, options):
        """Runs canconvert on these bytes. Returns its status, what it said and what it took."""
        with open(self.path("hostile"), "wb") as file:
            file.write(data)
        with open(os.devnull, "wb") as null, open(self.path("said"), "w+b") as said:
            process = subprocess.Popen([harness.program("canconvert"), *options], stdout=null,
                                       stderr=said, cwd=self.folder, env=self.environment)
            timer = threading.Timer(HANGS, process.kill)
            timer.start()
            _, status, usage = os.wait4(process.pid, 0)
            timer.cancel()
            process.returncode = os.waitstatus_to_exitcode(status)
            said.seek(0)
            return process.returncode, said.read(), usage

    def check(self, name, data, *options):
        with self.subTest(name=name, options=options):
            status, said, usage = self.convert(data, options)
            self.assertIn(status, (0, 1), said[-300:])
            self.assertLess(usage.ru_utime + usage.ru_stime, SECONDS)
            self.assertLess(usage.ru_maxrss / 1024, MEGABYTES)
            self.assertNotRegex(said, rb"[\x00-\x09\x0b-\x1f\x7f]|internal error")
            lines = said.decode("utf-8", "replace").splitlines()
            errors = [line for line in lines if not line.startswith("canconvert: warning: ")]
            self.assertEqual(len(errors), status, lines)
            self.assertLessEqual(len(lines), WARNINGS)
            for line in errors:
                self.assertRegex(line, r"^canconvert: hostile(:|\b)")
                self.assertLess(len(line), 300)

    def check_both(self, form, name, data):
        source = ("-q", "--from", form, "hostile", "-", "--format")
        self.check(name, data, *source, "jsonl")
        self.check(name, data, "--keep-going", *source, "console")

    def test_text_formats(self):
        for form, (head, line, right) in TEXTS.items():
            for name, data in texts(head, line, right):
                self.check(f"{form}: {name}", data, "-q", "--from", form, "hostile", "-", "--format",
                           "jsonl")

    def test_jsonl(self):
        for line in JSON_LINES:
            self.check_both("jsonl", line[:40], (line + "\n").encode("utf-8"))

    def test_trc(self):
        for log in TRC_LOGS:
            self.check_both("trc", log[:60], log.encode("utf-8"))

    def test_captures(self):
        for name, data in captures():
            self.check_both("pcapng", name, data)

    def test_archives(self):
        for name, data in archives():
            self.check_both("npz", name, data)

    def test_mf4(self):
        self.write("a.jsonl", "".join(f'{{"timestamp":{i}.5,"id":{i},"data":"11","channel":"{1 + i % 2}"}}\n'
                                      for i in range(100)))
        self.run_tool("canconvert", "a.jsonl", "good.mf4")
        with open(self.path("good.mf4"), "rb") as file:
            good = file.read()
        for name, data in mf4_logs(good):
            self.check(name, data, "-q", "--keep-going", "--from", "mf4", "hostile", "-", "--format", "console")

    def test_gzip(self):
        for name, data in packed_logs():
            self.check(name, data, "-q", "hostile", "-", "--format", "candump")

    def test_a_name_gives_no_orders_to_the_terminal(self):
        self.write("a.jsonl", '{"id":1,"channel":"\\u001b[31mred"}\n')
        for options in (("--info",), ("--info", "--json"), ("--info", "-v")):
            self.assertNotIn("\x1b", self.run_tool("canconvert", *options, "a.jsonl").stdout)
        for form in ("console", "candump", "csv-extended", "jsonl"):
            shown = self.run_tool("canconvert", "-q", "a.jsonl", "-", "--format", form).stdout
            self.assertNotIn("\x1b", shown)


if __name__ == "__main__":
    harness.main()

# SPDX-License-Identifier: MIT
"""What tests in the virtual machine share: frames of every kind, and programs that are ready."""
import contextlib
import json
import os
import re
import signal
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "../support"))
import harness  # noqa: E402

import can  # noqa: E402  python-can, of the virtual machine's Debian as of this one's

LONG = 300
N_SLCAN = 17  # the line discipline that makes a CAN interface of a terminal
START, END = "1EADBEEF#57A4757A4757A475", "1EADBEEF#E0D0E0D0E0D0E0D0"  # no other frame is like them


def ip(*arguments):
    subprocess.run(["ip", *arguments], check=True)


def details(name):
    output = subprocess.run(["ip", "-json", "-details", "link", "show", name], check=True,
                            capture_output=True, text=True).stdout
    return json.loads(output)[0]["linkinfo"]["info_data"]


def data(length):
    return bytes((7 * i + length) & 0xFF for i in range(length)).hex().upper()


def classic_frames():
    """Every kind of classic frame, in candump's notation."""
    frames = [f"{i}#{data(n)}" for n in range(9) for i in ("123", "1ABCDEF0")]
    frames += [f"7FF#R{n or ''}" for n in range(9)]
    return frames + [f"{i}#" for i in ("000", "7FF", "00000000", "1FFFFFFF")]


def fd_frames():
    return [f"321##{flags}{data(n)}" for n in (0, 1, 8, 12, 16, 20, 24, 32, 48, 64)
            for flags in range(4)]


ERROR_FRAMES = ["20000004#0004000000000000", "20000040#0000000000000000"]


def all_frames():
    return classic_frames() + fd_frames() + ERROR_FRAMES


def message_of(text):
    """A frame in candump's notation as a message of python-can."""
    identifier, _, rest = text.partition("#")
    fields = {"arbitration_id": int(identifier, 16), "is_extended_id": len(identifier) == 8}
    if fields["arbitration_id"] & 0x20000000:
        fields.update(arbitration_id=fields["arbitration_id"] & 0x1FFFFFFF, is_error_frame=True,
                      is_extended_id=False)
    if rest.startswith("#"):
        fields.update(is_fd=True, bitrate_switch=bool(int(rest[1]) & 1),
                      error_state_indicator=bool(int(rest[1]) & 2))
        rest = rest[2:]
    if rest.startswith("R"):
        return can.Message(is_remote_frame=True, dlc=int(rest[1:] or 0), **fields)
    return can.Message(data=bytes.fromhex(rest), **fields)


def kind_of(message):
    """What two messages of python-can have to agree in."""
    return (message.arbitration_id, message.is_extended_id, message.is_remote_frame,
            message.is_error_frame, message.is_fd, message.bitrate_switch,
            message.error_state_indicator, message.dlc, bytes(message.data))


def frames_of(log):
    """The frames of a candump log, without times, channels and directions. The kernel marks CAN FD
    frames with a flag (4), which candump shows."""
    frames = [line.split()[2] for line in log.splitlines() if line.startswith("(")]
    return [re.sub(r"##(.)", lambda flags: f"##{int(flags[1], 16) & 3}", f) for f in frames]


class Vm(harness.ToolTest):
    def logger(self, channel, *options, name="log"):
        """A canlogger that is ready, writing to a candump log of that name."""
        process = self.start("canlogger", "-v", "-i", "socketcan", "-c", channel, "-f",
                             self.path(name), "--format", "candump", *options)
        self.assertIn("recording", process.stderr.readline())
        return process

    def candump(self, channel, options=""):
        """A candump that is ready. It says nothing at the start, so frames are sent until it has
        one of them."""
        log = self.path("candump.log")
        with contextlib.suppress(FileNotFoundError):
            os.remove(log)  # an earlier candump goes on writing it
        self.start("/bin/sh", "-c", f"exec candump -L {options} {channel} >{log}")

        def ready():
            self.send(channel, START)
            return os.path.exists(log) and START in self.read("candump.log")
        self.assertTrue(harness.wait_for(ready, LONG), "candump receives nothing")

    def until_end(self, channel):
        """What candump logged, up to the frame that ends it, without those that started it."""
        self.send(channel, END)
        self.assertTrue(harness.wait_for(lambda: END in self.read("candump.log"), LONG))
        lines = self.read("candump.log").splitlines()
        return [line for line in lines if START not in line and END not in line]

    def send(self, channel, *frames):
        with can.Bus(channel, interface="socketcan", fd=True) as bus:
            for frame in frames:
                bus.send(message_of(frame))

    def play(self, channel, frames, *options, gap=0.000001):
        """Replays a log of these frames with canplayer."""
        lines = [f"({i * gap:.6f}) {channel} {frame}\n" for i, frame in enumerate(frames)]
        log = self.write("play.log", "".join(lines))
        self.run_tool("canplayer", "-i", "socketcan", "-c", channel, *options, "--error-frames", log)

    def logged(self, process, name="log"):
        self.complaints = self.stop(process)[1]
        return self.read(name)

    def wait_for_text(self, process, text):
        """Reads what the program says until it says that."""
        for line in process.stderr:
            if text in line:
                return line
        self.fail(f"ended without saying {text!r}")

    def run_tool(self, *command, input=None, status=0):
        result = subprocess.run([harness.program(command[0]), *command[1:]], cwd=self.folder,
                                input=input, env=self.environment, capture_output=True, text=True,
                                timeout=LONG)
        self.assertEqual(result.returncode, status, result.stderr)
        return result

    def stop(self, process, sent=signal.SIGINT, status=0):
        process.send_signal(sent)
        output, complaints = process.communicate(timeout=LONG)
        self.assertEqual(process.returncode, status, complaints)
        return output, complaints

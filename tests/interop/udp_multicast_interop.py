#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""udp_multicast against python-can, both ways, over IPv4 and IPv6.

usage: udp_multicast_interop.py path/to/bus_peer

Runs in a network namespace of its own (root), else on the host's network. Ends with 77 when
python-can, or any multicast, is missing.
"""

import os
import shutil
import subprocess
import sys
import time

INSIDE = "--inside-namespace"
SKIPPED = 77
GROUPS = ["239.74.163.2", "ff15:7079:7468:6f6e:6465:6d6f:6d63:6173"]
PORT = 43113


def enter_namespace():
    """Starts this script again where nobody else sends."""
    if INSIDE in sys.argv or shutil.which("unshare") is None:
        return
    if subprocess.run(["unshare", "-n", "true"], stderr=subprocess.DEVNULL).returncode != 0:
        print("no right to make a network namespace: using the host's network")
        return
    os.execvp("unshare", ["unshare", "-n", sys.executable, *sys.argv, INSIDE])


def set_up_namespace():
    # python-can doesn't choose an interface: loopback needs routes for it.
    for command in (
        "ip link set lo up",
        "ip route add 224.0.0.0/4 dev lo",
        "ip -6 route add local ff00::/8 dev lo table local",
    ):
        subprocess.run(command.split(), check=True)


enter_namespace()
if INSIDE in sys.argv:
    set_up_namespace()
try:
    import can
except ImportError:
    print("python-can isn't installed")
    sys.exit(SKIPPED)


def data(length):
    return bytes((7 * i + length) & 0xFF for i in range(length))


def sample():
    """Pairs of a python-can message and its text in candump's notation."""
    frames = []

    def add(text, **fields):
        fields.setdefault("is_extended_id", False)
        frames.append((can.Message(check=True, **fields), text))

    for n in range(9):
        hexa = data(n).hex().upper()
        add(f"123#{hexa}", arbitration_id=0x123, data=data(n))
        add(f"1ABCDEF0#{hexa}", arbitration_id=0x1ABCDEF0, data=data(n), is_extended_id=True)
        length = str(n) if n else ""
        add(f"7FF#R{length}", arbitration_id=0x7FF, dlc=n, is_remote_frame=True)
    for n in (0, 1, 8, 12, 16, 20, 24, 32, 48, 64):
        hexa = data(n).hex().upper()
        for flags in range(4):
            add(
                f"321##{flags}{hexa}",
                arbitration_id=0x321,
                data=data(n),
                is_fd=True,
                bitrate_switch=bool(flags & 1),
                error_state_indicator=bool(flags & 2),
            )
    add("20000004#0004000000000000", arbitration_id=4, data=bytes([0, 4] + [0] * 6), is_error_frame=True)
    for raw in (0, 0x7F, 0x80, 0xFF, 0x100):
        add(f"{raw:03X}#", arbitration_id=raw)
        add(f"{raw:08X}#", arbitration_id=raw, is_extended_id=True)
    return frames


def start_peer(path, group, count, text):
    peer = subprocess.Popen(
        [path, "udp_multicast", group, str(count), f"port={PORT}"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert str(PORT) in peer.stdout.readline(), "bus_peer didn't open the bus"
    peer.stdin.write(text)
    peer.stdin.close()
    return peer


def check_from_python(path, group, frames):
    with can.Bus(interface="udp_multicast", channel=group, port=PORT) as bus:
        peer = start_peer(path, group, len(frames), "")
        for message, _ in frames:
            bus.send(message)
        lines = peer.stdout.read().split("\n")[:-1]
        assert peer.wait() == 0, f"{len(lines)} of {len(frames)} messages arrived"
    for line, (_, text) in zip(lines, frames):
        stamp, channel, got = line.split(" ")
        assert got == text, f"{got} instead of {text}"
        assert channel == group, channel
        assert abs(float(stamp) - time.time()) < 60, stamp


def check_to_python(path, group, frames):
    with can.Bus(interface="udp_multicast", channel=group, port=PORT) as bus:
        peer = start_peer(path, group, 0, "".join(text + "\n" for _, text in frames))
        for message, text in frames:
            got = bus.recv(20)
            assert got is not None, f"{text} didn't arrive"
            assert got.equals(message, timestamp_delta=None), f"{got}: {text}"
            assert got.channel is None, got.channel
            assert abs(got.timestamp - time.time()) < 60
        assert peer.wait() == 0


def main():
    path = sys.argv[1]
    frames = sample()
    tested = 0
    for group in GROUPS:
        try:
            can.Bus(interface="udp_multicast", channel=group, port=PORT).shutdown()
        except can.CanError as error:
            print(f"{group}: skipped: {error}")
            continue
        check_from_python(path, group, frames)
        check_to_python(path, group, frames)
        print(f"{group}: {len(frames)} frames both ways")
        tested += 1
    return 0 if tested else SKIPPED


if __name__ == "__main__":
    sys.exit(main())

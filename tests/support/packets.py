# SPDX-License-Identifier: MIT
"""When messages arrive, by the kernel's clock."""
import socket
import struct
import threading
import time

GROUP, PORT = "239.74.163.77", 43113
SO_TIMESTAMPNS = 35


def multicast():
    """A socket that hears GROUP."""
    heard = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    heard.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    heard.bind((GROUP, PORT))
    heard.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP,
                     struct.pack("4sl", socket.inet_aton(GROUP), socket.INADDR_ANY))
    return heard


def can_channel(name):
    """A socket that hears the CAN interface of the kernel."""
    heard = socket.socket(socket.AF_CAN, socket.SOCK_RAW, socket.CAN_RAW)
    heard.bind((name,))
    return heard


class Receiver(threading.Thread):
    """The times at which the socket's packets came, in ns."""

    def __init__(self, heard):
        super().__init__(daemon=True)
        heard.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        heard.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8 << 20)
        heard.settimeout(0.2)
        self.socket, self.times, self.ended = heard, [], False
        self.start()

    def run(self):
        while not self.ended:
            try:
                _, ancillary, _, _ = self.socket.recvmsg(512, 64)
            except TimeoutError:
                continue
            seconds, nanoseconds = struct.unpack("ll", ancillary[0][2][:16])
            self.times.append(seconds * 10**9 + nanoseconds)

    def end(self):
        time.sleep(0.3)
        self.ended = True
        self.join()
        self.socket.close()
        return self.times

#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The stand-ins for Windows libraries build with mingw-w64 for both word sizes: the sizes and offsets
of their structures hold there, and the DLLs export the names that a program asks for."""
import os
import re
import subprocess
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.join(HERE, "../..")
BUS = ["bus.cpp", "control.cpp", "group.cpp"]
VCI = ["ixxat.cpp", "ixxat_channel.cpp", "ixxat_control.cpp"]
NICAN = ["nican.cpp", "nican_attributes.cpp"]
FLAGS = ["-std=c++20", "-O0", "-Wall", "-Wextra", "-Werror", "-shared", "-static", f"-I{ROOT}"]


class WindowsBuild(unittest.TestCase):
    def exports(self, machine, sources, *flags):
        with tempfile.TemporaryDirectory(prefix="cansuite-dll-") as folder:
            dll = os.path.join(folder, "stand_in.dll")
            subprocess.run([f"{machine}-w64-mingw32-g++-posix", *FLAGS, *flags,
                            *(os.path.join(HERE, name) for name in BUS + sources), "-o", dll],
                           check=True)
            text = subprocess.run([f"{machine}-w64-mingw32-objdump", "-p", dll], check=True,
                                  capture_output=True, text=True).stdout
        table = text[text.index("[Ordinal/Name Pointer] Table"):]
        return set(re.findall(r"^\s+\[\s*\d+\].* (\S+)$", table, re.MULTILINE))

    def test_vci_64(self):
        names = self.exports("x86_64", VCI)
        self.assertLess({"vciInitialize", "vciEnumDeviceNext", "canChannelReadMessage",
                         "canControlSetAccFilter", "canSchedulerStartMessage"}, names)
        self.assertEqual([name for name in names if "@" in name], [])

    def test_vci_32(self):
        self.assertLess({"vciInitialize", "vciFormatError@12", "vciEnumDeviceNext@8",
                         "canChannelReadMessage@12", "canControlSetAccFilter@16",
                         "canChannelInitialize@20", "canSchedulerStartMessage@12"},
                        self.exports("i686", VCI))

    def test_nican(self):
        for machine, flags in (("x86_64", []), ("i686", ["-Wl,--kill-at"])):
            names = self.exports(machine, NICAN, *flags)
            self.assertLess({"ncConfig", "ncOpenObject", "ncRead", "ncWaitForState"}, names)


if __name__ == "__main__":
    unittest.main()

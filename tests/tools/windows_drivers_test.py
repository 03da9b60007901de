#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The types of vendors' libraries, and the drivers of those for Windows, compile with mingw-w64 for
both word sizes: sizes, offsets and calling conventions hold there. What needs POSIX isn't compiled:
loading a library, and the bus with its thread."""
import concurrent.futures
import os
import subprocess
import tempfile
import unittest

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../..")
VENDORS = ("kvaser", "pcan", "usb2can", "neovi", "ixxat", "nican")
# __stdcall on 32 bits, which changes a function's type; the only convention on 64.
CALLS = """
template <class T> struct is_stdcall { static constexpr bool value = false; };
template <class R, class... A>
struct is_stdcall<R(__stdcall*)(A...)> { static constexpr bool value = true; };
static_assert(is_stdcall<decltype(can::pcan::Functions::get_status)>::value);
static_assert(is_stdcall<decltype(can::ixxat::Functions::device_close)>::value);
static_assert(is_stdcall<decltype(can::nican::Functions::close)>::value);
static_assert(sizeof(long) == 4 && sizeof(can::usb2can::Msg) == 28);
"""


def compile_source(machine, source, *flags):
    return subprocess.run([f"{machine}-w64-mingw32-g++-posix", "-std=c++20", "-fsyntax-only", "-Wall",
                           "-Wextra", "-Werror", f"-I{ROOT}", f"-I{ROOT}/libcan/include", *flags, source],
                          capture_output=True, text=True)


class WindowsDrivers(unittest.TestCase):
    def check(self, sources, *flags):
        work = [(machine, source) for machine in ("x86_64", "i686") for source in sources]
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            results = list(pool.map(lambda each: compile_source(*each, *flags), work))
        for (machine, source), result in zip(work, results):
            self.assertEqual(result.returncode, 0, f"{machine} {source}\n{result.stderr}")

    def test_types(self):
        with tempfile.TemporaryDirectory(prefix="cansuite-mingw-") as folder:
            source = os.path.join(folder, "types.cpp")
            with open(source, "w", encoding="utf-8") as file:
                file.writelines(f'#include "drivers/{vendor}/abi.h"\n' for vendor in VENDORS)
                file.write(CALLS)
            self.check([source])

    def test_frames(self):
        self.check([os.path.join(ROOT, "drivers", vendor, "frame.cpp") for vendor in VENDORS])

    def test_drivers_for_windows(self):
        """With fmt's headers, which Debian has among those of its own system."""
        with tempfile.TemporaryDirectory(prefix="cansuite-mingw-") as folder:
            os.symlink("/usr/include/fmt", os.path.join(folder, "fmt"))
            self.check([os.path.join(ROOT, "drivers", *path) for path in (
                ("ixxat", "device.cpp"), ("ixxat", "opening.cpp"), ("nican", "device.cpp"))],
                "-isystem", folder, "-DFMT_HEADER_ONLY")


if __name__ == "__main__":
    unittest.main()

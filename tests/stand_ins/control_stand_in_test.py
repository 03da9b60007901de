#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What all stand-ins share: commands from the environment and at run time, and the bus that
processes have in common; on the stand-in for CANLIB."""
import os
import signal
import subprocess
import sys
import unittest

import vendor_libraries

PROCESS = """
import ctypes, sys
sys.path.insert(0, %r)
from vendor_libraries import Library
lib = Library("canlib")
lib.canInitializeLibrary()
handle = lib.canOpenChannel(0, 0x20)
lib.canBusOn(handle)

def write(can_id):
    return lib.canWrite(handle, ctypes.c_long(can_id), None, 0, 2)

def read(ms=10000):
    can_id = ctypes.c_long()
    status = lib.canReadWait(handle, ctypes.byref(can_id), None, None, None, None,
                             ctypes.c_ulong(ms))
    return can_id.value if status == 0 else status
""" % os.path.dirname(os.path.abspath(__file__))


class Control(unittest.TestCase):
    def start(self, script, **variables):
        environment = dict(os.environ, **variables)
        process = subprocess.Popen([sys.executable, "-c", PROCESS + script], env=environment,
                                   stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, text=True)
        self.addCleanup(process.communicate)
        self.addCleanup(process.kill)
        return process

    def run_script(self, script, **variables):
        process = self.start(script, **variables)
        out, errors = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 0, errors)
        return out.split()

    def group(self):
        return f"{self.id()}-{os.getpid()}"

    def test_commands_of_the_environment(self):
        out = self.run_script("print(write(1), write(1), lib.query('set 0 virtual'))",
                              CANSUITE_STAND_IN="set 0 virtual 0;set 1 virtual 1 ; devices 1;"
                                                "fail canWrite -24 1;fail canOpenChannel 7")
        self.assertEqual(out, ["-24", "-10", "0"])  # canOpenChannel gave a handle that isn't

    def test_an_unknown_command_of_the_environment_ends_the_program(self):
        for command in ("explode 0", "vanish", "vanish x", "full 0 maybe", "error 0 dust"):
            process = self.start("", CANSUITE_STAND_IN=command)
            _, errors = process.communicate(timeout=60)
            self.assertEqual(process.returncode, -signal.SIGABRT)
            self.assertIn(command, errors)

    def test_printing(self):
        out = self.run_script("write(1)", CANSUITE_STAND_IN="print on")
        self.assertEqual(out[:6:2] + out[1::2], ["stand-in:"] * 3 + ["canInitializeLibrary",
                                                                     "canOpenChannel", "canBusOn",
                                                                     "canWrite"])
        self.assertEqual(self.run_script("write(1)"), [])

    def test_questions(self):
        out = self.run_script("write(1); write(2)\nlib.command('hold 0 on')\nwrite(3)\nprint(*map("
                              "lib.query, ('calls canWrite', 'calls canRead', 'ports 0', 'ports 1',"
                              "'waiting 0', 'set 0 nothing', 'what 0')))")
        self.assertEqual(out, ["3", "0", "1", "0", "1", "-1", "-1"])

    def test_processes_hear_each_other(self):
        group = self.group()
        reader = self.start("print('ready', flush=True)\nprint(*(read() for _ in range(2000)))",
                            CANSUITE_STAND_IN_BUS=group)
        stranger = self.start("print('ready', flush=True)\nprint(read(1000))",
                              CANSUITE_STAND_IN_BUS=group + "-other")
        for process in (reader, stranger):
            self.assertEqual(process.stdout.readline(), "ready\n")
        self.run_script("for n in range(2000): write(n)", CANSUITE_STAND_IN_BUS=group)
        self.assertEqual(reader.communicate(timeout=60)[0].split(), [str(n) for n in range(2000)])
        self.assertEqual(stranger.communicate(timeout=60)[0].split(), ["-2"])

    def test_processes_that_both_send_do_not_block_each_other(self):
        group = self.group()
        script = ("print('ready', flush=True)\ninput()\nfor n in range(1500): write(n)\n"
                  "print(*(read() for _ in range(1500)))")
        both = [self.start(script, CANSUITE_STAND_IN_BUS=group) for _ in range(2)]
        for process in both:
            self.assertEqual(process.stdout.readline(), "ready\n")
        for process in both:
            process.stdin.write("\n")
            process.stdin.flush()
        for process in both:
            out = process.communicate(timeout=60)[0].split()
            self.assertEqual(out, [str(n) for n in range(1500)])

    def test_commands_for_all_processes(self):
        group = self.group()
        reader = self.start("print('ready', flush=True)\nprint(read(), write(1))",
                            CANSUITE_STAND_IN_BUS=group)
        self.assertEqual(reader.stdout.readline(), "ready\n")
        out = self.run_script("lib.command('everywhere vanish 0')\nprint(write(1))",
                              CANSUITE_STAND_IN_BUS=group)
        self.assertEqual(out, ["-15"])
        self.assertEqual(reader.communicate(timeout=60)[0].split(), ["-15", "-15"])


if __name__ == "__main__":
    unittest.main()

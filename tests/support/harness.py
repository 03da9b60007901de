# SPDX-License-Identifier: MIT
"""What the tests of the programs share: where they are, how they are run, a network of one's own."""
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

SKIP = 77
INSIDE = "CANSUITE_TEST_NAMESPACE"
BIN = os.environ.get("CANSUITE_BIN", "")
os.environ["TZ"] = ZONE = "Europe/Berlin"  # not UTC: what mixes the two up should be seen to
time.tzset()


def enter_namespace():
    """Starts this script again in a network namespace where nobody else sends. Where that isn't
    allowed it goes on in the host's network."""
    if os.environ.get(INSIDE) or not shutil.which("unshare"):
        return
    if subprocess.run(["unshare", "-n", "true"], stderr=subprocess.DEVNULL).returncode != 0:
        print("no right to make a network namespace: using the host's network")
        return
    os.environ[INSIDE] = "1"
    os.execvp("unshare", ["unshare", "-n", sys.executable, *sys.argv])


def set_up_namespace():
    """Loopback, with the routes that python-can needs: it doesn't choose an interface."""
    if not os.environ.get(INSIDE):
        return
    for command in ("ip link set lo up", "ip route add 224.0.0.0/4 dev lo",
                    "ip -6 route add local ff00::/8 dev lo table local"):
        subprocess.run(command.split(), check=True)


def program(name):
    return os.path.join(BIN, name)


def wait_for(condition, seconds=10):
    """Waits until the condition holds; says whether it did."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.02)
    return condition()


class ToolTest(unittest.TestCase):
    """A test with a folder of its own, as current folder and home, and no configuration."""

    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="cansuite-test-")
        self.addCleanup(shutil.rmtree, self.folder)
        self.environment = {k: v for k, v in os.environ.items() if not k.startswith("CAN_")}
        self.environment.update(HOME=self.folder, TZ=ZONE, LC_ALL="C.UTF-8")

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, text):
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.write(text)
        return self.path(name)

    def read(self, name):
        with open(self.path(name), encoding="utf-8") as file:
            return file.read()

    def tree(self):
        """All files below the folder, with what they hold."""
        found = {}
        for folder, _, names in os.walk(self.folder):
            for name in names:
                path = os.path.join(folder, name)
                with open(path, "rb") as file:
                    found[os.path.relpath(path, self.folder)] = file.read()
        return found

    def run_tool(self, *command, input=None, status=0):
        """Runs to the end; checks the exit status, if one is given; returns what it printed."""
        stdin = {"stdin": subprocess.DEVNULL} if input is None else {"input": input}
        result = subprocess.run([program(command[0]), *command[1:]], cwd=self.folder, **stdin,
                                env=self.environment, capture_output=True, text=True, timeout=60)
        if status is not None:
            self.assertEqual(result.returncode, status, result.stderr)
        return result

    def assert_refused(self, *command, says, status=1, input=None):
        """One clear line on stderr (and the usage behind it, for status 2 of the parser)."""
        result = self.run_tool(*command, status=status, input=input)
        first = result.stderr.splitlines()[0]
        self.assertRegex(first, says)
        self.assertTrue(first.startswith(command[0] + ": "), first)
        self.assertNotRegex(first, r"internal error|Error:|\.$")
        return result

    def start(self, *command, **options):
        """Starts a program that goes on; it is ended with the test."""
        process = subprocess.Popen([program(command[0]), *command[1:]], cwd=self.folder,
                                   env=self.environment, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, text=True, **options)
        self.addCleanup(self.end, process)
        return process

    def start_logger(self, *options, **more):
        """A canlogger on udp_multicast that is ready to receive."""
        process = self.start("canlogger", "-v", "-i", "udp_multicast", *options, **more)
        self.assertIn("recording", process.stderr.readline())
        return process

    def stop(self, process, sent=signal.SIGINT, status=0):
        """Ends a program with a signal; returns its output and its complaints."""
        process.send_signal(sent)
        output, complaints = process.communicate(timeout=20)
        self.assertEqual(process.returncode, status, complaints)
        return output, complaints

    @staticmethod
    def end(process):
        process.kill()
        process.wait()
        for stream in (process.stdout, process.stderr):
            stream.close()


def main():
    if not BIN:
        sys.exit("CANSUITE_BIN has to name the folder of the programs")
    unittest.main(verbosity=1)

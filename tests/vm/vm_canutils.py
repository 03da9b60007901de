# SPDX-License-Identifier: MIT
"""Command lines of can-utils, to its programs and to these, with the same effect. The lines are those
of can-utils' usage texts and of its users."""
import os
import re
import subprocess

import harness
from vm_tests import END, ERROR_FRAMES, LONG, START, Vm, all_frames  # noqa: E402

# Arguments of candump, and which of SENT come through. Each gets an error mask: without one, candump
# receives no error frames, canlogger all.
SENT = ["123#01", "00000123#02", "123#R", "124#03", "12345678#04", "12345679#05", "400#06", "4F0#07", "123##108",
        *ERROR_FRAMES]
DATA = SENT[:-2]
RECEIVED = [
    ("vcan0,0:0,#FFFFFFFF", SENT),
    ("vcan0,0~0,#FFFFFFFF", ERROR_FRAMES),
    ("vcan0,#00000004", SENT[:-1]),
    ("vcan0,123:7FF,#0", ["123#01", "00000123#02", "123#R", "123##108"]),
    ("vcan0,123:C00007FF,#0", ["123#01", "123##108"]),
    ("vcan0,12345678:DFFFFFFF,#0", ["12345678#04"]),
    ("vcan0,92345678:DFFFFFFF,#0", ["12345678#04"]),
    ("vcan0,400~7F0,#0", [frame for frame in DATA if frame != "400#06"]),
    ("vcan0,123:7FF,400:700,#00000004", ["123#01", "00000123#02", "123#R", "400#06", "4F0#07", "123##108", ERROR_FRAMES[0]]),
    ("vcan0,400:700,4F0:7F0,j,#0", ["4F0#07"]),
    ("vcan0,j,400:700,4F0~7F0,#0", ["400#06"]),
]
FRAMES_TO_SEND = ["123#DEADBEEF", "5A1#11.2233.44556677.88", "123#", "5AA#", "1F334455#1122334455667788", "123#R",
                  "00000123#R3", "213##311", "123##0", "00000123##1" + "AA" * 64, "123##1" + "BB" * 9]
GENERATED = [  # cangen, cansend --generate
    ("-g 4 -I 42A -L 1 -D i -n 10", ""),
    ("-g 0 -I i -L i -D 1122334455667788 -n 30", ""),
    ("-g 0 -e -I i -L 8 -D i -n 300", ""),
    ("-g 1 -R -I 7 -L 4 -n 2", ""),
    ("-g 0 -I 5 -L 8 -D 11223344DEADBEEF -n 3 -p 10", ""),
    ("-g 0 -f -I 1 -L 8 -D 0011223344556677 -n 2", "-g 0 --fd -I 1 -L 8 -D 0011223344556677 -n 2"),
    ("-g 0 -f -b -I 1 -L 8 -D 0011223344556677 -n 2", "-g 0 --fd --brs -I 1 -L 8 -D 0011223344556677 -n 2"),
    ("-g 10 -c 5 -I i -L 0 -n 10", "-g 10 --burst 5 -I i -L 0 -n 10"),
]


BETWEEN = "1EADBEEF#BE"


class CanUtils(Vm):
    def both(self, arguments, name="both"):
        """candump and canlogger with these arguments and vcan1, which begins and ends the test."""
        logs = [self.path(f"{name}.{program}") for program in ("candump", "canlogger")]
        for program, log in zip(("candump", harness.program("canlogger")), logs):
            self.start("/bin/sh", "-c", f"exec {program} {arguments} vcan1 >{log} 2>{log}.err")

        def ready():
            self.send("vcan1", START)
            return all(START in self.read(os.path.basename(log)) for log in logs if os.path.exists(log))
        self.assertTrue(harness.wait_for(lambda: all(map(os.path.exists, logs)) and ready(), LONG))
        return logs

    def lines(self, log):
        return [line for line in self.read(os.path.basename(log)).splitlines() if START not in line and END not in line]

    def until(self, logs, count):
        """The lines of both, when they are complete."""
        self.assertTrue(harness.wait_for(lambda: all(len(self.lines(log)) >= count for log in logs), LONG),
                        [self.lines(log) for log in logs])
        self.send("vcan1", END)
        self.assertTrue(harness.wait_for(lambda: all(END in self.read(os.path.basename(log)) for log in logs), LONG))
        return [self.lines(log) for log in logs]

    def test_lines_and_filters_of_candump(self):
        for i, (arguments, wanted) in enumerate(RECEIVED):
            for options in ("-L",) if i else ("-L", "-L -x"):
                with self.subTest(arguments=arguments, options=options):
                    logs = self.both(f"{options} {arguments}", f"{i}{len(options)}")
                    self.send("vcan0", *SENT)
                    theirs, ours = self.until(logs, len(wanted))
                    frames = [re.sub("##(.)", "##1", line.split()[2]) for line in theirs]
                    self.assertEqual(frames, wanted)
                    self.assertEqual(ours, theirs)

    def test_every_frame_and_any_channel(self):
        logs = self.both("-L any,0:0,#FFFFFFFF", "any")
        self.send("vcan0", *all_frames())
        theirs, ours = self.until(logs, len(all_frames()))
        self.assertEqual(ours, theirs)

    def test_log_and_end_of_candump(self):
        found = []
        for program in ("candump", harness.program("canlogger")):
            before = set(os.listdir(self.folder))
            process = subprocess.Popen([program, "-l", "-n", "2", "vcan0"], cwd=self.folder, env=self.environment,
                                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

            def ended():
                self.send("vcan0", "123##1AB")
                return process.poll() is not None
            self.assertTrue(harness.wait_for(ended, LONG))
            [name] = set(os.listdir(self.folder)) - before
            self.assertRegex(name, r"^candump-\d{4}-\d\d-\d\d_\d{6}\.log$")
            found.append(re.sub(r"\d{10}\.\d{6}", "TIME", self.read(name)))
            os.remove(self.path(name))
            quiet = subprocess.run([program, "-T", "300", "vcan0"], cwd=self.folder, env=self.environment, timeout=LONG)
            self.assertEqual(quiet.returncode, 0)
        self.assertEqual(found[1], found[0])

    def test_frames_of_cansend(self):
        self.candump("vcan0")
        for frame in FRAMES_TO_SEND:
            for program in ("cansend", harness.program("cansend")):
                subprocess.run([program, "vcan0", frame], check=True, env=self.environment)
        frames = [line.split()[2] for line in self.until_end("vcan0")]
        self.assertEqual(len(frames), 2 * len(FRAMES_TO_SEND))
        self.assertEqual(frames[::2], frames[1::2])

    def test_frames_of_cangen(self):
        self.candump("vcan0", "-r 8000000")
        sent = []
        for theirs, ours in GENERATED:
            subprocess.run(["cangen", "vcan0", *theirs.split()], check=True)
            self.run_tool("cansend", "--generate", "vcan0", *(ours or theirs).split())
            sent += [int(re.search(r"-n (\d+)", theirs)[1])] * 2
        frames = [line.split()[2] for line in self.until_end("vcan0")]
        self.assertEqual(len(frames), sum(sent))
        for i, (theirs, _) in enumerate(GENERATED):
            with self.subTest(theirs):
                parts = []
                for count in sent[2 * i:2 * i + 2]:
                    parts.append(frames[:count])
                    del frames[:count]
                self.assertEqual(parts[1], parts[0])

    def test_a_channel_of_the_kernel_beside_another_interface(self):
        with open(self.path(".canrc"), "w", encoding="utf-8") as file:
            file.write("[default]\ninterface = udp_multicast\nport = 43117\nbitrate = 1000\n")
        logger = self.start("canlogger", "-v", "-L", "-n", "1", "vcan0")
        told = self.wait_for_text(logger, "vcan0 is a CAN interface: using socketcan, not udp_multicast (")
        self.assertIn(".canrc:2)", told)
        self.wait_for_text(logger, "recording socketcan vcan0")
        self.run_tool("cansend", "vcan0", "123#DEAD")
        self.assertRegex(logger.communicate(timeout=LONG)[0], r"^\(\d+\.\d{6}\) vcan0 123#DEAD\n$")
        logger = self.start("canlogger", "-v", "-i", "udp_multicast", "239.1.1.1")
        self.wait_for_text(logger, "recording udp_multicast 239.1.1.1")
        os.remove(self.path(".canrc"))
        self.run_tool("cansend", "-c", "vcan0", "123#DEAD")  # nothing is configured
        self.assert_refused("cansend", "vcan7", "123#DEAD", says="socketcan vcan7: no such CAN interface")

    def heard(self, channel, arguments):
        """The frames of can-utils' canplayer with these arguments, and those of this one."""
        self.candump(channel)
        for program in ("canplayer", harness.program("canplayer")):
            subprocess.run(["/bin/sh", "-c", f"exec {program} {arguments}"], check=True, cwd=self.folder,
                           stdout=subprocess.DEVNULL, env=self.environment)
            self.send(channel, BETWEEN)
        frames = [line.split()[2] for line in self.until_end(channel)]
        first = frames.index(BETWEEN)
        return frames[:first], frames[first + 1:-1]

    def test_logs_of_canplayer(self):
        """Both players with these arguments, and what they send, or what other programs hear of it."""
        with open(self.path("in.log"), "w", encoding="utf-8") as file:
            file.writelines(f"({1 + i / 1000:.6f}) {('vcan0', 'can1')[i % 2]} {0x100 + i:X}#{i:02X}\n" for i in range(20))
        for arguments in ("-I in.log vcan0=can1 vcan1=vcan0", "-I in.log vcan0=vcan0 vcan0=can1 -l 3", "-t -I in.log vcan0=can1",
                          "-g 2 -t -I in.log vcan0=can1", "-v -I in.log vcan0=can1",
                          "-s 1 vcan0=can1 <in.log", "-x -I in.log vcan0=can1"):
            with self.subTest(arguments):
                theirs, ours = self.heard("vcan0", arguments)
                self.assertEqual(ours, theirs)
                self.assertEqual(len(theirs) == 0, "-x" in arguments)

    def test_channels_of_a_log_by_their_names(self):
        with open(self.path("in.log"), "w", encoding="utf-8") as file:
            file.write("(1.000000) vcan0 123#11\n(1.000000) vcan1 124#12\n")
        self.assertEqual(self.heard("vcan0", "-I in.log"), (["123#11"], ["123#11"]))
        self.assert_refused("canplayer", input="(1) can7 123#\n", status=2, says="the log's channel 'can7' is no CAN interface")

    def test_channels_of_canviewer(self):
        """A terminal of script(1); what it shows is written to a file."""
        viewer = self.start("/usr/bin/script", "-qfc", f"stty rows 24 columns 80; exec {harness.program('canviewer')} -v vcan0 vcan1,123:7FF",
                            self.path("screen"), stdin=subprocess.PIPE)
        self.assertTrue(harness.wait_for(lambda: os.path.exists(self.path("screen")) and "0 ids" in self.read("screen"), LONG))
        self.send("vcan0", "5AA#4142", "1ABCDEF0##1" + "43" * 12)
        self.send("vcan1", "123#44", "124#45")
        wanted = ("vcan0   5AA", "vcan0   1ABCDEF0", "vcan1   123")
        self.assertTrue(harness.wait_for(lambda: all(row in self.read("screen") for row in wanted), LONG))
        self.assertNotIn("vcan1   124", self.read("screen"))
        viewer.stdin.write("q")
        viewer.stdin.flush()
        self.assertEqual(viewer.wait(LONG), 0)

    def test_load_of_canbusload(self):
        """Bits of a frame, in the load of a second with frames."""
        script = r"script -qec 'exec canbusload -i vcan0@100000' /dev/null"
        theirs = subprocess.Popen(["/bin/sh", "-c", script], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                  stdin=subprocess.PIPE, text=True, errors="replace")
        self.addCleanup(self.end_quietly, theirs)
        ours = self.start("canlogger", "--load", "-b", "100000", "vcan0")
        self.start("cansend", "vcan0", "--generate", "-g", "20", "-I", "123", "-L", "8")
        pattern = r"vcan0@100000\s+(\d+)\s+(\d+)\s"
        match = next(match for match in (re.search(pattern, line) for line in theirs.stdout) if match and match[1] != "0")
        bits = int(match[2]) / int(match[1])
        for line in ours.stdout:
            channel, received, _, sent, _, errors, _, load, _ = line.split()
            if sent != "0":
                self.assertEqual((channel, received, errors), ("vcan0", "0", "0"))
                self.assertAlmostEqual(float(load) * 1000 / int(sent), bits, delta=bits / 10)
                return

    @staticmethod
    def end_quietly(process):
        process.kill()
        process.wait()
        process.stdin.close()
        process.stdout.close()

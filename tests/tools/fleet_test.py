#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Recordings that are published at an MQTT broker, stored by a sink, and watched: what is lost on the way
arrives in the end, once and in order."""
import gzip
import json
import os
import random
import re
import shutil
import signal
import struct
import subprocess
import sys
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../support"))
import fleet  # noqa: E402
import harness  # noqa: E402

RATE = 2000  # messages a second
TOPIC = "fleet/car17"


class FleetTest(harness.ToolTest):
    kind = "mosquitto"

    def setUp(self):
        if why := fleet.missing(self.kind):
            self.skipTest(why)
        super().setUp()
        self.environment["XDG_STATE_HOME"] = self.path("state")
        self.processes = []
        self.addCleanup(self.end_all)
        self.sent = 0

    def end_all(self):
        for process in self.processes:
            if process.running():
                process.kill()

    def run_process(self, name, *command, until=None):
        """Until it says the word, which an earlier one of the name may have said, too."""
        process = fleet.Process([harness.program(command[0]), *command[1:]], self.path(name + ".txt"), self.environment)
        self.processes.append(process)
        said = lambda: sum(line.startswith(f"canlogger: {until} ") for line in process.said().splitlines())
        before = said() if until and os.path.exists(process.log) else 0
        process.start()
        if until:
            self.assertTrue(harness.wait_for(lambda: said() > before), process.said())
        return process

    def start_broker(self, **options):
        self.broker = fleet.Broker(self.kind, self.folder, **options)
        self.processes.append(self.broker)
        self.broker.start()

    def start_sink(self, *options, files="store/%v.canb"):
        return self.run_process("sink", "canlogger", "-v", "-i", "mqtt", "-c", self.broker.url("fleet/+"), "-f",
                                self.path(files), *options, until="storing")

    def start_vehicle(self, *options):
        usual = {"--batch": "100ms", "--spool-dir": self.path("spool")}
        more = [word for name, value in usual.items() if name not in options for word in (name, value)]
        return self.run_process("vehicle", "canlogger", "-v", *fleet.GROUP, "-f", self.broker.url(TOPIC), *options, *more,
                                until="recording")

    def send(self, seconds, wait=True):
        """Sends messages with the next numbers."""
        count = int(seconds * RATE)
        path = self.path(f"traffic{self.sent}.log")
        fleet.write_log(path, self.sent, count, RATE)
        self.sent += count
        player = self.run_process("player", "canplayer", "-q", *fleet.GROUP, path)
        if wait:
            self.assertEqual(player.process.wait(60), 0)
        return player

    def stored(self):
        return fleet.numbers_in(self.path("store/car17.canb"))

    def assert_all_stored(self, seconds=40):
        """Everything that was sent is in the store, once and in order."""
        if not fleet.pause_until(lambda: len(self.stored()) >= self.sent, seconds):
            self.fail(f"{len(self.stored())} of {self.sent}; " + "; ".join(p.said()[-500:] for p in self.processes))
        self.assertEqual(self.stored(), list(range(self.sent)))


class Losses:
    """What brokers and networks do; with each broker."""

    def test_sink_is_away(self):
        self.start_broker()
        vehicle = self.start_vehicle()
        self.send(2)
        self.start_sink()
        self.send(1)
        self.assert_all_stored()
        self.assertEqual(vehicle.stop(), 0)

    def test_broker_is_killed(self):
        self.start_broker()
        self.start_sink()
        self.start_vehicle()
        for _ in range(2):
            player = self.send(2, wait=False)
            time.sleep(0.7)
            self.broker.kill()
            self.broker.start()
            player.process.wait(30)
        self.assert_all_stored()

    def test_broker_is_gone_for_three_seconds(self):
        self.start_broker()
        self.start_sink()
        self.start_vehicle()
        player = self.send(5, wait=False)
        time.sleep(1)
        self.broker.signal(signal.SIGSTOP)
        time.sleep(3)
        self.broker.signal(signal.SIGCONT)
        player.process.wait(30)
        self.assert_all_stored()

    def test_flood(self):
        self.start_broker()
        self.start_sink()
        self.sent = 300_000
        fleet.write_log(self.path("flood.log"), 0, self.sent, 1e6)
        self.run_tool("canconvert", self.path("flood.log"), self.broker.url(TOPIC))
        self.assertEqual(self.stored(), list(range(self.sent)))

    def test_sink_is_killed(self):
        self.start_broker()
        sink = self.start_sink()
        self.start_vehicle()
        for _ in range(3):
            player = self.send(1.5, wait=False)
            time.sleep(0.5)
            sink.kill()
            sink = self.start_sink()
            player.process.wait(30)
        self.assert_all_stored()

    def test_publisher_is_killed(self):
        """What is in the spool is sent by the next one. What came while none recorded is nobody's."""
        self.start_broker()
        self.start_sink()
        for _ in range(2):
            vehicle = self.start_vehicle()
            player = self.send(2, wait=False)
            time.sleep(1.3)
            vehicle.kill()
            player.process.wait(30)
        before = self.stored()
        vehicle = self.start_vehicle()
        self.send(0.5)
        self.assertTrue(fleet.pause_until(lambda: self.stored()[-1:] == [self.sent - 1]))
        numbers = self.stored()
        self.assertEqual(numbers, sorted(set(numbers)))
        holes = [b - a for a, b in zip(numbers, numbers[1:]) if b != a + 1]
        self.assertEqual(len(holes), 2, holes)
        self.assertLess(max(holes), 1.2 * RATE)
        self.assertGreaterEqual(len(numbers), len(before))


    def test_anything_is_killed(self):
        """Publisher, broker and sink, at random instants; scripts/fleet-kills has it done a hundred times."""
        kills = int(os.environ.get("CANSUITE_FLEET_KILLS", "4"))
        dice = random.Random(kills)
        self.start_broker()
        running = {"sink": self.start_sink(), "vehicle": self.start_vehicle(), "broker": self.broker}
        killed = []
        for number in range(kills):
            player = self.send(1.5, wait=False)
            time.sleep(dice.uniform(0.1, 1.3))
            killed.append(list(running)[number % 3] if number < 3 else dice.choice(list(running)))
            running[killed[-1]].kill()
            if killed[-1] == "broker":
                self.broker.start()
            else:
                running[killed[-1]] = self.start_sink() if killed[-1] == "sink" else self.start_vehicle()
            player.process.wait(60)
        self.send(0.5)
        if not fleet.pause_until(lambda: self.stored()[-1:] == [self.sent - 1]):
            self.fail("; ".join(f"{name}: {p.said()[-500:]}" for name, p in running.items()))
        numbers = self.stored()
        self.assertEqual(numbers, sorted(set(numbers)))
        holes = [b - a - 1 for a, b in zip([-1] + numbers, numbers) if b != a + 1]
        self.assertLessEqual(len(holes), killed.count("vehicle"), holes)
        print(f"{kills} kills with {self.kind}: {len(numbers)} messages stored, once and in order; "
              f"{sum(holes)} came while no vehicle recorded")


class WithMosquitto(Losses, FleetTest):
    kind = "mosquitto"


class WithNats(Losses, FleetTest):
    kind = "nats-server"


class Fleet(FleetTest):
    """What doesn't depend on the broker."""

    def test_a_full_spool(self):
        """The messages that are told to be lost are those that are missing."""
        self.start_broker()
        vehicle = self.start_vehicle("--json", "--spool", "1M", "--spool-dir", self.path("spool"))
        self.sent = 250_000
        path = self.path("noise.log")
        with open(path, "w", encoding="utf-8") as file:
            for i in range(self.sent):
                file.write(f"({i / 40_000:.6f}) can0 123#{os.urandom(8).hex().upper()}\n")
        player = self.run_process("player", "canplayer", "-q", *fleet.GROUP, path)
        self.assertEqual(player.process.wait(60), 0)
        self.start_sink()
        self.assertTrue(fleet.pause_until(lambda: self.batches_in_spool() <= 1, 40))
        self.assertEqual(vehicle.stop(), 1)
        said = vehicle.said()
        self.assertIn("lost as the spool was full", said)
        lost = int(re.search(r"([0-9,]+) messages? lost as the spool was full", said)[1].replace(",", ""))
        recorded, dropped = (int(text.replace(",", "")) for text in
                             re.search(r"([0-9,]+) messages in .*?, ([0-9,]+) dropped", said).groups())
        self.assertEqual(recorded + dropped, self.sent)
        self.assertGreater(lost, 0)
        self.assertEqual(len(self.stored()), recorded)
        counts = self.counts_of(vehicle)
        self.assertEqual((counts["written"], counts["dropped"], counts["dropped_by_disk"]), (recorded, dropped, lost))
        self.assertEqual(counts["received"], self.sent)

    def counts_of(self, process):
        """What it told with --json."""
        return json.loads(re.search(r"(?m)^\{.*\}$", process.said())[0])

    def test_a_removed_spool(self):
        """What was in it is told and counted; the recording goes on in a new one."""
        self.start_broker()
        vehicle = self.start_vehicle("--json")
        self.send(0.5)
        self.assertTrue(fleet.pause_until(lambda: self.batches_in_spool() > 0, 20))
        shutil.rmtree(self.path("spool"))
        self.send(0.5)
        self.assertTrue(fleet.pause_until(lambda: self.batches_in_spool() > 0, 20), vehicle.said())
        self.start_sink()
        self.assertTrue(fleet.pause_until(lambda: self.stored()[-1:] == [self.sent - 1]), vehicle.said())
        self.assertEqual(vehicle.stop(), 1)
        counts = self.counts_of(vehicle)
        self.assertEqual(counts["written"], len(self.stored()))
        self.assertEqual(counts["written"] + counts["dropped"], self.sent)
        self.assertGreater(counts["dropped_by_disk"], 0)
        self.assertEqual(vehicle.said().count("is made anew"), 1, vehicle.said())
        self.assertIn(" lost as the spool was removed", vehicle.said())
        self.assertNotIn("spool was full", vehicle.said())

    def test_a_moved_spool(self):
        """What was in it is told and counted; the recording goes on in a new one."""
        self.start_broker()
        vehicle = self.start_vehicle("--json")
        self.send(0.5)
        self.assertTrue(fleet.pause_until(lambda: self.batches_in_spool() > 0, 20))
        time.sleep(0.5)
        os.rename(self.path("spool"), self.path("moved"))
        self.send(0.5)
        self.assertTrue(fleet.pause_until(lambda: self.batches_in_spool() > 0, 20), vehicle.said())
        self.start_sink()
        self.assertTrue(fleet.pause_until(lambda: self.stored()[-1:] == [self.sent - 1]), vehicle.said())
        self.assertEqual(vehicle.stop(), 1)
        counts = self.counts_of(vehicle)
        self.assertEqual((counts["written"], counts["dropped_by_disk"]), (self.sent // 2, self.sent // 2), vehicle.said())
        self.assertEqual(vehicle.said().count("/spool: was moved, with 1,000 messages; is made anew"), 1, vehicle.said())
        self.assertIn(" lost as the spool was removed or moved", vehicle.said())

    def test_a_replay_whose_spool_loses(self):
        """What a replay sent, and its publication lacks, is counted and gives status 1."""
        self.start_broker()
        path = self.path("noise.log")
        with open(path, "w", encoding="utf-8") as file:
            for i in range(200_000):
                file.write(f"(1.0) can0 123#{os.urandom(8).hex().upper()}\n")
        player = self.run_process("player", "canplayer", "--json", *fleet.GROUP, "--on-full", "wait", path, "-f",
                                  self.broker.url(TOPIC), "--spool", "1M", "--spool-dir", self.path("spool"))
        self.assertEqual(player.process.wait(60), 1, player.said())
        counts = self.counts_of(player)
        self.assertEqual((counts["sent"], counts["no_room"]), (200_000, 0))
        self.assertGreater(counts["unpublished"], 0)
        lost = f"{counts['unpublished']:,}"
        self.assertIn(f"canplayer: {lost} sent messages not published: the spool lost them", player.said())
        self.start_sink()
        self.start_vehicle()  # sends what the spool has
        self.assertTrue(fleet.pause_until(lambda: len(self.stored()) == 200_000 - counts["unpublished"]))

    def test_a_spool_removed_at_the_end(self):
        self.start_broker()
        vehicle = self.start_vehicle("--json")
        self.send(0.2)
        self.assertTrue(fleet.pause_until(lambda: self.batches_in_spool() > 0, 20))
        time.sleep(0.5)
        shutil.rmtree(self.path("spool"))
        self.assertEqual(vehicle.stop(), 1)
        counts = self.counts_of(vehicle)
        self.assertEqual((counts["written"], counts["dropped_by_disk"]), (0, self.sent), vehicle.said())
        self.assertNotIn("for the next recording", vehicle.said())

    def test_a_spool_that_is_no_folder(self):
        """As a full disk: no batch can be kept."""
        self.start_broker()
        vehicle = self.start_vehicle("--json")
        shutil.rmtree(self.path("spool"))
        self.write("spool", "")
        self.send(0.5)
        self.assertTrue(fleet.pause_until(lambda: "messages are lost" in vehicle.said(), 20))
        self.assertEqual(vehicle.stop(), 1)
        counts = self.counts_of(vehicle)
        self.assertEqual((counts["written"], counts["dropped_by_disk"]), (0, self.sent), vehicle.said())
        self.assertEqual(vehicle.said().count("messages are lost"), 1, vehicle.said())
        self.assertIn(" lost as the disk of the spool didn't take them", vehicle.said())

    def test_a_removed_spool_of_a_conversion(self):
        self.start_broker()
        feed = self.start("canconvert", "-", self.broker.url(TOPIC), "--batch", "100ms", "--spool-dir", self.path("spool"),
                          stdin=subprocess.PIPE)
        fleet.write_log(self.path("x.log"), 0, 20_000, RATE)
        feed.stdin.write(self.read("x.log"))
        feed.stdin.flush()
        self.assertTrue(fleet.pause_until(lambda: self.batches_in_spool() > 0, 20))
        time.sleep(0.3)
        shutil.rmtree(self.path("spool"))
        _, complaints = feed.communicate(timeout=60)
        self.assertEqual(feed.returncode, 1)
        self.assertRegex(complaints, r"canconvert: mqtt.*: [0-9,]+ messages lost as the spool was removed")

    def test_a_removed_store(self):
        self.start_broker()
        sink = self.start_sink()
        self.start_vehicle()
        self.send(0.5)
        self.assert_all_stored()
        shutil.rmtree(self.path("store"))
        self.send(0.5)
        self.assertEqual(sink.process.wait(30), 1)
        self.assertRegex(sink.said(), "canlogger: .*/store: the folder of the store was removed")

    def test_a_store_of_another_interface(self):
        self.assert_refused("canlogger", *fleet.GROUP, "-f", self.path("st/%v/%c.blf"), says="%v.* needs -i mqtt", status=2)

    def test_options_that_a_store_lacks(self):
        dbc = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../examples/drive.dbc")
        for options in (["--filter", "123:7FF"], ["--dbc", dbc], ["--dbc", dbc, "--when", "RPM > 1"], ["-n", "1"], ["-a"],
                        ["--when", "123"], ["--timeout", "100"], ["--load"]):
            with self.subTest(options):
                self.assert_refused("canlogger", "-i", "mqtt", "-c", "mqtt://localhost:1/fleet/+", "-f",
                                    self.path("store/%v.canb"), *options, status=2,
                                    says=options[0].replace("-n", "--count").replace("-a", "--append") +
                                    ": not allowed with a store, which has only --rotate-every and --duration")

    def batches_in_spool(self):
        return self.batches_in("spool")

    def batches_in(self, folder):
        """Files of batches, in all folders below."""
        return sum(name.endswith(".canb") for _, _, names in os.walk(self.path(folder)) for name in names)

    def test_a_store_of_logs(self):
        """Files for each vehicle and channel, in any format that can be continued, once also where the sink is killed."""
        self.start_broker()
        sink = self.start_sink("--rotate-every", "1h", files="store/%v/%c.log")
        self.start_vehicle()
        self.send(1.5)
        sink.kill()
        sink = self.start_sink("--rotate-every", "1h", files="store/%v/%c.log")
        self.send(1)

        def stored():
            folder = self.path("store/car17")
            names = sorted(os.listdir(folder)) if os.path.exists(folder) else []
            return [number for name in names for number in fleet.numbers_in(os.path.join(folder, name))]
        self.assertTrue(fleet.pause_until(lambda: len(stored()) >= self.sent, 40))
        self.assertEqual(stored(), list(range(self.sent)))
        self.assertEqual(sink.stop(), 0)
        self.assertRegex(sink.said(), r"1 vehicle: [0-9,]+ batches stored, [0-9,]+ bytes")
        self.assert_refused("canlogger", "-i", "mqtt", "-c", self.broker.url("fleet/+"), "-f", self.path("store/%v.canb"),
                            "-n", "1", says="--rotate-every", status=2)

    def test_a_moved_store(self):
        self.start_broker()
        sink = self.start_sink()
        self.start_vehicle()
        self.send(0.5)
        self.assert_all_stored()
        os.rename(self.path("store"), self.path("moved"))
        self.send(0.5)
        self.assertEqual(sink.process.wait(30), 1)
        self.assertRegex(sink.said(), "canlogger: .*/store: the folder of the store was moved")
        os.rename(self.path("moved"), self.path("store"))
        self.start_sink()
        self.assert_all_stored()

    def test_a_removed_log_of_a_store(self):
        self.start_broker()
        sink = self.start_sink()
        self.start_vehicle()
        self.send(0.5)
        self.assert_all_stored()
        self.assertEqual(sink.stop(), 0)
        os.remove(self.path("store/car17.canb"))
        for starts in (2, 3):
            sink = self.start_sink()
            self.assertTrue(harness.wait_for(lambda: sink.said().count("storing") == starts), sink.said())
            self.assertEqual(sink.said().count("store/car17.canb: was removed, with 1,000 messages of 'car17' from "), 1)
            self.assertEqual(sink.stop(), 0)
            self.assertEqual(sink.said().count("; 1,000 messages lost so far as logs were removed"), starts - 1, sink.said())
        sink = self.start_sink()
        self.send(0.5)
        self.assertTrue(fleet.pause_until(lambda: self.stored()[-1:] == [self.sent - 1], 30), sink.said())
        self.assertEqual(self.stored(), list(range(1000, self.sent)))
        self.assert_refused("canconvert", "--from-store", "store", "--vehicle", "car17", "x.log",
                            says="store/car17.canb: was removed, with 1,000 messages of 'car17'.*--keep-going reads the rest")

    def test_two_programs_for_a_vehicle(self):
        """Each message of both is stored once; the sink and both programs tell so once."""
        self.start_broker()
        sink = self.start_sink()
        vehicles = [self.start_vehicle()]
        other = self.run_process("other", "canlogger", "-v", *fleet.GROUP, "-f", self.broker.url(TOPIC), "--batch", "100ms",
                                 "--spool-dir", self.path("other"))
        self.assertTrue(harness.wait_for(lambda: "recording" in other.said()))
        vehicles.append(other)
        self.send(6)
        self.assertTrue(fleet.pause_until(lambda: len(self.stored()) >= 2 * self.sent, 40), sink.said())
        self.assertEqual(sorted(self.stored()), sorted(2 * list(range(self.sent))))
        self.assertEqual(sink.said().count("car17: two programs publish for this vehicle, as the runs "), 1, sink.said())
        for vehicle in vehicles:
            self.assertEqual(vehicle.stop(), 0)
            self.assertEqual(vehicle.said().count(f"{TOPIC}: another program publishes for this vehicle, too, as run "), 1)
        self.assertEqual(self.batches_in_spool() + self.batches_in("other"), 0)

    def test_a_crowd(self):
        """Many vehicles, one sink: scripts/bench --part fleet has a thousand."""
        vehicles, rate, seconds = 40, 500, 4
        self.start_broker()
        sink = self.start_sink()
        crowd = self.run_tool("bench_fleet", str(vehicles), str(rate), str(seconds), self.broker.url("fleet"), self.path("spools"))
        self.assertEqual(json.loads(crowd.stdout)["messages"], vehicles * rate * seconds)
        for number in range(vehicles):
            self.assertEqual(fleet.messages_in(self.path(f"store/car{number}.canb")), rate * seconds)
        self.assertEqual(sink.stop(), 0)
        self.assertIn(f"{vehicles} vehicles: ", sink.said())

    def test_runs_that_were_stored_before(self):
        """A killed vehicle leaves acknowledged batches in its spool; another program published in between."""
        self.start_broker()
        self.start_sink()
        vehicle = self.start_vehicle()
        self.send(1)
        self.assert_all_stored()
        vehicle.kill()
        self.assertGreater(self.batches_in_spool(), 0)
        fleet.write_log(self.path("between.log"), self.sent, 100, RATE)
        self.sent += 100
        self.run_tool("canconvert", self.path("between.log"), self.broker.url(TOPIC))
        vehicle = self.start_vehicle()
        self.send(1)
        self.assert_all_stored()
        self.assertEqual(vehicle.stop(), 0)
        self.assertEqual(self.batches_in_spool(), 0)

    def test_text_for_other_tools(self):
        self.start_broker()
        client = fleet.Client(self.broker.port)
        self.addCleanup(client.close)
        client.subscribe(TOPIC + "/candump")
        client.read()
        log = self.write("x.log", "(1.000000) can0 123#11\n(1.000001) can0 124#22\n")
        self.run_tool("canconvert", log, self.broker.url(TOPIC), "--payload", "candump")
        _, body = client.read()
        text = gzip.decompress(body[2 + len(TOPIC + "/candump"):])
        self.assertEqual(re.findall(rb"([.0-9]+)\) can0 (\S+)\n", text), [(b"0000000001.000000", b"123#11"),
                                                                         (b"0000000001.000001", b"124#22")])

    def test_watching(self):
        """A bus for other programs, without a sink."""
        self.start_broker()
        watcher = self.run_process("watcher", "canlogger", "-v", "-i", "mqtt", "-c", self.broker.url("fleet/+"), "-f",
                                   self.path("seen.log"))
        self.assertTrue(harness.wait_for(lambda: "recording" in watcher.said()))
        self.start_vehicle()
        self.send(2)
        self.assertTrue(fleet.pause_until(lambda: os.path.exists(self.path("seen.log"))
                                          and len(fleet.numbers_in(self.path("seen.log"))) >= self.sent, 20))
        self.assertEqual(watcher.stop(), 0)
        self.assertEqual(fleet.numbers_in(self.path("seen.log")), list(range(self.sent)))
        self.assertIn(" car17_can0 123#", self.read("seen.log")[:100])  # candump's form of car17/can0
        self.assertIn(" 0 dropped", watcher.said())

    def test_requests_to_send(self):
        self.start_broker()
        vehicle = self.start_vehicle("--tx-allow", "7E0:7FF")
        bus = self.run_process("bus", "canlogger", "-v", *fleet.GROUP, "-f", self.path("bus.log"))
        self.assertTrue(harness.wait_for(lambda: "recording" in bus.said()))
        there = ["-i", "mqtt", "-c", self.broker.url(TOPIC)]
        self.assert_refused("cansend", *there, "7E0#0102", says="only receives")
        self.run_tool("cansend", *there, "-o", "send=true", "7E0#0102")
        self.run_tool("cansend", *there, "-o", "send=true", "7E1#0102")
        self.assertTrue(fleet.pause_until(lambda: "refused" in vehicle.said(), 20), vehicle.said())
        self.assertEqual(bus.stop(), 0)
        self.assertRegex(self.read("bus.log"), r"7E0#0102")
        self.assertNotRegex(self.read("bus.log"), r"7E1#")

    def test_refused_addresses(self):
        log = self.write("x.log", "(1.000000) can0 123#11\n")
        self.assert_refused("canconvert", log, "mqtt://192.0.2.1/t", says="without TLS", status=2)
        self.assert_refused("canlogger", "-i", "mqtt", "-c", "mqtt://192.0.2.1/t", says="without TLS", status=2)
        self.assert_refused("canconvert", log, "mqtt://192.0.2.1/t", "--plain", "--ack-timeout", "1s",
                            says="is not reached: |unreachable")
        self.run_tool("canlogger", "-i", "mqtt", "-c", "mqtt://192.0.2.1/t", "-o", "plain=true", "--duration", "0.1")
        self.assert_refused("canconvert", log, "mqtt://me:secret@localhost/t", says="can be seen", status=2)
        self.assert_refused("canconvert", log, "mqtts://localhost/t", "--tls-ca", "missing.pem", says="missing.pem")
        self.environment["CANSUITE_MQTT_LIBRARY"] = "/nowhere/libmosquitto.so.1"
        self.assert_refused("canconvert", log, "mqtt://localhost/t", says="libmosquitto1")

    def test_how_long_is_collected(self):
        self.start_broker()
        client = fleet.Client(self.broker.port)
        self.addCleanup(client.close)
        client.subscribe(TOPIC + "/raw")
        client.read()
        self.start_vehicle("--batch", "3s")
        fleet.write_log(self.path("x.log"), 0, 10, RATE)
        start = time.monotonic()
        self.run_tool("canplayer", "-q", *fleet.GROUP, self.path("x.log"))
        self.assertEqual(client.read()[0], 0x30)
        self.assertGreater(time.monotonic() - start, 2.9)

    def test_no_sink_for_a_log(self):
        self.start_broker()
        log = self.write("x.log", "(1.000000) can0 123#11\n")
        self.assert_refused("canconvert", log, self.broker.url(TOPIC), "--ack-timeout", "1s", says="no sink")

    def test_a_broker_that_is_not_reached(self):
        log = self.write("x.log", "(1.000000) can0 123#11\n")
        port = fleet.free_port()
        result = self.run_tool("canconvert", log, f"mqtt://localhost:{port}/{TOPIC}", "--ack-timeout", "1s", status=1)
        self.assertRegex(result.stderr.splitlines()[-1], f"mqtt://localhost:{port}/{TOPIC}: the broker localhost:{port} is not "
                         "reached: (?i:connection refused); nothing was acknowledged for 1 s")
        self.assertNotIn("no sink", result.stderr)

    def test_messages_that_come_slowly(self):
        """Between two of them nothing is acknowledged; that is no sink that is missing."""
        self.start_broker()
        self.start_sink()
        feed = self.start("canconvert", "-", self.broker.url(TOPIC), "--ack-timeout", "3s", stdin=subprocess.PIPE)
        self.sent = 20_001
        fleet.write_log(self.path("x.log"), 0, self.sent, RATE)
        most, begin, last = self.read("x.log").rpartition("(")
        feed.stdin.write(most)
        feed.stdin.flush()
        self.assertTrue(fleet.pause_until(lambda: self.stored(), 20))
        time.sleep(3.2)  # by the clock longer than --ack-timeout
        _, complaints = feed.communicate(begin + last, timeout=40)
        self.assertEqual((feed.returncode, complaints), (0, ""))
        self.assertEqual(self.stored(), list(range(self.sent)))

    def test_a_replay(self):
        """What canplayer sends is published besides; without a sink it waits in the spool, and the replay goes on."""
        self.start_broker()
        self.sent = 2000
        fleet.write_log(self.path("x.log"), 0, self.sent, RATE)
        log = ("-q", *fleet.GROUP, "-f", self.broker.url(TOPIC), self.path("x.log"))
        self.run_tool("canplayer", *log)
        self.assertEqual(self.batches_in("state/cansuite/spool"), 1)
        sink = self.start_sink()
        fleet.write_log(self.path("x.log"), self.sent, 100, RATE)
        self.sent += 100
        self.run_tool("canplayer", *log)
        self.assert_all_stored()
        self.assertEqual(sink.stop(), 0)

    def make_certificates(self):
        subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
        commands = (["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=authority", "-keyout",
                     "ca.key", "-out", "ca.pem"],
                    ["req", "-newkey", "rsa:2048", "-nodes", *subject, "-keyout", "server.key", "-out", "server.csr"],
                    ["x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days",
                     "2", "-copy_extensions", "copy", "-out", "server.pem"],
                    ["req", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=car17", "-keyout", "car.key", "-out", "car.csr"],
                    ["x509", "-req", "-in", "car.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2",
                     "-out", "car.pem"])
        for command in commands:
            subprocess.run(["openssl", *command], cwd=self.folder, check=True, capture_output=True)

    def test_tls(self):
        self.make_certificates()
        self.write("passwords", "")
        subprocess.run(["mosquitto_passwd", "-b", self.path("passwords"), "car17", "secret"], check=True)
        self.start_broker(settings=f"cafile {self.path('ca.pem')}\ncertfile {self.path('server.pem')}\n"
                          f"keyfile {self.path('server.key')}\nrequire_certificate true\nallow_anonymous false\n"
                          f"password_file {self.path('passwords')}\n")
        url = self.broker.url(TOPIC, "mqtts")
        authority, certificate, key = self.path("ca.pem"), self.path("car.pem"), self.path("car.key")
        login = self.write("login", "car17:secret\n")
        watcher = self.run_process("watcher", "canlogger", "-v", "-i", "mqtt", "-c", url, "-n", "1", "-f",
                                   self.path("seen.log"), "-o", f"login_file={login}", "-o", f"tls_ca={authority}",
                                   "-o", f"tls_cert={certificate}", "-o", f"tls_key={key}")
        self.assertTrue(harness.wait_for(lambda: "recording" in watcher.said()))
        log = self.write("x.log", "(1.000000) can0 123#0000000000000007\n")
        options = ["--tls-ca", authority, "--tls-cert", certificate, "--tls-key", key]
        self.assert_refused("canconvert", log, url, *options, "--ack-timeout", "1s", says="(?s)not authori|no sink")
        self.run_tool("canconvert", log, url, *options, "--login-file", login, "--ack-timeout", "2s", status=1)
        self.assertEqual(watcher.process.wait(20), 0)
        self.assertEqual(fleet.numbers_in(self.path("seen.log")), [7])
        other = self.broker.url(TOPIC, "mqtts").replace("localhost", "127.0.0.1")
        refused = self.run_tool("canconvert", log, other, *options, "--login-file", login, "--ack-timeout", "1s", status=1)
        self.assertRegex(refused.stderr, "(?i)tls|certificate|ssl")

    def test_hostile_payloads(self):
        self.start_broker()
        sink = self.start_sink()
        watcher = self.run_process("watcher", "canlogger", "-v", "-i", "mqtt", "-c", self.broker.url("fleet/+"), "-f",
                                   self.path("seen.log"))
        vehicle = self.start_vehicle("--tx-allow", "123:7FF")
        self.send(0.5)
        self.assert_all_stored()
        with open(self.path("store/car17.canb"), "rb") as store:
            batch = store.read(80_000)
        payloads = [b"", b"canb", b"x" * 100, os.urandom(5000), batch[:40], batch[:-1], batch + b"x", bytes(1_000_000),
                    b"canb" + struct.pack("<BBHI", 1, 1, 0, 0xFFFFFFFF) + bytes(80)]
        enemy = fleet.Client(self.broker.port)
        self.addCleanup(enemy.close)
        for part in ("raw", "ack", "begin", "tx", "status"):
            for topic in ("fleet/car17", "fleet/..", "fleet/a b", "fleet/\u202e"):
                for payload in payloads:
                    enemy.publish(f"{topic}/{part}", payload)
        self.send(0.5)
        self.assert_all_stored()
        for process in (sink, watcher, vehicle):
            self.assertTrue(process.running(), process.said())
            self.assertEqual(process.stop(), 0, process.said())
        self.assertRegex(sink.said(), r"[1-9]\d* damaged")
        self.assertRegex(watcher.said(), "packets without a valid frame")

    @unittest.skipUnless(os.environ.get(harness.INSIDE), "no network of its own, where port 1883 is free")
    def test_readme(self):
        """The lines of README.md, as they stand there."""
        root = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../..")
        with open(os.path.join(root, "README.md"), encoding="utf-8") as file:
            lines = re.search(r"(?s)\n(canlogger -i udp_multicast -f mqtt.*?)```", file.read())[1].splitlines()
        self.broker = fleet.Broker("mosquitto", self.folder, port=1883)
        self.processes.append(self.broker)
        self.broker.start()
        os.mkdir(self.path("examples"))
        shutil.copy(os.path.join(root, "examples/drive.log"), self.path("examples"))
        self.environment["PATH"] = harness.BIN + ":" + self.environment["PATH"]
        for number, line in enumerate(lines[:-1]):
            log = self.path(f"line{number}.txt")
            started = fleet.Process(["sh", "-c", "exec " + line.split("#")[0].strip().rstrip("&") + " -v"], log,
                                    self.environment, self.folder)
            self.processes.append(started)
            started.start()
            self.assertTrue(harness.wait_for(lambda: re.search("recording|storing", started.said())), started.said())
        subprocess.run(lines[-1], shell=True, cwd=self.folder, env=self.environment, check=True, timeout=60)
        info = "canconvert --info --json store/car17/*.blf"

        def count():
            told = subprocess.run(info, shell=True, cwd=self.folder, env=self.environment, capture_output=True, check=False)
            return sum(log["messages"] for log in json.loads(told.stdout)) if told.stdout.strip() else 0
        with open(self.path("examples/drive.log"), encoding="utf-8") as log:
            sent = sum(line.startswith("(") for line in log)
        self.assertTrue(fleet.pause_until(lambda: count() >= sent, 20), f"{count()} of {sent}")
        self.assertEqual(count(), sent)
        self.assertEqual(len(self.read("line2.txt").splitlines()) - 1, sent)

    def test_the_status(self):
        self.start_broker()

        def status():
            client = fleet.Client(self.broker.port)
            try:
                return client.message(TOPIC + "/status")
            finally:
                client.close()
        vehicle = self.start_vehicle()
        self.assertTrue(fleet.pause_until(lambda: status() == b"online", 20))
        vehicle.kill()
        self.assertTrue(fleet.pause_until(lambda: status() == b"offline", 20))
        vehicle = self.start_vehicle()
        self.assertTrue(fleet.pause_until(lambda: status() == b"online", 20))
        self.assertEqual(vehicle.stop(), 0)
        self.assertEqual(status(), b"offline")


if __name__ == "__main__":
    harness.enter_namespace()
    harness.set_up_namespace()
    harness.main()

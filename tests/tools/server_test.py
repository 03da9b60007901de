#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""canserver and the programs that use it through the interface remote, as a user runs them."""
import os
import re
import resource
import select
import signal
import socket
import ssl
import struct
import subprocess
import sys
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../support"))
import harness  # noqa: E402

HELLO = bytes.fromhex("01040007a1200a00")
FRAMES = ["123#DEADBEEF", "00000123#R4", "321##1AABBCC00", "20000004#0004000000000000"]


def message(id, data=b"", flags=0, length=None):
    return struct.pack(">BdIBB8s", 3, 0, id, len(data) if length is None else length, flags, data)


class ServerTest(harness.ToolTest):
    def start_server(self, *options, host="127.0.0.1", bus=("-i", "virtual", "-c", "test"), **more):
        """A canserver that listens; returns it and its address."""
        server = self.start("canserver", *bus, "-H", host, "-p", "0", *options, **more)
        for line in server.stderr:
            if "listening on" in line:
                return server, line.split()[-1]
        self.fail("canserver doesn't listen")

    def start_client(self, address, *options):
        client = self.start("canlogger", "-v", "-i", "remote", "-c", address, *options)
        self.assertIn("recording remote", client.stderr.readline())
        return client

    def send(self, address, *arguments, **options):
        return self.run_tool("cansend", "-i", "remote", "-c", address, *arguments, **options)

    def connect(self, address, hello=HELLO):
        host, port = address.rsplit(":", 1)
        peer = socket.create_connection((host.strip("[]"), int(port)), timeout=20)
        self.addCleanup(peer.close)
        peer.sendall(hello)
        return peer

    def receive(self, peer, size):
        data = b""
        while len(data) < size:
            some = peer.recv(size - len(data))
            if not some:
                break
            data += some
        return data

    def frames_of(self, name):
        output = self.run_tool("canconvert", "-q", name, "-", "--format", "candump").stdout
        return [line.split()[2] for line in output.splitlines()]


class Server(ServerTest):
    def test_every_kind_of_frame_between_our_programs(self):
        _, address = self.start_server()
        logger = self.start_client(address, "-n", "4", "-f", "a.jsonl")
        self.send(address, *FRAMES)
        self.assertEqual(logger.wait(timeout=20), 0)
        self.assertEqual(self.frames_of("a.jsonl"), FRAMES)
        self.assertIn('"channel":"test"', self.read("a.jsonl").replace(" ", ""))

    def test_what_was_sent_has_left_when_a_program_ends(self):
        """A server that stands still is waited for."""
        for command, line in ((["cansend", "-"], "123#01\n"),
                              (["canplayer", "--from", "candump", "-"], "(1) can0 123#01\n")):
            with self.subTest(command=command):
                server, address = self.start_server("-v")
                program = self.start(command[0], "-i", "remote", "-c", address, *command[1:],
                                     stdin=subprocess.PIPE)
                program.stdin.write(line)
                program.stdin.flush()
                self.assertIn("127.0.0.1", server.stderr.readline())  # it is connected
                time.sleep(0.2)
                server.send_signal(signal.SIGSTOP)
                program.stdin.write(line)
                program.stdin.close()
                time.sleep(2.5)  # closing the connection alone would wait for 2 s
                self.assertIsNone(program.poll())
                server.send_signal(signal.SIGCONT)
                self.assertEqual(program.wait(timeout=20), 0)

    def test_a_replay_over_ipv6(self):
        try:
            _, address = self.start_server(host="::1")
        except AssertionError:
            self.skipTest("no IPv6")
        self.assertTrue(address.startswith("[::1]:"), address)
        self.write("in.log", "(1.0) can0 100#01\n(1.01) can0 100#02\n")
        logger = self.start_client(address, "-n", "2", "-f", "a.log")
        self.run_tool("canplayer", "-i", "remote", "-c", address, "in.log")
        self.assertEqual(logger.wait(timeout=20), 0)
        self.assertEqual(self.frames_of("a.log"), ["100#01", "100#02"])

    def test_filters_are_applied(self):
        _, address = self.start_server()
        logger = self.start_client(address, "-n", "1", "-f", "a.log", "--filter", "300:700")
        self.send(address, "100#01", "345#02")
        self.assertEqual(logger.wait(timeout=20), 0)
        self.assertEqual(self.frames_of("a.log"), ["345#02"])

    def test_a_client_of_version_4(self):
        server, address = self.start_server("-v")
        peer = self.connect(address, bytes.fromhex("01040001e8480a0100000100000007ff"))
        self.assertEqual(self.receive(peer, 26), b"\x02\x18Virtual bus channel test")
        self.assertIn("125000 bit/s, filters 100:7FF", server.stderr.readline())
        self.send(address, "101#00", "100#11")
        got = self.receive(peer, 23)
        self.assertEqual(got[9:], message(0x100, b"\x11")[9:])
        self.assertAlmostEqual(struct.unpack(">d", got[1:9])[0], time.time(), delta=60)
        peer.shutdown(socket.SHUT_WR)
        self.assertEqual(peer.recv(1), b"")

    def test_the_servers_bit_rate_wins(self):
        server, address = self.start_server("-v", "-b", "250000")
        self.connect(address)
        self.assertIn("250000 bit/s", server.stderr.readline())

    def test_own_messages_come_back_when_asked_for(self):
        _, address = self.start_server("-o", "receive_own_messages=true")
        peer = self.connect(address)
        self.receive(peer, 26)
        peer.sendall(message(0x123, b"\x01"))
        self.assertEqual(self.receive(peer, 23)[9:], message(0x123, b"\x01")[9:])

    def test_log_of_a_client(self):
        server, address = self.start_server("-v")
        self.send(address, "123#")
        lines = [server.stderr.readline() for _ in range(2)]
        self.assertRegex(lines[0], r"127\.0\.0\.1:\d+: opened virtual test, protocol version 64")
        self.assertRegex(lines[1], r": closed by the client; 1 messages received from it, 0 sent")

    def test_statistics_and_the_end(self):
        for sent in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            with self.subTest(signal=sent):
                server, address = self.start_server()
                peer = self.connect(address)
                self.receive(peer, 26)
                self.send(address, "123#")
                # cansend may be gone a little before the server has noticed.
                said = lambda: server.send_signal(signal.SIGUSR1) or server.stderr.readline()
                self.assertTrue(harness.wait_for(
                    lambda: "1 client, 2 connections, 0 refused; 1 messages from clients" in said()))
                self.stop(server, sent)
                self.receive(peer, 23)
                self.assertEqual(peer.recv(100), b"\x06\x16the server is stopping")
                self.assertEqual(peer.recv(1), b"")

    def test_a_restart_on_the_same_port(self):
        server, address = self.start_server()
        peer = self.connect(address)
        self.receive(peer, 26)
        self.stop(server, signal.SIGTERM)
        port = address.rsplit(":", 1)[1]
        again = self.start("canserver", "-i", "virtual", "-H", "127.0.0.1", "-p", port)
        self.assertIn("listening on " + address, again.stderr.readline())
        self.assert_refused("canserver", "-i", "virtual", "-H", "127.0.0.1", "-p", port,
                            says=f"port {port}: address already in use")

    def test_a_gap_is_marked_in_the_log(self):
        server, address = self.start_server()
        logger = self.start_client(address, "-n", "2", "-f", "a.asc", "-o", "reconnect=60")
        self.send(address, "100#01")
        server.send_signal(signal.SIGTERM)
        server.wait(timeout=20)
        self.start("canserver", "-i", "virtual", "-H", "127.0.0.1", "-p", address.split(":")[1])
        for line in logger.stderr:
            if "again" in line:
                break
        self.send(address, "100#02")
        self.assertEqual(logger.wait(timeout=20), 0)
        marks = [line for line in self.read("a.asc").splitlines() if re.match(r"// [\d.]+ remote", line)]
        self.assertEqual(len(marks), 1, self.read("a.asc"))
        self.assertIn("are missing", marks[0])
        self.assertEqual(self.frames_of("a.asc"), ["100#01", "100#02"])

    def test_mistakes(self):
        refused = lambda *command, **options: self.assert_refused("canserver", *command, **options)
        refused("-i", "virtuel", says="did you mean 'virtual'", status=2)
        refused("-i", "udp_multicast", "-c", "10.0.0.1", says="expected a multicast", status=2)
        refused("-i", "virtual", "-p", "99999", says="--port: expected a number from 0 to 65535", status=2)
        refused("-i", "virtual", "--allow", "10.0.0.0/99", says="'10.0.0.0/99'", status=2)
        refused("-i", "virtual", "--token-file", "none", says="none: no such file")
        refused("-i", "virtual", "--tls-cert", "none", says="TLS: ", status=2)
        refused("-i", "virtual", "--tls-cert", "none", "--tls-key", "none", says="none: no such file")
        self.assert_refused("canlogger", "-i", "remote", "-c", "127.0.0.1:1",
                            says="remote 127.0.0.1:1: can't connect: connection refused")
        self.assert_refused("canlogger", "-i", "remote", "-c", "host:x", status=2, says="HOST:PORT")

    def test_a_warning_where_everyone_may_send(self):
        for options, warned in (([], True), (["--read-only"], False), (["--allow", "::1"], False)):
            server = self.start("canserver", "-i", "virtual", "-p", "0", *options)
            first = server.stderr.readline()
            self.assertEqual("everyone who can reach" in first, warned, first)

    def test_errors_of_the_server_in_words(self):
        _, address = self.start_server("-o", "iface=later0",
                                       bus=("-i", "udp_multicast", "-c", "239.74.163.2"))
        self.assert_refused("canlogger", "-i", "remote", "-c", address,
                            says="the server says: udp_multicast 239.74.163.2: ")
        _, address = self.start_server("--read-only")
        self.assert_refused("cansend", "-i", "remote", "-c", address, "123#",
                            says="the server is read-only")

    def test_tokens(self):
        self.write("token", "open sesame\n")
        self.write("wrong", "open barley\n")
        _, address = self.start_server("--token-file", "token")
        self.send(address, "-o", "token_file=token", "123#")
        self.assert_refused("cansend", "-i", "remote", "-c", address, "123#", says="wrong token")
        self.assert_refused("cansend", "-i", "remote", "-c", address, "-o", "token_file=wrong",
                            "123#", says="wrong token")
        peer = self.connect(address)
        self.assertIn(b"requires a token", peer.recv(300))

    def openssl(self, *command):
        subprocess.run(["openssl", *command], cwd=self.folder, check=True, capture_output=True)

    def make_certificate(self, name, authority, names="IP:127.0.0.1,DNS:localhost"):
        self.openssl("req", "-newkey", "rsa:2048", "-nodes", "-keyout", name + ".key", "-out",
                     name + ".csr", "-subj", "/CN=" + name)
        self.write("extensions", f"subjectAltName={names}\n")
        self.openssl("x509", "-req", "-in", name + ".csr", "-CA", authority + ".pem", "-CAkey",
                     authority + ".key", "-CAcreateserial", "-days", "2", "-extfile", "extensions",
                     "-out", name + ".pem")

    def tls_of(self, address, ciphers):
        """The version that a client of TLS 1.2 with these ciphers gets."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        context.set_ciphers(ciphers)
        context.load_verify_locations(self.path("ca.pem"))
        context.load_cert_chain(self.path("client.pem"), self.path("client.key"))
        with context.wrap_socket(self.connect(address, b""), server_hostname="127.0.0.1") as peer:
            return peer.version()

    def test_tls_with_client_certificates(self):
        for authority in ("ca", "strange"):
            self.openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", authority + ".key",
                         "-out", authority + ".pem", "-days", "2", "-subj", "/CN=" + authority)
        self.make_certificate("server", "ca")
        self.make_certificate("client", "ca")
        self.make_certificate("other", "strange")
        _, address = self.start_server("--tls-cert", "server.pem", "--tls-key", "server.key",
                                       "--tls-ca", "ca.pem")
        trust = ["-o", "tls_ca=ca.pem"]
        ours = [*trust, "-o", "tls_cert=client.pem", "-o", "tls_key=client.key"]
        logger = self.start_client(address, "-n", "4", "-f", "a.log", *ours)
        self.send(address, *ours, *FRAMES)
        self.assertEqual(logger.wait(timeout=20), 0)
        self.assertEqual(self.frames_of("a.log"), FRAMES)
        refused = lambda *options, says: self.assert_refused(
            "cansend", "-i", "remote", "-c", address, *options, "123#", says=says)
        refused(*trust, says="certificate required")
        refused(*trust, "-o", "tls_cert=other.pem", "-o", "tls_key=other.key", says="TLS: ")
        refused("-o", "tls_ca=strange.pem", says="TLS: certificate: ")
        # Without forward secrecy, TLS 1.2 is refused.
        self.assertEqual(self.tls_of(address, "ECDHE"), "TLSv1.2")
        with self.assertRaises(ssl.SSLError):
            self.tls_of(address, "AES128-GCM-SHA256")
        peer = self.connect(address)  # plain text
        peer.settimeout(20)
        self.assertNotIn(b"Virtual", peer.recv(300))

    def test_a_certificate_for_another_name(self):
        self.openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "ca.key", "-out", "ca.pem",
                     "-days", "2", "-subj", "/CN=ca")
        for names, host, other in (("DNS:localhost", "localhost", "127.0.0.1"),
                                   ("IP:127.0.0.1,DNS:elsewhere.test", "127.0.0.1", "localhost"),
                                   ("IP:127.0.0.2,IP:127.0.0.1", "127.0.0.1", "localhost")):
            self.make_certificate("server", "ca", names)
            server, address = self.start_server("--tls-cert", "server.pem", "--tls-key", "server.key")
            port = address.rsplit(":", 1)[1]
            trust = ("-o", "tls_ca=ca.pem")
            self.send(f"{host}:{port}", *trust, "123#")
            self.assert_refused("cansend", "-i", "remote", "-c", f"{other}:{port}", *trust, "123#",
                                says="TLS: certificate: " + ("IP address" if other[0] == "1" else "hostname")
                                + " mismatch")
            self.stop(server, signal.SIGTERM)

    def start_with_files(self, count):
        return self.start_server(preexec_fn=lambda: resource.setrlimit(
            resource.RLIMIT_NOFILE, (count, count)))

    def test_silent_connections_take_no_file_from_clients(self):
        server, address = self.start_with_files(128)
        silent = [self.connect(address, b"") for _ in range(200)]
        self.send(address, "123#")
        self.assertEqual(silent[0].recv(1), b"")  # the oldest had to go
        self.stop(server, signal.SIGTERM)

    def test_few_files_left(self):
        """Those who come are told at once; those who are served notice nothing."""
        server, address = self.start_with_files(64)
        clients, answers = [], []
        for _ in range(60):
            clients.append(self.connect(address))
            answers.append(self.receive(clients[-1], 26)[:1])
        self.assertEqual(answers[0], b"\x02")
        self.assertEqual(answers[-1], b"\x06")
        self.assert_refused("cansend", "-i", "remote", "-c", address, "123#",
                            says="this server can't open more files")
        served = [client for client, answer in zip(clients, answers) if answer == b"\x02"]
        served[0].sendall(message(0x123, b"\x01"))
        self.assertEqual(self.receive(served[-1], 23)[9:], message(0x123, b"\x01")[9:])
        busy = self.cpu_of(server)
        time.sleep(1)
        self.assertLess(self.cpu_of(server) - busy, 0.5)
        for client in clients:
            client.close()
        self.send(address, "123#")
        self.stop(server, signal.SIGTERM)

    def test_a_client_that_waits_for_a_place(self):
        server, address = self.start_server("--max-clients", "1")
        first = self.connect(address)
        self.receive(first, 26)
        self.assert_refused("cansend", "-i", "remote", "-c", address, "123#", says="at most 1 clients")
        waiting = self.start("canlogger", "-i", "remote", "-c", address, "--wait", "-n", "1", "-f", "a.log")
        self.assertIn("at most 1 clients, waiting", waiting.stderr.readline())
        first.close()
        self.assertIn("connected after", waiting.stderr.readline())
        self.stop(server, signal.SIGTERM)

    def test_wrong_tokens_take_time_from_nobody_else(self):
        self.write("token", "open sesame\n")
        _, address = self.start_server("--token-file", "token")
        start = time.monotonic()
        wrong = self.connect(address, bytes.fromhex("014000000000") + b"\x20" + bytes(5) + b"\x02no" + b"\x21\x00")
        self.send(address, "-o", "token_file=token", "123#")
        self.assertFalse(select.select([wrong], [], [], 0)[0], "answered at once")
        self.assertIn(b"wrong token", self.receive(wrong, 13))
        self.assertGreater(time.monotonic() - start, 0.9)

    def test_no_thread_for_cyclic_messages(self):
        """Those who get none are told; the server goes on."""
        stack = 4 << 30  # of each thread; there is room for the stacks of two
        hard = resource.getrlimit(resource.RLIMIT_STACK)[1]
        server, address = self.start_server(
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_STACK, (stack, hard)))
        clients = [self.connect(address, bytes.fromhex("0105000000000a00")) for _ in range(8)]
        for client in clients:
            self.receive(client, 26)
        with open(f"/proc/{server.pid}/statm", encoding="ascii") as file:
            used = int(file.read().split()[0]) * resource.getpagesize()
        unlimited = resource.prlimit(server.pid, resource.RLIMIT_AS)
        resource.prlimit(server.pid, resource.RLIMIT_AS, (used + stack * 5 // 2, unlimited[1]))
        cyclic = struct.pack(">BiiIBB8s", 7, 100000, 0, 1, 0, 0, b"")
        for client in clients:
            client.sendall(cyclic)
        event = self.receive(clients[-1], 1)
        while event == b"\x03":  # a message of another client
            self.receive(clients[-1], 22)
            event = self.receive(clients[-1], 1)
        self.assertEqual(event, b"\x05")  # TransmitFail
        resource.prlimit(server.pid, resource.RLIMIT_AS, unlimited)
        self.send(address, "123#")
        self.stop(server, signal.SIGTERM)

    def test_nobody_reads_standard_error(self):
        reading, writing = os.pipe()
        self.addCleanup(os.close, reading)
        server = subprocess.Popen([harness.program("canserver"), "-vv", "-i", "virtual", "-c", "test", "-H",
                                   "127.0.0.1", "-p", "0"], cwd=self.folder, env=self.environment, stderr=writing)
        self.addCleanup(server.wait)
        self.addCleanup(server.kill)
        os.close(writing)
        address = b""
        while not address.endswith(b"\n"):
            address += os.read(reading, 1)
        address = address.decode().split()[-1]
        for _ in range(1500):  # some 100 bytes each: more than a pipe holds
            self.connect(address, b"x").close()
        self.send(address, "123#")
        os.read(reading, 1 << 20)
        self.send(address, "123#")
        self.assertRegex(os.read(reading, 1 << 20).decode(), r"canserver: \d+ lines lost: nobody read")
        server.send_signal(signal.SIGTERM)
        self.assertEqual(server.wait(timeout=20), 0)

    def test_readiness_and_socket_activation(self):
        notified = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.addCleanup(notified.close)
        notified.bind(self.path("notify"))
        notified.settimeout(20)
        listener = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(listener.close)
        self.environment["NOTIFY_SOCKET"] = self.path("notify")
        self.environment["LISTEN_FDS"] = "1"

        def activate():
            os.dup2(listener.fileno(), 3)

        # LISTEN_PID is the child's own: only a shell knows it before it turns into the server.
        command = ('LISTEN_PID=$$ exec "$0" -i virtual -c test')
        server = subprocess.Popen(["sh", "-c", command, harness.program("canserver")],
                                  cwd=self.folder, env=self.environment, pass_fds=(3,),
                                  preexec_fn=activate, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                  text=True)
        self.addCleanup(self.end, server)
        self.assertEqual(notified.recv(100), b"READY=1")
        address = "127.0.0.1:%d" % listener.getsockname()[1]
        self.assertIn(address, server.stderr.readline())
        self.send(address, "123#")
        self.stop(server, signal.SIGTERM)
        self.assertEqual(notified.recv(100), b"STOPPING=1")

    def test_a_socket_for_another_process(self):
        """What systemd gave the one that started this one is none of its."""
        self.environment.update(LISTEN_FDS="1", LISTEN_PID="1")
        _, address = self.start_server()
        self.send(address, "123#")

    def memory_of(self, process):
        with open(f"/proc/{process.pid}/status", encoding="ascii") as file:
            return int(re.search(r"VmRSS:\s+(\d+)", file.read())[1])

    def test_hostile_connections(self):
        server, address = self.start_server()
        peer, other = self.connect(address), self.connect(address)
        self.receive(peer, 26)
        self.receive(other, 26)
        before = self.memory_of(server)
        strangers = []
        for i in range(500):
            kinds = (os.urandom(300), HELLO[:3], HELLO + message(1)[:9], b"", b"\x01\x40" + b"\x21" * 400)
            stranger = socket.create_connection(("127.0.0.1", int(address.split(":")[1])), timeout=20)
            stranger.sendall(kinds[i % 5])
            if i % 2:
                stranger.shutdown(socket.SHUT_WR)
            strangers.append(stranger)
            peer.sendall(message(i % 0x800, b"\x01"))
            self.assertEqual(self.receive(other, 23)[9:], message(i % 0x800, b"\x01")[9:])
        self.assertLess(self.memory_of(server) - before, 50_000)  # KiB
        for stranger in strangers:
            stranger.close()
        busy = self.cpu_of(server)
        time.sleep(1)
        self.assertLess(self.cpu_of(server) - busy, 0.5)  # nothing is left that spins
        self.stop(server, signal.SIGTERM)

    def cpu_of(self, process):
        with open(f"/proc/{process.pid}/stat", encoding="ascii") as file:
            fields = file.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class TwoHosts(ServerTest):
    """A second network namespace, joined by a pair of interfaces: another host."""

    def setUp(self):
        super().setUp()
        if not os.environ.get(harness.INSIDE):
            self.skipTest("no right to make a network namespace")
        sleeper = subprocess.Popen(["unshare", "-n", "sleep", "600"])
        self.addCleanup(sleeper.wait)
        self.addCleanup(sleeper.kill)
        self.other = ["nsenter", "-t", str(sleeper.pid), "-n"]
        own = os.readlink("/proc/self/ns/net")
        self.assertTrue(harness.wait_for(
            lambda: os.readlink(f"/proc/{sleeper.pid}/ns/net") != own))
        for command in (f"ip link add veth0 type veth peer name veth1 netns {sleeper.pid}",
                        "ip addr add 192.0.2.1/24 dev veth0", "ip link set veth0 up"):
            subprocess.run(command.split(), check=True)
        self.addCleanup(subprocess.run, "ip link del veth0".split(), stderr=subprocess.DEVNULL)
        for command in ("ip addr add 192.0.2.2/24 dev veth1", "ip link set veth1 up"):
            subprocess.run([*self.other, *command.split()], check=True)

    def test_a_recording_on_another_host_has_no_difference(self):
        bus = ("-i", "udp_multicast", "-c", "239.74.163.2", "-o", "iface=lo")
        server, address = self.start_server("--allow", "192.0.2.0/24", host="192.0.2.1", bus=bus)
        near = self.start_logger("-c", "239.74.163.2", "-o", "iface=lo", "-n", "200", "-f", "near.log")
        far = subprocess.Popen([*self.other, harness.program("canlogger"), "-v", "-i", "remote", "-c",
                                address, "-n", "200", "-f", "far.log"], cwd=self.folder,
                               env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                               text=True)
        self.addCleanup(self.end, far)
        self.assertIn("recording remote", far.stderr.readline())
        frames = [f"{i:03X}##{i % 4:X}{'%02X' % i * 12}" for i in range(150)]
        frames += [f"{i:08X}#{i:04X}" for i in range(50)]
        self.run_tool("cansend", *bus, *frames)
        self.assertEqual(near.wait(timeout=20), 0)
        self.assertEqual(far.wait(timeout=20), 0)
        self.assertEqual(self.frames_of("far.log"), frames)
        self.assertEqual(self.frames_of("near.log"), frames)
        self.stop(server, signal.SIGTERM)


if __name__ == "__main__":
    harness.enter_namespace()
    harness.set_up_namespace()
    harness.main()

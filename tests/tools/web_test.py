#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""canserver's page over HTTP: updates, sending, downloads, who may do what, and hostile clients."""
import http.client
import json
import os
import re
import resource
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../support"))
import harness  # noqa: E402

JSON = {"Content-Type": "application/json"}
DBC = 'BO_ 291 Engine: 2 ECU\n SG_ Speed : 0|8@1+ (0.5,0) [0|0] "rpm" X\n'


class Viewer:
    """Reads the updates of a page on a thread of its own."""

    def __init__(self, page, headers=None, read=True):
        self.updates, self.rows, self.heads, self.status = [], {}, {}, {}
        self.changed = []  # (id, [bytes]) of each update that marks some
        self.connection = page.connect()
        self.connection.request("GET", "/events", headers=headers or {})
        self.response = self.connection.getresponse()
        self.ended = False
        if read and self.response.status == 200:
            threading.Thread(target=self.follow, daemon=True).start()

    def follow(self):
        try:
            while line := self.response.readline():
                if line.startswith(b"data: "):
                    self.take(json.loads(line[6:]))
        except (OSError, ValueError, AttributeError):
            pass
        self.ended = True

    def take(self, update):
        for head in update["h"]:
            self.heads[head[0]] = head
        for row in update["r"]:
            self.rows[self.heads[row[0]][2]] = row
            if row[6]:
                self.changed.append((self.heads[row[0]][2], row[6]))
        self.status = update.get("status", self.status)
        self.updates.append(update)

    def data(self, name):
        return self.rows.get(name, [""] * 9)[5]


class Page:
    def __init__(self, address, context=None):
        self.scheme, self.host, self.port = re.match(r"(https?)://([^/]+):(\d+)/", address).groups()
        self.context = context

    def connect(self):
        kind = http.client.HTTPSConnection if self.context else http.client.HTTPConnection
        more = {"context": self.context} if self.context else {}
        return kind(self.host, int(self.port), timeout=60, **more)

    def ask(self, path, method="GET", body=None, headers=None):
        """The status, the text and the headers of an answer."""
        connection = self.connect()
        try:
            connection.request(method, path, body=body, headers=headers or {})
            answer = connection.getresponse()
            return answer.status, answer.read(), answer.headers
        finally:
            connection.close()

    def post(self, path, value, headers=JSON):
        status, text, _ = self.ask(path, "POST", json.dumps(value), headers)
        return status, text.decode()

    def socket(self):
        return socket.create_connection((self.host, int(self.port)), timeout=60)

    def raw(self, request):
        """What comes back for these bytes."""
        with self.socket() as peer:
            peer.sendall(request)
            answer = b""
            try:
                while part := peer.recv(65536):
                    answer += part
            except ConnectionResetError:
                pass
            return answer


class Web(harness.ToolTest):
    def serve(self, *options, port="0", web="0", context=None):
        self.server = self.start("canserver", "-i", "virtual", "-c", "can0", "-H", "127.0.0.1", "-p", port, "--web", web,
                                 *options)
        page = None
        self.said = []
        for line in self.server.stderr:
            self.said.append(line)
            if match := re.search(r"web page at (\S+)", line):
                page = Page(match[1], context)
            if "listening on" in line:
                self.bus = ["-i", "remote", "-c", line.split()[-1]]
                threading.Thread(target=self.said.extend, args=(self.server.stderr,), daemon=True).start()
                return page
        self.fail("canserver doesn't listen: " + "".join(self.said))

    def open_page(self, *options):
        """The page, once the bus is open."""
        page = self.serve(*options)
        viewer = self.watch(page)
        viewer.response.close()
        return page

    def send(self, *frames):
        self.run_tool("cansend", *self.bus, *frames)

    def view(self, page, **options):
        viewer = Viewer(page, **options)
        self.addCleanup(viewer.connection.close)
        return viewer

    def watch(self, page, **options):
        """A viewer whose server has its bus open."""
        viewer = self.view(page, **options)
        self.await_that(lambda: viewer.status.get("problem") == "")
        return viewer

    def await_that(self, condition, seconds=30):
        self.assertTrue(harness.wait_for(condition, seconds), "".join(self.said))

    # What a viewer sees

    def test_rows_appear_and_a_change_is_marked_once(self):
        viewer = self.watch(self.serve())
        self.send("123#0102", "00000456##3AA")
        self.await_that(lambda: viewer.data("123") == "0102" and viewer.data("00000456") == "AA")
        self.assertEqual(viewer.changed, [])
        self.send("123#0103")
        self.await_that(lambda: viewer.data("123") == "0103")
        self.send("123#0103")
        self.await_that(lambda: viewer.rows["123"][1] == 3)
        self.assertEqual(viewer.changed, [("123", [1])])
        self.await_that(lambda: viewer.status["messages"] == 4)
        late = self.view(self.serve_again())
        self.await_that(lambda: late.data("123") == "0103")
        self.assertEqual(late.changed, [])

    def serve_again(self):
        """The page that is served now."""
        return Page(next(re.search(r"\S+$", line)[0] for line in self.said if "web page" in line))

    def test_names_and_signals(self):
        viewer = self.watch(self.serve("--dbc", self.write("a.dbc", DBC)))
        self.send("123#0800")
        self.await_that(lambda: viewer.data("123") == "0800")
        self.assertEqual(viewer.heads[0][2:], ["123", "Engine", 0, 0, [["Speed", "rpm"]]])
        self.assertEqual(viewer.rows["123"][9], [[0, "4"]])

    def test_filters(self):
        page = self.serve("--dbc", self.write("a.dbc", DBC))
        status, text, _ = page.ask("/filter?text=Engine")
        self.assertEqual((status, json.loads(text)["filters"][0]["id"]), (200, 0x123))
        self.assertEqual(json.loads(page.ask("/filter?text=eng")[1]), {"text": "eng"})
        status, text, _ = page.ask("/filter?text=12:xyz")
        self.assertEqual(status, 400)
        self.assertIn(b"expected", text)

    def test_a_download(self):
        page = self.serve()
        viewer = self.watch(page)
        frames = [f"{i:03X}#00" for i in range(100)]
        self.send(*frames)
        self.await_that(lambda: len(viewer.rows) == 100)
        for name in ("log", "blf", "asc"):
            status, text, headers = page.ask(f"/log?seconds=600&format={name}")
            self.assertEqual(status, 200)
            self.assertEqual(headers["Content-Disposition"], f'attachment; filename="bus.{name}"')
            with open(self.path("got." + name), "wb") as file:
                file.write(text)
            lines = self.run_tool("canconvert", "-q", "got." + name, "-", "--format", "candump").stdout.splitlines()
            self.assertEqual([line.split()[2] for line in lines], frames)
        for query in ("format=db", "format=../log", "seconds=x", "seconds=-1"):
            self.assertEqual(page.ask("/log?" + query)[0], 400)

    def test_a_slow_viewer_misses_no_change(self):
        """It takes nothing for a while, so that updates are skipped; then it is told all that changed."""
        page = self.serve()
        slow = self.view(page, read=False)
        quick = self.watch(page)
        self.write("in.log", "".join(f"({1 + n * 0.0001:.4f}) can0 {i:03X}##1{n:064X}{n:064X}\n"
                                     for n in range(12) for i in range(1500)))
        self.run_tool("canplayer", "-q", *self.bus, "in.log")
        self.await_that(lambda: len(quick.rows) == 1500 and all(row[1] == 12 for row in quick.rows.values()))
        threading.Thread(target=slow.follow, daemon=True).start()
        self.await_that(lambda: len(slow.rows) == 1500 and all(row[1] == 12 for row in slow.rows.values()))
        self.assertEqual({name: row[5] for name, row in slow.rows.items()}, {name: row[5] for name, row in quick.rows.items()})

    def test_viewers_have_a_limit(self):
        page = self.serve()
        viewers = [self.view(page) for _ in range(64)]
        self.await_that(lambda: all(viewer.updates for viewer in viewers))
        self.assertEqual(page.ask("/events")[0], 503)
        self.assertEqual(page.ask("/")[0], 200)
        viewers[0].response.close()
        self.await_that(lambda: Viewer(page).response.status == 200)

    # Sending

    def test_sending(self):
        page = self.serve("--web-send")
        viewer = self.watch(page)
        logger = self.start("canlogger", "-v", *self.bus, "-n", "1", "-f", "sent.log")
        self.assertIn("recording", logger.stderr.readline())
        self.assertEqual(page.post("/send", {"frame": "123#11", "period": ""}), (200, "{}"))
        self.assertEqual(logger.wait(timeout=60), 0)
        self.assertIn("123#11", self.read("sent.log"))
        self.await_that(lambda: viewer.data("123") == "11")
        self.assertEqual(viewer.rows["123"][7], 1)  # sent here
        for wrong in ({"frame": "123"}, {"frame": ""}, {}, {"frame": "123#11", "period": "0"}):
            status, text = page.post("/send", wrong)
            self.assertEqual(status, 400, text)
            self.assertIn("expected", text)
        self.assertEqual(page.post("/send", {"frame": "123#11", "perod": "20"}), (400, "unknown name 'perod'; known: frame, period"))
        self.assertEqual(page.post("/stop", {"number": 1, "all": 1}), (400, "unknown name 'all'; known: number"))
        for path in ("/log?fromat=blf", "/filter?txt=1"):
            self.assertEqual(page.ask(path)[0], 400)

    def test_periodic_sending_ends_without_viewers(self):
        page = self.serve("--web-send")
        viewer = self.watch(page)
        self.assertEqual(page.post("/send", {"frame": "123#11", "period": "20"})[0], 200)
        self.assertEqual(page.post("/send", {"frame": "124#11", "period": "20ms"})[0], 200)
        self.await_that(lambda: viewer.rows.get("123", [0, 0])[1] > 5 and len(viewer.status["periodic"]) == 2)
        self.assertEqual(page.post("/stop", {"number": "1"})[0], 200)
        self.await_that(lambda: [each["frame"] for each in viewer.status["periodic"]] == ["124#11"])
        viewer.response.close()
        viewer.connection.close()

        logger = self.start("canlogger", "-v", *self.bus, "-f", "sent.log")
        self.assertIn("recording", logger.stderr.readline())

        def is_silent():
            size = os.path.getsize(self.path("sent.log"))
            time.sleep(1)  # fifty periods
            return size > 0 and os.path.getsize(self.path("sent.log")) == size
        start = time.monotonic()
        self.await_that(is_silent, 60)
        self.assertGreater(time.monotonic() - start, 5)
        viewer = self.watch(page)
        self.assertEqual(viewer.status["periodic"], [])

    def test_nobody_sends_unasked(self):
        page = self.serve()
        viewer = self.watch(page)
        self.assertFalse(viewer.status["sends"])
        for path in ("/send", "/stop"):
            self.assertEqual(page.post(path, {"frame": "123#11", "number": "1"})[0], 403)
        self.assert_refused("canserver", "-i", "virtual", "--web", "0", "--web-send", "--read-only", "-p", "0", "-H", "127.0.0.1",
                            says="--web-send", status=2)

    # Who may ask

    def test_the_page_says_what_browsers_may_do_with_it(self):
        page = self.serve()
        for path in ("/", "/page.css", "/page.js"):
            status, text, headers = page.ask(path)
            self.assertEqual(status, 200)
            self.assertTrue(text)
            self.assertEqual(headers["X-Content-Type-Options"], "nosniff")
            self.assertIn("default-src 'none'", headers["Content-Security-Policy"])
            self.assertIn("frame-ancestors 'none'", headers["Content-Security-Policy"])
        self.assertNotRegex(page.ask("/")[1], rb"(?i)(src|href)=.https?:")
        for path in ("/", "/page.js", "/log", "/filter?text=a", "/events", "/none"):
            got, asked = page.ask(path, "HEAD"), None if path == "/events" else page.ask(path)
            self.assertEqual(got[1], b"")
            self.assertEqual(got[0], asked[0] if asked else 200)
            if asked:
                self.assertEqual(dict(got[2]), dict(asked[2]))
        self.assertEqual(page.ask("/none")[0], 404)
        self.assertEqual(page.ask("/", "PUT")[0], 405)

    def test_other_sites(self):
        page = self.open_page("--web-send")
        frame = {"frame": "123#11"}
        for host in ("evil.example", f"evil.example:{page.port}", "localhost.evil.example"):
            for path in ("/", "/events", "/log"):
                self.assertEqual(page.ask(path, headers={"Host": host})[0], 403, path)
        for host in ("localhost", f"127.0.0.1:{page.port}", "192.0.2.1"):
            self.assertEqual(page.ask("/filter?text=", headers={"Host": host})[0], 200)
        own = f"http://127.0.0.1:{page.port}"
        for origin in ("http://evil.example", "null", own.replace("http:", "https:")):
            self.assertEqual(page.ask("/events", headers={"Origin": origin})[0], 403)
            self.assertEqual(page.post("/send", frame, {**JSON, "Origin": origin})[0], 403)
        self.assertEqual(page.post("/send", frame, {**JSON, "Sec-Fetch-Site": "cross-site"})[0], 403)
        self.assertEqual(page.post("/send", frame, {"Content-Type": "text/plain"})[0], 415)
        self.assertEqual(page.post("/send", frame, {**JSON, "Origin": own})[0], 200)

    def test_a_token(self):
        page = self.serve("--token-file", self.write("token", "secret\n"))
        self.assertEqual(page.ask("/")[0], 200)  # asks for the token
        self.assertEqual(page.ask("/events")[0], 401)
        start = time.monotonic()
        for path in ("/events", "/log", "/filter?text="):
            self.assertEqual(page.ask(path, headers={"Authorization": "Bearer wrong"})[0], 401)
        self.assertGreater(time.monotonic() - start, 3)
        viewer = self.view(page, headers={"Authorization": "Bearer secret"})
        self.await_that(lambda: viewer.updates)

    def test_allowed_addresses(self):
        page = self.serve("--allow", "192.0.2.0/24", "-v")
        with self.assertRaises((OSError, http.client.HTTPException)):
            page.ask("/")
        self.await_that(lambda: any("not allowed to connect" in line for line in self.said))

    def test_encrypted(self):
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                        "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1", "-days", "2",
                        "-keyout", self.path("key.pem"), "-out", self.path("cert.pem")], check=True, capture_output=True)
        context = ssl.create_default_context(cafile=self.path("cert.pem"))
        page = self.serve("--tls-cert", "cert.pem", "--tls-key", "key.pem", context=context)
        self.assertEqual(page.scheme, "https")
        viewer = self.view(page, headers={"Origin": f"https://127.0.0.1:{page.port}"})
        self.await_that(lambda: viewer.updates)
        self.assertNotIn(b"200 OK", page.raw(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"))

    def test_wrong_use(self):
        for where in ("bench", "99999", "::1"):
            self.assert_refused("canserver", "-i", "virtual", "-p", "0", "-H", "127.0.0.1", "--web=" + where, says="--web", status=2)
        with socket.create_server(("127.0.0.1", 0)) as taken:
            self.assert_refused("canserver", "-i", "virtual", "-p", "0", "-H", "127.0.0.1", "--web", str(taken.getsockname()[1]),
                                says="address already in use")
        self.assert_refused("canserver", "-i", "virtual", "-p", "0", "-H", "127.0.0.1", "--web", "0", "--dbc", "none.dbc", says="none.dbc")

    def test_an_open_page_is_told(self):
        self.serve(web="0.0.0.0:0")
        self.assertTrue(any("may see this bus" in line for line in self.said), self.said)
        self.stop_server()
        self.serve("--web-send", web="0.0.0.0:0")
        self.assertTrue(any("and send on it" in line for line in self.said), self.said)

    def stop_server(self):
        self.server.send_signal(signal.SIGINT)
        self.assertEqual(self.server.wait(timeout=60), 0)

    # Hostile clients, and the end

    def test_requests_that_are_not_sound(self):
        page = self.serve()
        for request, status in ((b"GET / HTTP/1.1\r\n\r\n", 400), (b"\x16\x03\x01\x02\r\n", 400),
                                (b"GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", 501),
                                (b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 999999999\r\n\r\n", 413),
                                (b"GET / HTTP/1.1\r\nX: " + b"a" * 9000, 431), (b"a" * 9000, 431),
                                (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400)):
            self.assertIn(f"HTTP/1.1 {status} ".encode(), page.raw(request), request[:40])

    def canary(self, seconds):
        """The longest time, while this lasts, that a frame takes from one client of the server to another."""
        logger = self.start("canlogger", "-v", *self.bus, "-f", "-", "--format", "candump")
        self.assertIn("recording", logger.stderr.readline())
        worst, end = 0, time.monotonic() + seconds
        while time.monotonic() < end:
            start = time.monotonic()
            self.send("100#")
            self.assertTrue(logger.stdout.readline())
            worst = max(worst, time.monotonic() - start)
        return worst

    def rss(self):
        with open(f"/proc/{self.server.pid}/status", encoding="utf-8") as file:
            return int(re.search(r"VmRSS:\s+(\d+)", file.read())[1]) // 1024

    def test_a_thousand_hostile_connections(self):
        hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(4096, hard), hard))
        page = self.serve()
        viewer = self.watch(page)
        peers = []
        for i in range(1000):
            start = (b"GET / HTTP/1.1\r\nX: ", b"\x00\xff" * 20, b"", b"POST /send HTTP/1.1\r\nHost: a\r\nContent-Length: 4000\r\n\r\n{")
            peer = page.socket()
            peer.sendall(start[i % 4])
            peers.append(peer)
        stop = threading.Event()

        def drip():
            while not stop.wait(0.5):
                for peer in peers:
                    try:
                        peer.send(b"a")
                    except OSError:
                        pass
        dripping = threading.Thread(target=drip)
        dripping.start()
        try:
            self.assertLess(self.canary(5), 5)
            self.assertEqual(page.ask("/")[0], 200)
            descriptors = len(os.listdir(f"/proc/{self.server.pid}/fd"))
            self.assertLess(descriptors, 256 + 60)
            self.assertLess(self.rss(), 300)
        finally:
            stop.set()
            dripping.join()
            for peer in peers:
                peer.close()
        seen = len(viewer.updates)
        self.await_that(lambda: len(viewer.updates) > seen)
        self.assertFalse(viewer.ended)

    def test_a_request_has_ten_seconds(self):
        page = self.serve()
        with page.socket() as peer:
            start = time.monotonic()
            peer.sendall(b"GET / HTTP/1.1\r\n")
            peer.settimeout(0.3)
            try:
                while time.monotonic() - start < 60:
                    peer.send(b"X: 1\r\n")
                    try:
                        if not peer.recv(1):
                            break
                    except socket.timeout:
                        pass
            except OSError:
                pass
            self.assertLess(time.monotonic() - start, 50)
            self.assertGreater(time.monotonic() - start, 8)

    def test_a_flooding_viewer_is_closed(self):
        page = self.serve()
        before = self.rss()
        with page.socket() as peer, self.assertRaises(OSError):
            peer.sendall(b"GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n")
            self.assertIn(b"200 OK", peer.recv(100))
            for _ in range(2000):
                peer.sendall(b"a" * 65536)
        self.assertLess(self.rss(), before + 50)

    def test_downloads_that_nobody_takes_are_bounded(self):
        page = self.serve()
        viewer = self.watch(page)
        self.write("in.log", "".join(f"({1 + i / 1e5:.5f}) can0 {i % 2048:03X}##1{'AB' * 64}\n" for i in range(200000)))
        self.run_tool("canplayer", "-q", *self.bus, "in.log")
        self.await_that(lambda: viewer.status["messages"] > 150000)
        peers, refused = [], 0
        for _ in range(12):
            peer = page.socket()
            peers.append(peer)
            peer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            peer.sendall(b"GET /log?seconds=600 HTTP/1.1\r\nHost: localhost\r\n\r\n")
            refused += b" 503 " in peer.recv(100)
        self.assertGreater(refused, 0)
        self.assertLess(self.rss(), 400)
        for peer in peers:
            peer.close()
        self.await_that(lambda: page.ask("/log?seconds=0.001")[0] == 200)

    def test_a_viewer_comes_again_after_a_restart(self):
        page = self.serve()
        viewer = self.watch(page)
        port, web = self.bus[-1].split(":")[-1], page.port
        self.send("123#11")
        self.await_that(lambda: viewer.data("123") == "11")
        self.stop_server()
        self.await_that(lambda: viewer.ended)
        again = self.watch(self.serve(port=port, web=web))
        self.send("124#22")
        self.await_that(lambda: again.data("124") == "22")
        self.assertNotIn("123", again.rows)

    def test_a_bus_that_opens_later(self):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
        server = self.start("canserver", "-i", "remote", "-c", f"127.0.0.1:{port}", "-p", "0", "-H", "127.0.0.1", "--web", "0")
        self.said = []
        for line in server.stderr:
            self.said.append(line)
            if "listening" in line:
                break
        viewer = self.view(self.serve_again())
        self.await_that(lambda: viewer.status.get("problem", ""))
        self.serve(port=str(port))
        self.await_that(lambda: viewer.status["problem"] == "")
        self.send("123#11")
        self.await_that(lambda: viewer.data("123") == "11")


if __name__ == "__main__":
    harness.main()

#!/usr/bin/env python3
"""A client of the live protocol, written from protocol.md alone, with nothing but the standard library.

python3 live_client.py WEBSOCKET_URL TICKETS_URL --token TOKEN --channel topic:tea
It prints a JSON object a line: {"event": …}, {"gap": …}, {"relation": …} or {"state": …}.
"""
import argparse, asyncio, base64, json, os, random, ssl, struct, sys, time, urllib.error, urllib.parse, urllib.request


class Lost(Exception):
    """The connection is no more; `stop` when it must not be opened again."""

    def __init__(self, why, stop=False):
        super().__init__(why)
        self.stop = stop


class Socket:
    """As much of RFC 6455 as a client needs."""

    @classmethod
    async def open(cls, url):
        self, at = cls(), urllib.parse.urlparse(url)
        secure = ssl.create_default_context() if at.scheme == "wss" else None
        port = at.port or (443 if secure else 80)
        self.reader, self.writer = await asyncio.open_connection(at.hostname, port, ssl=secure, limit=2**20)
        key = base64.b64encode(os.urandom(16)).decode()
        self.writer.write((f"GET {at.path or '/'}?{at.query} HTTP/1.1\r\nHost: {at.netloc}\r\nUpgrade: websocket\r\n"
                           f"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n"
                           "Sec-WebSocket-Protocol: deep-thoughts.v1\r\n\r\n").encode())
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode().lower()
        if " 101 " not in head.split("\r\n")[0] or "sec-websocket-protocol: deep-thoughts.v1" not in head:
            raise Lost("the handshake was refused")
        return self

    def send(self, data, opcode=1):
        mask = os.urandom(4)
        size = bytes([0x80 | len(data)]) if len(data) < 126 else bytes([0x80 | 126]) + struct.pack(">H", len(data))
        self.writer.write(bytes([0x80 | opcode]) + size + mask + bytes(b ^ mask[i % 4] for i, b in enumerate(data)))

    async def receive(self):
        message = b""
        while True:
            first, size = await self.reader.readexactly(2)
            if size >= 126:
                size = int.from_bytes(await self.reader.readexactly(2 if size == 126 else 8), "big")
            data = await self.reader.readexactly(size)
            if first & 15 == 8:
                code = int.from_bytes(data[:2], "big") if data else 1005
                raise Lost(f"closed: {code}", code in (1003, 1007, 1008, 1010) or 4000 <= code <= 4999)
            if first & 15 == 9:
                self.send(data, 10)
            elif first & 15 < 3:
                message += data
                if first & 0x80:
                    return message


class Author:
    def __init__(self):
        self.last, self.last_at, self.held, self.expected, self.mending = None, "", {}, 0, False


class Client:
    def __init__(self, url, ticket, channels, tell, speed=1.0):
        self.url, self.ticket, self.tell, self.speed = url, ticket, tell, speed
        self.channels, self.marks, self.sure = ["timeline", *channels], {}, {}
        self.whole, self.seen, self.authors, self.versions, self.timeline = set(), {}, {}, {}, set()
        self.asked, self.socket, self.heard_at, self.number, self.live = {}, None, 0, 0, asyncio.Event()
        self.sources = None

    async def run(self):
        attempts = 0
        while True:
            try:
                await self.session()
            except Lost as lost:
                self.tell({"state": str(lost)})
                if lost.stop:
                    return
            except (OSError, asyncio.IncompleteReadError, asyncio.TimeoutError, ConnectionError) as error:
                self.tell({"state": f"lost: {error!r}"})
            attempts = 0 if self.live.is_set() else attempts + 1
            self.live.clear()
            await self.wait(random.random() * min(30, 2 ** (attempts + 1)))

    async def wait(self, seconds):
        await asyncio.sleep(seconds / self.speed)

    async def session(self):
        ticket = await asyncio.to_thread(self.ticket)
        self.whole, self.seen, was_live = set(), {}, bool(self.marks)
        self.socket = await asyncio.wait_for(Socket.open(f"{self.url}?ticket={urllib.parse.quote(ticket)}"), 7 / self.speed)
        self.heard_at = time.monotonic()
        tasks = [asyncio.create_task(part) for part in (self.listen(), self.keep(was_live))]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            done.pop().result()
        finally:
            for task in tasks:
                task.cancel()
            for future in self.asked.values():
                future.cancel()
            self.asked.clear()
            self.socket.writer.close()

    async def request(self, **frame):
        """Asks, and asks again when there is no answer, or an error that may pass."""
        for attempt in range(6):
            self.number += 1
            key, future = str(self.number), asyncio.get_running_loop().create_future()
            self.asked[key] = future
            self.socket.send(json.dumps({**frame, "id": key}).encode())
            try:
                answer = await asyncio.wait_for(asyncio.shield(future), 7 / self.speed)
                if answer.get("code") not in ("busy", "internal_error"):
                    return answer
            except asyncio.TimeoutError:
                if time.monotonic() - self.heard_at > 7 / self.speed:
                    raise Lost("silent")
            finally:
                self.asked.pop(key, None)
            await self.wait(0.3 * 2**attempt)
        return {"type": "error", "code": "no_answer"}

    async def keep(self, was_live):
        """Subscribes, catches up, and then asks from time to time what was missed."""
        if len(self.channels) > 1:
            ack = await self.request(action="subscribe", channels=self.channels[1:])
            names = {one["asked"]: one["channel"] for one in ack.get("channels", [])}
            self.channels = ["timeline", *(names.get(name, name) for name in self.channels[1:])]
        if not self.marks:
            ms = int(self.time_of((await self.request(action="check"))["at"]) * 1000)
            self.marks = {name: f"{ms >> 16:08x}-{ms & 0xffff:04x}-7000-8000-000000000000" for name in self.channels}
            self.sure, self.whole = dict(self.marks), set(self.channels)
        else:
            await self.resume({name: self.sure[name] for name in self.channels})
        self.live.set()
        self.tell({"state": "live"})
        if was_live:
            self.tell_loose(self.channels)
        started, turn = time.monotonic(), 0
        while time.monotonic() - started < 115 * 60 / self.speed:
            if turn % 3 == 0:
                await self.check()
            asked = dict(self.marks)
            missed = (await self.request(action="ping")).get("missed", [])
            again = [name for name in self.channels if name in missed or "*" in missed]
            await self.resume({name: self.sure[name] for name in again})
            self.tell_loose(again)
            self.sure.update({name: asked[name] for name in self.channels if name not in again})
            turn += 1
            for _ in range(2):
                await self.wait(113)
                if time.monotonic() - self.heard_at > 112 / self.speed:
                    self.socket.send(b'{"action":"heartbeat"}')

    def tell_loose(self, names):
        for name in names:
            if name == "all" or name.startswith("topic:"):
                self.tell({"gap": {"channel": name}})

    async def check(self):
        mine = [name[7:] for name in self.channels if name.startswith("author:")]
        authors = (mine + [name for name in list(self.timeline) if name not in mine])[:100]
        answer = await self.request(action="check", authors=authors)
        sources = answer.get("sources", self.sources)
        if self.sources not in (None, sources):
            self.tell({"gap": {"channel": "timeline"}})
        self.sources = sources
        for name, seq in answer.get("seqs", {}).items():
            author = self.authors.setdefault(name, Author())
            if author.last is not None and seq > author.last:
                author.expected = seq
                self.mend(name)

    async def resume(self, starts):
        """Replays channels until each is complete, or is told as a gap."""
        todo = [{"channel": name, "since": since} for name, since in starts.items()]
        failures = 0
        while todo:
            answer = await self.request(action="resume", channels=todo)
            for event in answer.get("events", []):
                self.take(event)
            parts, rest = {part["channel"]: part for part in answer.get("parts", [])}, []
            for one in todo:
                part = parts.get(one["channel"])
                if part is None or "error" in part:
                    failures += 1
                    rest.append(one)
                elif "next" in part:
                    rest.append({**one, "page": part["next"]})
                else:
                    self.complete(one["channel"], part.get("gap", False))
            if failures > 5 * len(starts):
                for one in rest:
                    self.complete(one["channel"], True)
                return
            todo = rest

    def complete(self, name, is_gap):
        self.whole.add(name)
        self.marks[name] = max(self.marks[name], self.seen.pop(name, ""))
        self.sure[name] = self.marks[name]
        if is_gap:
            self.tell({"gap": {"channel": name}})

    async def listen(self):
        while True:
            frame = json.loads(await self.socket.receive())
            self.heard_at = time.monotonic()
            kind, code = frame.get("type"), frame.get("code")
            if code in ("replaced", "signed_out", "not_connected", "login_expired"):
                raise Lost(code, code in ("replaced", "signed_out"))
            if kind is None and len(self.asked) == 1:
                next(iter(self.asked.values())).set_result({"type": "error", "code": "internal_error"})
            elif frame.get("id") in self.asked:
                if not self.asked[frame["id"]].done():
                    self.asked[frame["id"]].set_result(frame)
            elif kind == "events":
                for event in frame["events"]:
                    self.take(event)
            elif kind == "gap":
                self.sources = None
                self.tell({"gap": {"channel": frame["channel"]}})
            elif kind == "relation":
                self.sources = None
                self.timeline.discard(frame["author"])
                self.tell({"relation": {name: frame[name] for name in ("author", "follows", "muted")}})

    def take(self, event):
        name, seq = event["author"], event["seq"]
        author = self.authors.setdefault(name, Author())
        for channel in event["channels"]:
            if channel in self.channels:
                marks = self.marks if channel in self.whole else self.seen
                marks[channel] = max(marks.get(channel, ""), event["thoughtId"])
        if "timeline" in event["channels"]:
            self.timeline.add(name)
        if author.last is not None and seq <= author.last:
            if self.version(event) > self.versions.get(event["thoughtId"], 0):
                self.versions[event["thoughtId"]] = self.version(event)
                self.tell({"gap": {"author": name}})
            return
        author.held[seq] = event
        self.drain(author)
        if author.held:
            self.mend(name)

    def drain(self, author):
        while (event := author.held.pop((author.last or 0) + 1, None)) is not None:
            self.give(author, event)

    def give(self, author, event):
        author.last, author.last_at = event["seq"], event["at"]
        self.versions[event["thoughtId"]] = max(self.version(event), self.versions.get(event["thoughtId"], 0))
        self.tell({"event": event})

    def mend(self, name):
        author = self.authors[name]
        if not author.mending:
            author.mending = True
            asyncio.create_task(self.mend_hole(name, author)).add_done_callback(lambda task: task.cancelled() or task.exception())

    async def mend_hole(self, name, author):
        try:
            if author.last is None:
                await self.wait(0.2)
                await self.live.wait()
                if author.last is None and author.held:
                    author.last = min(author.held) - 1
                self.drain(author)
            before, tries = author.last, 0
            while author.held or author.expected > (author.last or 0):
                tries = tries if author.last == before else 0
                before = author.last
                await self.wait(2**tries * random.uniform(0.75, 1.25))
                await self.live.wait()
                if author.last != before:
                    continue
                wanted = [f"author:{name}", *(["timeline"] if name in self.timeline else []), "all"]
                channel = next((one for one in wanted if one in self.channels), None)
                if channel:
                    try:
                        await self.resume({channel: self.sure[channel]})
                    except (Lost, asyncio.CancelledError, ConnectionError):
                        continue
                    if author.last != before:
                        continue
                tries += 1
                if channel is None or tries > 2 or self.explained(author):
                    self.let_go(name, author, channel is not None and not self.explained(author))
        finally:
            author.mending = False

    def explained(self, author):
        missing = max([author.expected, *author.held]) - author.last - len(author.held)
        return missing <= sum(self.replaced(author, event) for event in author.held.values())

    def replaced(self, author, event):
        known = self.versions.get(event["thoughtId"])
        if known:
            return max(0, self.version(event) - known - 1)
        made = int(event["thoughtId"].replace("-", "")[:12], 16) / 1000
        return self.version(event) - 1 if made > self.time_of(author.last_at) else 0

    def let_go(self, name, author, is_loss):
        if is_loss:
            self.tell({"gap": {"author": name}})
        for seq in sorted(author.held):
            self.give(author, author.held.pop(seq))
        author.last = max(author.last, author.expected)

    @staticmethod
    def version(event):
        return int(event["id"].rsplit(":", 1)[1])

    @staticmethod
    def time_of(text):
        from datetime import datetime
        return datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp() if text else 0.0


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url")
    parser.add_argument("tickets", help="the address of POST /tickets")
    parser.add_argument("--token", default="")
    parser.add_argument("--channel", action="append", default=[])
    parser.add_argument("--speed", type=float, default=1.0, help="so many times shorter is every wait")
    options = parser.parse_args()

    def ticket():
        request = urllib.request.Request(options.tickets, method="POST", headers={"authorization": f"Bearer {options.token}"})
        try:
            with urllib.request.urlopen(request, timeout=7) as answer:
                return json.load(answer)["ticket"]
        except urllib.error.HTTPError as error:
            raise Lost(f"no ticket: {error.code}", error.code in (401, 403))

    def tell(what):
        print(json.dumps(what), flush=True)

    asyncio.run(Client(options.url, ticket, options.channel, tell, options.speed).run())


if __name__ == "__main__":
    sys.exit(main())

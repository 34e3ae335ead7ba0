"""As much of RFC 6455 as a client needs, with nothing but the standard library: https://www.rfc-editor.org/rfc/rfc6455"""
import asyncio, base64, os, ssl, struct, urllib.parse


class Closed(Exception):
    """The connection was closed with this code."""

    def __init__(self, code):
        super().__init__(f"closed: {code}")
        self.code = code


class WebSocket:
    @classmethod
    async def open(cls, url, protocol):
        self, at = cls(), urllib.parse.urlparse(url)
        secure = ssl.create_default_context() if at.scheme == "wss" else None
        port = at.port or (443 if secure else 80)
        self.reader, self.writer = await asyncio.open_connection(at.hostname, port, ssl=secure, limit=2**20)
        key = base64.b64encode(os.urandom(16)).decode()
        self.writer.write((f"GET {at.path or '/'}?{at.query} HTTP/1.1\r\nHost: {at.netloc}\r\nUpgrade: websocket\r\n"
                           f"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n"
                           f"Sec-WebSocket-Protocol: {protocol}\r\n\r\n").encode())
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode().lower()
        if " 101 " not in head.split("\r\n")[0] or f"sec-websocket-protocol: {protocol}" not in head:
            self.writer.close()
            raise ConnectionError("the handshake was refused")
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
                raise Closed(int.from_bytes(data[:2], "big") if data else 1005)
            if first & 15 == 9:
                self.send(data, 10)
            elif first & 15 < 3:
                message += data
                if first & 0x80:
                    return message

    def close(self):
        self.writer.close()

"""As much of RFC 6455 as a client needs: https://www.rfc-editor.org/rfc/rfc6455"""

import asyncio
import base64
import os
import ssl
import struct
import urllib.parse


class Closed(ConnectionError):
    """The connection has ended: `args[0]` is the code of its close, or another reason."""


class WebSocket:
    @classmethod
    async def open(cls, url, protocol):
        self, at = cls(), urllib.parse.urlparse(url)
        secure = ssl.create_default_context() if at.scheme == "wss" else None
        port = at.port or (443 if secure else 80)
        self.reader, self.writer = await asyncio.open_connection(at.hostname, port, ssl=secure)
        request = (
            f"GET {at.path or '/'}?{at.query} HTTP/1.1",
            f"Host: {at.netloc}",
            "Upgrade: websocket",
            "Connection: Upgrade",
            "Sec-WebSocket-Version: 13",
            f"Sec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}",
            f"Sec-WebSocket-Protocol: {protocol}",
        )
        self.writer.write("\r\n".join([*request, "", ""]).encode())
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode().lower()
        if " 101 " not in head.split("\r\n")[0] or f"sec-websocket-protocol: {protocol}" not in head:
            self.writer.close()
            raise Closed("refused")
        return self

    def send(self, text):
        self.write(1, text.encode())

    def write(self, opcode, data):
        mask = os.urandom(4)
        size = struct.pack(">B", 0x80 | len(data)) if len(data) < 126 else struct.pack(">BH", 0xFE, len(data))
        masked = bytes(byte ^ mask[at % 4] for at, byte in enumerate(data))
        self.writer.write(bytes([0x80 | opcode]) + size + mask + masked)

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
                self.write(10, data)
            elif first & 15 < 3:
                message += data
                if first & 0x80:
                    return message.decode()

    def close(self):
        self.writer.close()

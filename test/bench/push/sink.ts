import { createServer, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { generate } from 'selfsigned';

/**
 * What answers pushes in the bench, in a process of its own: a gateway that takes any request, as fast as it can.
 * It tells its parent its two ports and its certificate.
 */
const ANSWER = Buffer.from(
  [
    'HTTP/1.1 200 OK',
    'Date: Thu, 01 Jan 2026 00:00:00 GMT',
    'Content-Type: application/json',
    'Content-Length: 0',
    'Connection: keep-alive',
    'x-amzn-RequestId: 6f3c1b1e-4f0a-4a59-9a9b-0c6f5a7d1e11',
    'x-amz-apigw-id: AbCdEfGhIjKlMnO=',
    '\r\n',
  ].join('\r\n'),
);
const HEAD_END = '\r\n\r\n';

const serve = (socket: Socket): void => {
  let text = '';
  socket.setNoDelay(true);
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk) => {
    text += chunk.toString('latin1');
    for (;;) {
      const headEnd = text.indexOf(HEAD_END);
      if (headEnd < 0) return;
      const bytes = Number(/\r\ncontent-length: *(\d+)/i.exec(text.slice(0, headEnd))?.[1] ?? 0);
      const end = headEnd + HEAD_END.length + bytes;
      if (text.length < end) return;
      text = text.slice(end);
      socket.write(ANSWER);
    }
  });
};

const { cert, private: key } = await generate([{ name: 'commonName', value: 'localhost' }], {
  keyType: 'ec',
  extensions: [{ name: 'subjectAltName', altNames: [{ type: 2, value: 'localhost' }] }],
});
const servers = [createServer(serve), createTlsServer({ key, cert }, serve)];
const ports = await Promise.all(
  servers.map(
    (server) =>
      new Promise<number>((resolve) =>
        server.listen(0, '127.0.0.1', () => {
          const address = server.address();
          resolve(typeof address === 'object' && address ? address.port : 0);
        }),
      ),
  ),
);
process.send?.({ http: ports[0], https: ports[1], certificate: cert });
process.once('disconnect', () => process.exit());

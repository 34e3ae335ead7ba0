import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

/** A push on plain sockets: kept alive, one request at a time on each, nothing signed, answers taken unread as `data` events. */
export class BareSockets {
  readonly #sockets: Socket[] = [];

  static async open(url: URL, ca: string, count: number): Promise<BareSockets> {
    const bare = new BareSockets();
    for (let n = 0; n < count; n++) {
      const target = { host: '127.0.0.1', port: Number(url.port), noDelay: true };
      const isTls = url.protocol === 'https:';
      const socket = isTls ? connectTls({ ...target, servername: 'localhost', ca }) : connectTcp(target);
      await new Promise((resolve, reject) =>
        socket.once(isTls ? 'secureConnect' : 'connect', resolve).once('error', reject),
      );
      bare.#sockets.push(socket);
    }
    return bare;
  }

  /** Sends each connection the frame, on whatever socket is free. */
  async push(connectionIds: string[], frame: string): Promise<void> {
    const tail = ` HTTP/1.1\r\nhost: localhost\r\ncontent-length: ${Buffer.byteLength(frame)}\r\n\r\n${frame}`;
    let next = 0;
    await Promise.all(
      this.#sockets.map(
        (socket) =>
          new Promise<void>((resolve) => {
            const send = () => {
              const connectionId = connectionIds[next++];
              if (connectionId !== undefined)
                return socket.write(`POST /@connections/${connectionId}${tail}`, 'latin1');
              socket.off('data', send);
              resolve();
            };
            socket.on('data', send);
            send();
          }),
      ),
    );
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy();
  }
}

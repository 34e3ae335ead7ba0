import { createServer } from 'node:net';

/**
 * Below the ports that a kernel gives to outgoing connections, which begin at 32768 on Linux and at 49152 elsewhere: between
 * the choice of a port and its use, no outgoing connection can take it.
 * https://www.kernel.org/doc/html/latest/networking/ip-sysctl.html (ip_local_port_range)
 */
const FIRST = 10_000;
const END = 32_768;

const MAX_TRIES = 1_000;

/** A port that nothing listens on now. @param random 0 to 1 @throws Error when 1,000 ports were taken */
export const freePort = async (random: () => number = Math.random): Promise<number> => {
  for (let attempt = 0; attempt < MAX_TRIES; attempt++) {
    const port = FIRST + Math.floor(random() * (END - FIRST));
    if (await isFree(port)) return port;
  }
  throw new Error(`${MAX_TRIES} ports from ${FIRST} to ${END} were tried, and all are taken`);
};

export const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });

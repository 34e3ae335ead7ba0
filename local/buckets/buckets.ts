import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { FAILURE_BUCKET, IMAGE_BUCKET, S3_CREDENTIALS } from '../stack.ts';
import { formGuard, type Middleware } from './form-guard.ts';

/** s3rver is a Koa application. */
interface S3Server {
  readonly middleware: Middleware[];
  run(): Promise<{ port: number }>;
  close(): Promise<void>;
}

/** The same as in infrastructure/buckets.yml. */
const UPLOADS_FROM_ANYWHERE =
  '<CORSConfiguration><CORSRule><AllowedOrigin>*</AllowedOrigin><AllowedMethod>POST</AllowedMethod><AllowedHeader>*</AllowedHeader></CORSRule></CORSConfiguration>';

/** The buckets of a laptop, in a folder. */
export class Buckets {
  readonly endpoint: string;
  readonly #server: S3Server;

  private constructor(server: S3Server, endpoint: string) {
    this.#server = server;
    this.endpoint = endpoint;
  }

  /** @param dataDir where to keep the objects; a temporary folder when left out */
  static async start(port: number, dataDir?: string): Promise<Buckets> {
    const S3rver = createRequire(import.meta.url)('@20minutes/s3rver') as new (options: object) => S3Server;
    const directory = dataDir ? resolve(dataDir, 's3') : mkdtempSync(join(tmpdir(), 'deep-thoughts-s3-'));
    if (!dataDir) process.once('exit', () => rmSync(directory, { recursive: true, force: true }));
    const server = new S3rver({
      port,
      address: '127.0.0.1',
      silent: true,
      directory,
      allowMismatchedSignatures: true,
      configureBuckets: [
        { name: FAILURE_BUCKET, configs: [] },
        { name: IMAGE_BUCKET, configs: [UPLOADS_FROM_ANYWHERE] },
      ],
    });
    server.middleware.unshift(formGuard(S3_CREDENTIALS, Date.now));
    const address = await server.run();
    return new Buckets(server, `http://127.0.0.1:${address.port}`);
  }

  async stop(): Promise<void> {
    await this.#server.close();
  }
}

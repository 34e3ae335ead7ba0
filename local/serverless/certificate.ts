import { createPrivateKey, generateKeyPairSync, randomBytes, sign, X509Certificate } from 'node:crypto';

/** A self-signed certificate for `localhost`, with its key. Both in PEM. */
export interface LocalCertificate {
  key: string;
  cert: string;
}

const DAY_MS = 86_400_000;
const VALID_DAYS = 30;

/** One DER value: a tag, a length, the content. https://www.itu.int/rec/T-REC-X.690 */
const der = (tag: number, ...parts: Uint8Array[]): Buffer => {
  const content = Buffer.concat(parts);
  const { length } = content;
  if (length < 0x80) return Buffer.concat([Buffer.from([tag, length]), content]);
  const bytes = length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...bytes]), content]);
};
const sequence = (...parts: Uint8Array[]) => der(0x30, ...parts);
const set = (...parts: Uint8Array[]) => der(0x31, ...parts);
const integer = (bytes: Uint8Array) => der(0x02, bytes);
const bitString = (bytes: Uint8Array) => der(0x03, Buffer.from([0]), bytes);
const octets = (...parts: Uint8Array[]) => der(0x04, ...parts);
const oid = (hex: string) => der(0x06, Buffer.from(hex, 'hex'));
const text = (value: string) => der(0x0c, Buffer.from(value));
const time = (ms: number) => {
  const digits = new Date(ms).toISOString().replaceAll(/[-:T]|\.\d+/g, '');
  return der(0x17, Buffer.from(digits.slice(2)));
};

const ECDSA_WITH_SHA256 = sequence(oid('2a8648ce3d040302'));
const COMMON_NAME = '550403';
const BASIC_CONSTRAINTS = '551d13';
const SUBJECT_ALT_NAME = '551d11';
const IS_CA = Buffer.from([0x01, 0x01, 0xff]);

/**
 * Makes a key and a certificate for `localhost` and 127.0.0.1, valid for 30 days.
 * @see https://www.rfc-editor.org/rfc/rfc5280#section-4.1
 * @param now milliseconds since 1970
 */
export const createCertificate = (now: number): LocalCertificate => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'der' },
  });
  const serial = randomBytes(16);
  serial[0] = 1;
  const name = sequence(set(sequence(oid(COMMON_NAME), text('localhost'))));
  const names = sequence(der(0x82, Buffer.from('localhost')), der(0x87, Buffer.from([127, 0, 0, 1])));
  const extensions = sequence(
    sequence(oid(BASIC_CONSTRAINTS), IS_CA, octets(sequence(IS_CA))),
    sequence(oid(SUBJECT_ALT_NAME), octets(names)),
  );
  const body = sequence(
    der(0xa0, integer(Buffer.from([2]))),
    integer(serial),
    ECDSA_WITH_SHA256,
    name,
    sequence(time(now - DAY_MS), time(now + VALID_DAYS * DAY_MS)),
    name,
    publicKey,
    der(0xa3, extensions),
  );
  const signature = sign('sha256', body, createPrivateKey(privateKey));
  const cert = new X509Certificate(sequence(body, ECDSA_WITH_SHA256, bitString(signature))).toString();
  return { key: privateKey, cert };
};

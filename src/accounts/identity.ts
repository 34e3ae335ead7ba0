import { hash } from 'node:crypto';

/**
 * The person whom a token names: issuer and subject, the only claims that together name one person for ever. The table
 * keeps a digest of them, so that it holds no identifier of another system.
 * @see https://openid.net/specs/openid-connect-core-1_0.html#ClaimStability
 */
export const identityOf = (issuer: string, subject: string): string =>
  hash('sha256', JSON.stringify([issuer, subject]), 'base64url');

import { createHash } from 'node:crypto';

/**
 * Who a token speaks of: issuer and subject, the only two claims of a token that together name one person for ever. The
 * digest is what the table keeps, so that it holds no identifier of another system.
 * @see https://openid.net/specs/openid-connect-core-1_0.html#ClaimStability
 */
export const identityOf = (issuer: string, subject: string): string =>
  createHash('sha256')
    .update(JSON.stringify([issuer, subject]))
    .digest('base64url');

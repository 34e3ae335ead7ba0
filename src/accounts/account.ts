/** A login (issuer and subject of the token) and its handle. */
export interface Account {
  handle: string;
  /** Set while the account is being erased, in milliseconds since 1970. */
  erasingSince?: number | undefined;
}

/** A login, and the handle under which others know the person. */
export interface Account {
  handle: string;
  /** Set while the account is being erased, in milliseconds since 1970. */
  erasingSince?: number | undefined;
}

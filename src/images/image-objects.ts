/** The objects of the image bucket. */
export interface ImageObjects {
  /** Signs a form that uploads one object: this key, this type, at most this many bytes. */
  form(upload: FormRequest): Promise<{ url: string; fields: Record<string, string> }>;
  /** @returns `undefined` when there is no such object */
  get(key: string): Promise<Buffer | undefined>;
  /** Stores an object. It expires after three days unless `keep` is called. */
  putUnused(key: string, bytes: Buffer, contentType: string): Promise<void>;
  /** Ends the expiry of an object. A missing object is no error. */
  keep(key: string): Promise<void>;
  /** Deletes objects. A missing object is no error. */
  remove(keys: string[]): Promise<void>;
  /** @returns at most 1,000 keys that begin with the prefix */
  list(prefix: string): Promise<string[]>;
}

export interface FormRequest {
  key: string;
  contentType: string;
  maxBytes: number;
  seconds: number;
}

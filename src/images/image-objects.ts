/** The objects of the image bucket. */
export interface ImageObjects {
  /** A form that uploads an object under this key, of this type and of at most so many bytes. */
  form(upload: FormRequest): Promise<{ url: string; fields: Record<string, string> }>;
  /** `undefined`: there is none. */
  get(key: string): Promise<Buffer | undefined>;
  /** Stores an object that goes by itself after three days, unless it is kept. */
  putUnused(key: string, bytes: Buffer, contentType: string): Promise<void>;
  /** One that is not there is passed by. */
  keep(key: string): Promise<void>;
  /** Twice is once. */
  remove(keys: string[]): Promise<void>;
  /** At most 1,000 keys. */
  list(prefix: string): Promise<string[]>;
}

export interface FormRequest {
  key: string;
  contentType: string;
  maxBytes: number;
  seconds: number;
}

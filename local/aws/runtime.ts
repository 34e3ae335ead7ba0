/** What surrounds the laptop's AWS: a real clock or a virtual one, real chance or a seeded one. */
export interface Runtime {
  /** Milliseconds since 1970. */
  now(): number;
  sleep(ms: number): Promise<void>;
  /** In [0, 1). */
  random(): number;
  /** A fresh unique id. */
  newId(): string;
}

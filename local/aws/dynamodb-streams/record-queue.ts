/** A record as it is handed out: its JSON. */
export interface KeptRecord {
  /** Rises from record to record over all streams. */
  sequence: number;
  /** Milliseconds since 1970. */
  at: number;
  json: string;
}

/** Records in their order: added at the end, dropped from the front. */
export class RecordQueue {
  #records: KeptRecord[] = [];
  #head = 0;
  #size = 0;

  /** How many there are. */
  get count(): number {
    return this.#records.length - this.#head;
  }

  /** The characters of all of them. */
  get size(): number {
    return this.#size;
  }

  get first(): KeptRecord | undefined {
    return this.#records[this.#head];
  }

  push(record: KeptRecord): void {
    this.#records.push(record);
    this.#size += record.json.length;
  }

  /** Drops the first one. */
  shift(): void {
    const first = this.first;
    if (!first) return;
    this.#size -= first.json.length;
    this.#records[this.#head] = GONE;
    this.#head++;
    if (this.#head < 1_024 || this.#head * 2 < this.#records.length) return;
    this.#records = this.#records.slice(this.#head);
    this.#head = 0;
  }

  /** From the first record on whose sequence is not below this one. */
  *from(sequence: number): Generator<KeptRecord> {
    let [low, high] = [this.#head, this.#records.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#records[middle]?.sequence ?? 0) < sequence) low = middle + 1;
      else high = middle;
    }
    for (let at = low; at < this.#records.length; at++) yield this.#records[at] as KeptRecord;
  }
}

const GONE: KeptRecord = { sequence: 0, at: 0, json: '' };

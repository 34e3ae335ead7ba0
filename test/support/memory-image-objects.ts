import type { FormRequest, ImageObjects } from '../../src/images/image-objects.ts';

interface Stored {
  bytes: Buffer;
  contentType: string;
  isUnused: boolean;
}

/** The image bucket in memory. */
export class MemoryImageObjects implements ImageObjects {
  readonly objects = new Map<string, Stored>();
  readonly forms: FormRequest[] = [];

  async form(upload: FormRequest) {
    this.forms.push(upload);
    return { url: 'https://bucket.example', fields: { key: upload.key } };
  }

  /** What somebody does with a form. */
  submit(key: string, bytes: Buffer): void {
    const form = this.forms.find((one) => one.key === key);
    if (!form) throw new Error(`No form is for ${key}`);
    this.objects.set(key, { bytes, contentType: form.contentType, isUnused: false });
  }

  async get(key: string) {
    return this.objects.get(key)?.bytes;
  }

  async putUnused(key: string, bytes: Buffer, contentType: string) {
    this.objects.set(key, { bytes, contentType, isUnused: true });
  }

  async keep(key: string) {
    const stored = this.objects.get(key);
    if (stored) stored.isUnused = false;
  }

  async remove(keys: string[]) {
    for (const key of keys) this.objects.delete(key);
  }

  async list(prefix: string) {
    return [...this.objects.keys()].filter((key) => key.startsWith(prefix)).sort();
  }
}

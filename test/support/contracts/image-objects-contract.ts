import { describe, expect, it } from 'vitest';
import type { ImageObjects } from '../../../src/images/image-objects.ts';

/** What holds of the image bucket, wherever it is. */
export const imageObjectsContract = (name: string, make: () => ImageObjects) => {
  describe(`the image objects of ${name}`, () => {
    const some = Buffer.from([0, 255, 10, 13]);

    it('are read as they were last stored', async () => {
      const objects = make();
      await objects.putUnused('read/1.png', Buffer.from('before'), 'image/png');
      await objects.putUnused('read/1.png', some, 'image/png');
      expect(await objects.get('read/1.png')).toEqual(some);
      expect(await objects.get('read/2.png')).toBeUndefined();
    });

    it('are listed by the beginning of their keys, and by nothing else', async () => {
      const objects = make();
      for (const key of ['list/1.png', 'list/2.png', 'list_2/1.png', 'other/list/1.png']) {
        await objects.putUnused(key, some, 'image/png');
      }
      expect(await objects.list('list/')).toEqual(['list/1.png', 'list/2.png']);
      expect(await objects.list('none/')).toEqual([]);
    });

    it('are removed, and a missing one is no error', async () => {
      const objects = make();
      for (const key of ['gone/1.png', 'gone/2.png', 'gone/3.png']) await objects.putUnused(key, some, 'image/png');
      await objects.remove(['gone/1.png', 'gone/2.png']);
      await objects.remove(['gone/1.png']);
      await objects.remove([]);
      await objects.keep('gone/1.png');
      await objects.keep('gone/3.png');
      expect(await objects.list('gone/')).toEqual(['gone/3.png']);
    });
  });
};

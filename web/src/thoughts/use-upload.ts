import { useMutation } from '@tanstack/react-query';
import { useApp } from '../app-context.ts';

export const IMAGE_TYPES = ['image/png', 'image/jpeg', 'image/gif', 'image/webp'] as const;
type ImageType = (typeof IMAGE_TYPES)[number];

const isImageType = (type: string): type is ImageType => (IMAGE_TYPES as readonly string[]).includes(type);

/** Uploads an image to the bucket. Its answer is what to give as `image` when posting. */
export const useUpload = () => {
  const { api } = useApp();
  return useMutation({
    mutationFn: async (file: File): Promise<string> => {
      if (!isImageType(file.type)) throw new Error('An image is a PNG, a JPEG, a GIF or a WebP');
      const { image, url, fields, maxBytes } = await api.call('POST /images', { body: { contentType: file.type } });
      if (file.size > maxBytes) throw new Error(`An image has at most ${Math.floor(maxBytes / 1024 ** 2)} MB`);
      const form = new FormData();
      for (const [name, value] of Object.entries(fields)) form.set(name, value);
      form.set('file', file);
      const response = await fetch(url, { method: 'POST', body: form });
      if (!response.ok) throw new Error('The image could not be uploaded');
      return image;
    },
  });
};

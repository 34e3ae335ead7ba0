import { type ImageStore, ImageUpload, NewImage } from '../../images/image-store.ts';
import { route } from '../route.ts';

interface Dependencies {
  images: ImageStore;
}

export const imageRoutes = ({ images }: Dependencies) => ({
  'POST /images': route({
    summary: 'A form that uploads an image for a thought',
    auth: 'user',
    limit: 'images',
    body: NewImage,
    responses: { 201: ImageUpload },
    async handle({ body }, { username }) {
      return { status: 201, body: await images.upload(username, body) };
    },
  }),
});

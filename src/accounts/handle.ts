import * as z from 'zod/mini';
import { Username } from '../users/username.ts';

/** Names that speak for the service, that mean something in a URL, or that name a property of every object. */
const RESERVED = new Set(
  (
    'about abuse account accounts admin administrator all anonymous api auth constructor conversations deep_thoughts deleted erased ' +
    'deepthoughts docs everybody everyone help hostmaster images info login logout mail moderator nobody noreply null ' +
    'official owner postmaster prototype __proto__ root security settings signup staff static status support system ' +
    'thoughts tickets timeline topics undefined unknown users webmaster www'
  ).split(' '),
);

/** A name that an account can take: a username that is not reserved. */
export const Handle = Username.check(
  z.refine((name) => !RESERVED.has(name), 'is reserved'),
  z.meta({ description: 'The name that others see; chosen once', examples: ['alice'] }),
);

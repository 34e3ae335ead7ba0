import * as z from 'zod/mini';
import type { ExportReader } from '../../erasure/export-reader.ts';
import { decodeCursor, encodeCursor } from '../../keys/cursors.ts';
import { Problem } from '../problems.ts';
import { route } from '../route.ts';

interface Dependencies {
  exports: ExportReader;
}

const Query = z.strictObject({ cursor: z.optional(z.string().check(z.maxLength(500))) });

export const exportRoutes = ({ exports }: Dependencies) => ({
  'GET /users/me/export': route({
    summary: 'Everything that is kept of oneself, as JSON lines; the next page is in the header `Link`',
    auth: 'user',
    limit: 'exports',
    query: Query,
    responses: { 200: 'One JSON object a line, each with its `type`' },
    problems: ['invalid_cursor'],
    async handle({ query }, { username }) {
      const list = `export of ${username}`;
      const decoded = query.cursor === undefined ? undefined : decodeCursor(list, query.cursor);
      if (decoded?.kind === 'invalid') throw new Problem('invalid_cursor');
      const page = await exports.page(username, decoded?.position);
      if (!page) throw new Problem('invalid_cursor');
      const { lines, next } = page;
      const link = next && `</users/me/export?cursor=${encodeURIComponent(encodeCursor(list, next))}>; rel="next"`;
      const headers = { 'content-type': 'application/x-ndjson', 'cache-control': 'no-store', ...(link && { link }) };
      return { status: 200, body: lines.map((line) => `${JSON.stringify(line)}\n`).join(''), headers };
    },
  }),
});

import { z } from '@banknote-loop/shared';
import { HttpError, type Media, type Reply, type Request, route } from '@banknote-loop/shared/http';
import { publicFile } from './public-files.ts';

const always = 'public, max-age=31536000, immutable';
const askAgain = 'no-cache';

export const pages = [
  page('/', 'index.html', 'text/html', 'The page.'),
  page('/docs', 'docs.html', 'text/html', 'This documentation, in which requests can be tried.'),
  page('/openapi.json', 'openapi.json', 'application/json', 'This documentation as OpenAPI 3.1.'),
  page(
    '/topology',
    'topology.json',
    'application/json',
    'Every function: what triggers it, where it publishes.',
  ),
  route({
    method: 'GET',
    path: '/assets/{name}',
    summary: 'A part of the page. Its name holds a hash of its content, so it may be kept for ever.',
    scope: 'open',
    params: z.object({ name: z.string() }),
    handle: async ({ params: { name } }, request: Request) => serve(name, always, request),
  }),
];

function page(path: `/${string}`, file: string, media: Media, summary: string) {
  return route({
    method: 'GET',
    path,
    summary,
    scope: 'open',
    answers: { 200: media },
    handle: async (_input, request: Request) => serve(file, askAgain, request),
  });
}

function serve(name: string, cacheControl: string, { headers }: Request): Reply {
  const file = publicFile(name);
  if (!file) throw new HttpError(404, `There is no file ${name}.`);
  const { type, etag, content, brotli } = file;
  const common = { etag, 'cache-control': cacheControl, vary: 'accept-encoding' };
  if (headers['if-none-match'] === etag) return { status: 304, headers: common, content: '' };
  const accepted = headers['accept-encoding'] ?? '';
  const compressed = brotli && /\bbr\b/.test(String(accepted));
  const encoding: Record<string, string> = compressed ? { 'content-encoding': 'br' } : {};
  return {
    headers: { ...common, ...encoding, 'content-type': type },
    content: compressed ? brotli : content,
  };
}

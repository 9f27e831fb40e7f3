import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { z } from '@banknote-loop/shared';
import { HttpError, type Media, type Request, route } from '@banknote-loop/shared/http';

const always = 'public, max-age=31536000, immutable';
const askAgain = 'no-cache';

export function pages() {
  const files = readOnce();
  return [
    page(files, '/', 'index.html', 'text/html', 'The page.'),
    page(files, '/docs', 'docs.html', 'text/html', 'This documentation, in which requests can be tried.'),
    page(files, '/openapi.json', 'openapi.json', 'application/json', 'This documentation as OpenAPI 3.1.'),
    page(
      files,
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
      answer: '*/*',
      // The pages themselves are in the same folder, under names that stay while their content changes.
      handle: async ({ params: { name } }, request: Request) =>
        serve(files(), name, /\.(js|css|svg)$/.test(name) ? always : askAgain, request),
    }),
  ];
}

function page(files: () => PublicFiles, path: `/${string}`, name: string, media: Media, summary: string) {
  return route({
    method: 'GET',
    path,
    summary,
    scope: 'open',
    answer: media,
    handle: async (_input, request: Request) => serve(files(), name, askAgain, request),
  });
}

function serve(files: PublicFiles, name: string, cacheControl: string, { headers }: Request) {
  const file = files.get(name);
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

type PublicFiles = ReadonlyMap<string, PublicFile>;

interface PublicFile {
  readonly type: string;
  readonly etag: string;
  readonly content: Buffer;
  /** The same, compressed; only of what becomes smaller by it. */
  readonly brotli: Buffer | undefined;
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.json': 'application/json; charset=utf-8',
};

/** The build puts them beside the bundle. */
const folder = join(import.meta.dirname, 'public');

/** The files of the page are read when the first is asked for, and kept: together they are smaller than a batch of notes. */
function readOnce(): () => PublicFiles {
  let files: PublicFiles | undefined;
  return () => {
    files ??= readAll();
    return files;
  };
}

function readAll(): PublicFiles {
  const names = readdirSync(folder).filter(name => extname(name) in types);
  return new Map(names.map(name => [name, readOne(name)]));
}

function readOne(name: string): PublicFile {
  const content = readFileSync(join(folder, name));
  const etag = `"${createHash('sha256').update(content).digest('base64url').slice(0, 20)}"`;
  return { type: types[extname(name)] ?? '', etag, content, brotli: readIfThere(`${name}.br`) };
}

function readIfThere(name: string): Buffer | undefined {
  try {
    return readFileSync(join(folder, name));
  } catch {
    return undefined;
  }
}

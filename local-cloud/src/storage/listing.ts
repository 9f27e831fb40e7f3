import { invalid, notImplemented } from './storage-error.ts';

const maximumPage = 1000;

export interface ListingQuery {
  readonly prefix: string;
  readonly delimiter: string;
  readonly startOffset: string;
  readonly endOffset: string | undefined;
  /** The last name or prefix of the page before. */
  readonly after: string | undefined;
  readonly maxResults: number;
}

export interface Listing<Item> {
  readonly items: Item[];
  readonly prefixes: string[];
  readonly nextPageToken?: string;
}

export function parseListingQuery(query: URLSearchParams): ListingQuery {
  if (query.has('matchGlob')) {
    throw notImplemented('The local object store does not list by matchGlob. List by prefix and delimiter.');
  }
  const token = query.get('pageToken');
  const maxResults = Number(query.get('maxResults') ?? maximumPage);
  if (!(maxResults >= 1))
    throw invalid('maxResults is not a positive number. Leave it out for pages of 1000.');
  return {
    prefix: query.get('prefix') ?? '',
    delimiter: query.get('delimiter') ?? '',
    startOffset: query.get('startOffset') ?? '',
    endOffset: query.get('endOffset') ?? undefined,
    after: token === null ? undefined : Buffer.from(token, 'base64url').toString(),
    maxResults: Math.min(maxResults, maximumPage),
  };
}

/** One page of the items, which are in order of their names, with "folders" for names that hold the delimiter. */
export function listPage<Item extends { readonly name: string }>(
  all: readonly Item[],
  query: ListingQuery,
): Listing<Item> {
  const entries = new Map<string, Item | undefined>();
  for (const item of all) {
    if (!isWanted(item.name, query)) continue;
    const folder = folderOf(item.name, query);
    const key = folder ?? item.name;
    if (query.after !== undefined && key <= query.after) continue;
    if (entries.size === query.maxResults && !entries.has(key)) return page(entries, true);
    entries.set(key, folder === undefined ? item : undefined);
  }
  return page(entries, false);
}

function isWanted(name: string, { prefix, startOffset, endOffset }: ListingQuery): boolean {
  return name.startsWith(prefix) && name >= startOffset && (endOffset === undefined || name < endOffset);
}

function folderOf(name: string, { prefix, delimiter }: ListingQuery): string | undefined {
  const end = delimiter === '' ? -1 : name.indexOf(delimiter, prefix.length);
  return end === -1 ? undefined : name.slice(0, end + delimiter.length);
}

function page<Item>(entries: ReadonlyMap<string, Item | undefined>, hasMore: boolean): Listing<Item> {
  const items = [...entries.values()].filter(item => item !== undefined);
  const prefixes = [...entries].filter(([, item]) => item === undefined).map(([key]) => key);
  const last = [...entries.keys()].at(-1);
  return hasMore && last !== undefined
    ? { items, prefixes, nextPageToken: Buffer.from(last).toString('base64url') }
    : { items, prefixes };
}

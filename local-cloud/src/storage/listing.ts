import { globPattern } from './glob.ts';
import { invalid } from './storage-error.ts';

const maximumPage = 1000;

export interface ListingQuery {
  readonly prefix: string;
  readonly delimiter: string;
  readonly startOffset: string;
  readonly endOffset: string | undefined;
  readonly pattern: RegExp | undefined;
  /** Names that end in the delimiter are listed beside the "folder" that they stand for. */
  readonly includesTrailing: boolean;
  /** Former versions are listed, too. */
  readonly versions: boolean;
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
  const token = query.get('pageToken');
  const maxResults = Number(query.get('maxResults') ?? maximumPage);
  if (!(maxResults >= 1))
    throw invalid('maxResults is not a positive number. Leave it out for pages of 1000.');
  return {
    prefix: query.get('prefix') ?? '',
    delimiter: query.get('delimiter') ?? '',
    startOffset: query.get('startOffset') ?? '',
    endOffset: query.get('endOffset') ?? undefined,
    pattern: query.has('matchGlob') ? globPattern(query.get('matchGlob') ?? '') : undefined,
    versions: isSet(query, 'versions'),
    includesTrailing: isSet(query, 'includeTrailingDelimiter'),
    after: token === null ? undefined : Buffer.from(token, 'base64url').toString(),
    maxResults: Math.min(maxResults, maximumPage),
  };
}

/** gcloud, which is written in Python, says True. */
function isSet(query: URLSearchParams, name: string): boolean {
  return query.get(name)?.toLowerCase() === 'true';
}

interface Listed {
  readonly name: string;
  readonly generation?: number;
}

/** One page of the items, which are in order of their names, with "folders" for names that hold the delimiter. */
export function listPage<Item extends Listed>(all: readonly Item[], query: ListingQuery): Listing<Item> {
  const entries = new Map<string, Item | undefined>();
  for (const item of all) {
    if (!isWanted(item.name, query)) continue;
    for (const [key, entry] of entriesOf(item, query)) {
      if (query.after !== undefined && key <= query.after) continue;
      if (entries.size === query.maxResults && !entries.has(key)) return page(entries, true);
      entries.set(key, entry);
    }
  }
  return page(entries, false);
}

/** What an item adds to the list: itself, the "folder" that it is in, or both. */
function entriesOf<Item extends Listed>(item: Item, query: ListingQuery): [key: string, Item | undefined][] {
  const folder = folderOf(item.name, query);
  // Zero sorts before whatever a longer name could go on with.
  const key = query.versions ? `${item.name}\0${item.generation}` : item.name;
  if (folder === undefined) return [[key, item]];
  const isItself = query.includesTrailing && folder === item.name;
  return isItself
    ? [
        [folder, undefined],
        [`${key}\0`, item],
      ]
    : [[folder, undefined]];
}

function isWanted(name: string, { prefix, startOffset, endOffset, pattern }: ListingQuery): boolean {
  if (pattern !== undefined && !pattern.test(name)) return false;
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

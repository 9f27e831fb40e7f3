import { invalidArgument } from './rpc-error.ts';

const largestPage = 1000;

interface PageRequest {
  readonly pageSize?: number | null | undefined;
  readonly pageToken?: string | null | undefined;
}

/** One page of a list, in the order of the names; the token is the last name of the page before. */
export function pageOf<Item>(
  items: readonly Item[],
  nameOf: (item: Item) => string,
  { pageSize, pageToken }: PageRequest,
): { readonly page: Item[]; readonly nextPageToken: string } {
  if ((pageSize ?? 0) < 0) throw invalidArgument(`Invalid page_size: ${pageSize}. It cannot be negative.`);
  const size = Math.min(pageSize || largestPage, largestPage);
  const rest = items
    .filter(item => nameOf(item) > (pageToken ?? ''))
    .sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
  const page = rest.slice(0, size);
  const last = page.at(-1);
  return { page, nextPageToken: rest.length > size && last !== undefined ? nameOf(last) : '' };
}

import fc from 'fast-check';
import { type Listing, listPage, parseListingQuery } from './listing.ts';

type Page = Listing<{ readonly name: string }>;

function allPages(names: readonly string[], parameters: Record<string, string>): Page[] {
  const items = names.map(name => ({ name }));
  const pages: Page[] = [];
  let token: string | undefined;
  do {
    const query = new URLSearchParams({ ...parameters, ...(token !== undefined && { pageToken: token }) });
    const page = listPage(items, parseListingQuery(query));
    pages.push(page);
    token = page.nextPageToken;
  } while (token !== undefined);
  return pages;
}

it('lists the same entries whatever the size of the pages', () => {
  const name = fc.string({ unit: fc.constantFrom('a', 'b', '/'), minLength: 1, maxLength: 6 });
  const sortedNames = fc.uniqueArray(name, { maxLength: 30 }).map(names => names.sort());
  fc.assert(
    fc.property(
      sortedNames,
      fc.constantFrom('', 'a', 'a/'),
      fc.constantFrom('', '/'),
      fc.integer({ min: 1, max: 5 }),
      (names, prefix, delimiter, size) => {
        const [whole] = allPages(names, { prefix, delimiter });
        const pages = allPages(names, { prefix, delimiter, maxResults: String(size) });
        expect(pages.flatMap(({ items }) => items)).toEqual(whole?.items);
        expect(pages.flatMap(({ prefixes }) => prefixes)).toEqual(whole?.prefixes);
        for (const page of pages) expect(page.items.length + page.prefixes.length).toBeLessThanOrEqual(size);
      },
    ),
  );
});

it('refuses what it cannot list by', () => {
  expect(() => parseListingQuery(new URLSearchParams('maxResults=none'))).toThrow('maxResults');
});

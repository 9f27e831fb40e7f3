import { invalidArgument } from '../rpc/rpc-error.ts';

/** What can be asked of an item: its name, and its other fields as text. */
export interface Filterable {
  readonly name: string;
  readonly fields: Readonly<Record<string, string | undefined>>;
}

interface PageRequest {
  readonly pageSize: number;
  readonly pageToken: string;
  readonly filter: string;
}

const largestPage = 25_000;
const term = /^(?<not>-|NOT\s+)?(?<field>[\w.-]+)(?<operator>[:=])"?(?<value>[^"]*)"?$/;

/** One page of the items that pass the filter; the token says where the next one begins. */
export function pageOf<Item>(
  all: readonly Item[],
  describe: (item: Item) => Filterable,
  { pageSize, pageToken, filter }: PageRequest,
) {
  if (pageSize < 0) throw invalidArgument(`Invalid page_size: ${pageSize}. It cannot be negative.`);
  const start = pageToken === '' ? 0 : Number(pageToken);
  if (!Number.isInteger(start)) throw invalidArgument('The page_token is not one that was answered here.');
  const matches = parseFilter(filter);
  const items = all.filter(item => matches(describe(item)));
  const end = start + Math.min(pageSize || largestPage, largestPage);
  return {
    page: items.slice(start, end),
    nextPageToken: end < items.length ? String(end) : '',
    totalSize: items.length,
  };
}

/** `name:part`, `labels.key=value`, `labels.key:*`, `state:ENABLED`, negated by NOT or a minus, joined by AND. */
function parseFilter(filter: string): (item: Filterable) => boolean {
  if (filter.trim() === '') return () => true;
  const terms = filter
    .trim()
    .split(/\s+AND\s+/)
    .map(parseTerm);
  return item => terms.every(matches => matches(item));
}

function parseTerm(text: string): (item: Filterable) => boolean {
  const { not, field, operator, value } = term.exec(text)?.groups ?? {};
  const isKnown = field === 'name' || field === 'state' || /^(labels|annotations)\./.test(field ?? '');
  if (!isKnown || field === undefined || value === undefined) {
    throw invalidArgument(
      `Invalid filter: "${text}". Write for instance name:part AND labels.key=value, or state:ENABLED.`,
    );
  }
  const holds = (actual: string | undefined) => {
    if (operator === '=') return actual === value;
    return actual !== undefined && (value === '*' || actual.includes(value));
  };
  return ({ name, fields }) => holds(field === 'name' ? name : fields[field]) === (not === undefined);
}

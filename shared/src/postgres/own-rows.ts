import type { DataSet } from '../data-set/declaration.ts';
import { encodedFeatures } from './features.ts';
import type { Read, Statement } from './sql.ts';

// The rows that came with the data set. They are read class by class in the order of their hashes, which is as good as
// any order drawn at random, and always the same one: so the first rows of it are a sample, however many there are.

/** Rows of the data set's own, each different item once, in the order of their places. */
export interface OwnRows {
  readonly count: number;
  /** Where an item stands in the order of hashes: the beginning of its hash, enough of it to tell any two apart. */
  readonly places: Float64Array;
  /** Row after row, as learners see them. */
  readonly features: Float64Array;
  readonly classes: Uint8Array;
  /** 1 for a row that judges, 0 for one that trains. */
  readonly judges: Uint8Array;
}

/** Whether an item judges, wherever a table `training` is read. */
export const judges = 'is_holdout(note_hash, (select hold_out.salt from hold_out))';

const bytesOfPlace = 8;
/** A number has room for so many bits of the eight bytes. */
const bitsDropped = 11n;

/** The number of the hash that begins with these bytes. */
export function placeOf(bytes: Buffer, at = 0): number {
  return Number(bytes.readBigUInt64BE(at) >> bitsDropped);
}

const rowsOfPage = 10_000;
const fewestOfPage = 200;
/** Of a class that has fewer rows in the sample than these, as many more are taken: a model must know what is rare, too. */
const mostOfRare = 1_000;

/** A sample of so many rows at most, and all of them where they are fewer. */
export async function readOwnRows(read: Read, dataSet: DataSet, most: number): Promise<OwnRows> {
  const classes = dataSet.label.classes.map((_, number) => new RowsOfClass(number));
  const ofRare = Math.min(mostOfRare, Math.floor(most / (2 * classes.length)));
  const page = Math.max(fewestOfPage, Math.ceil(Math.min(rowsOfPage, most) / classes.length));
  const statement = pageOfClass(dataSet);
  for (;;) {
    const next = nextToRead(classes, most, ofRare);
    if (!next) break;
    await next.readOn(read, statement, page);
  }
  return sampleOf(dataSet, classes, most, ofRare);
}

/** What has been read of one class so far. */
class RowsOfClass {
  readonly number: number;
  readonly places: number[] = [];
  readonly pages: Page[] = [];
  isComplete = false;
  #after: Buffer = Buffer.alloc(0);

  constructor(number: number) {
    this.number = number;
  }

  /** Up to this place all rows are known. */
  get knownUpTo(): number {
    return this.isComplete ? Infinity : (this.places.at(-1) ?? -1);
  }

  async readOn(read: Read, statement: Statement, count: number): Promise<void> {
    const [page] = await read<Page>(statement, [this.number, this.#after, count]);
    const found = page ? page.places.length / bytesOfPlace : 0;
    this.isComplete = found < count;
    if (!page || found === 0) return;
    for (let row = 0; row < found; row += 1) this.places.push(placeOf(page.places, row * bytesOfPlace));
    this.pages.push(page);
    // Whatever begins like the last row has the same place, and so counts as the same item.
    this.#after = Buffer.alloc(hashBytes, 0xff);
    const last = page.places.subarray(-bytesOfPlace).readBigUInt64BE();
    this.#after.writeBigUInt64BE(last | ((1n << bitsDropped) - 1n));
  }
}

const hashBytes = 32;

interface Page {
  readonly places: Buffer;
  readonly features: Buffer;
  readonly judges: Buffer;
}

function pageOfClass(dataSet: DataSet): Statement {
  const text = `
    select
      coalesce(string_agg(substr(note_hash, 1, ${bytesOfPlace}), '' order by note_hash), '') as places,
      coalesce(string_agg(${encodedFeatures(dataSet)}, '' order by note_hash), '') as features,
      coalesce(string_agg(set_byte('\\x00', 0, ${judges}::int), '' order by note_hash), '') as judges
    from (
      select * from training where batch_id is null and class = $1 and note_hash > $2 order by note_hash limit $3
    ) as page`;
  return { name: 'page-of-class', text };
}

/** The class of which more must be known; none where the sample is complete. */
function nextToRead(classes: readonly RowsOfClass[], most: number, ofRare: number): RowsOfClass | undefined {
  const open = classes.filter(({ isComplete }) => !isComplete);
  const rare = open.find(({ places }) => places.length < ofRare);
  if (rare) return rare;
  const behind = open.reduce<RowsOfClass | undefined>(
    (least, one) => (least && least.knownUpTo <= one.knownUpTo ? least : one),
    undefined,
  );
  if (!behind) return undefined;
  const known = classes.reduce((sum, { places }) => sum + countUpTo(places, behind.knownUpTo), 0);
  return known >= most ? undefined : behind;
}

/** How many of these numbers, which are in order, are not above a limit. */
function countUpTo(places: readonly number[], limit: number): number {
  let [low, high] = [0, places.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((places[middle] ?? 0) <= limit) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The first rows of each class, and of the others those that come first, back in the order of places. */
function sampleOf(
  { features }: DataSet,
  classes: readonly RowsOfClass[],
  most: number,
  ofRare: number,
): OwnRows {
  const merged = mergeInOrder(classes);
  const taken = new Uint32Array(classes.length);
  let room = most - classes.reduce((sum, { places }) => sum + Math.min(places.length, ofRare), 0);
  const chosen = merged.filter(({ rows }) => {
    const nth = (taken[rows.number] ?? 0) + 1;
    taken[rows.number] = nth;
    if (nth <= ofRare) return true;
    room -= 1;
    return room >= 0;
  });
  const width = features.length;
  const own = {
    count: chosen.length,
    places: Float64Array.from(chosen, ({ place }) => place),
    features: new Float64Array(chosen.length * width),
    classes: Uint8Array.from(chosen, ({ rows }) => rows.number),
    judges: new Uint8Array(chosen.length),
  };
  const columnsOf = classes.map(({ pages }) => ({
    features: numbersOf(Buffer.concat(pages.map(page => page.features))),
    judges: Buffer.concat(pages.map(page => page.judges)),
  }));
  chosen.forEach(({ rows, row }, at) => {
    const columns = columnsOf[rows.number];
    if (!columns) return;
    own.features.set(columns.features.subarray(row * width, (row + 1) * width), at * width);
    own.judges[at] = columns.judges[row] ?? 0;
  });
  return own;
}

interface Found {
  readonly rows: RowsOfClass;
  readonly row: number;
  readonly place: number;
}

/** Each item once: where the data set has it in several classes, the last of them counts. */
function mergeInOrder(classes: readonly RowsOfClass[]): Found[] {
  const all = classes.flatMap(rows => rows.places.map((place, row): Found => ({ rows, row, place })));
  all.sort((a, b) => a.place - b.place || b.rows.number - a.rows.number);
  return all.filter(({ place }, at) => at === 0 || all[at - 1]?.place !== place);
}

/** The server sends numbers with the high byte first, this machine holds them the other way round. */
export function numbersOf(bytes: Buffer): Float64Array {
  // A buffer may begin anywhere in memory, numbers only at multiples of eight.
  const own = bytes.byteOffset % 8 === 0 ? bytes : Buffer.from(new Uint8Array(bytes).buffer);
  own.swap64();
  return new Float64Array(own.buffer, own.byteOffset, own.byteLength / 8);
}

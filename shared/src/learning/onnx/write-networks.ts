import { type Encoder, furthestInput, furthestPlain, inputsOf } from '../inputs.ts';
import type { Layer, Networks } from '../network.ts';
import type { Graph } from './graph.ts';
import type { OnnxInputs } from './write-inputs.ts';

/** Some inputs of a network, and which ones they are: columns that are made ready alike lie side by side. */
interface Block {
  readonly table: string;
  readonly places: readonly number[];
}

/** An encoder, the column that it is for, and its first input. */
interface Placed<Kind extends Encoder['kind']> {
  readonly encoder: Extract<Encoder, { kind: Kind }>;
  readonly column: number;
  readonly start: number;
}

/** Raw scores, one for each class. */
export function writeNetworks(graph: Graph, inputs: OnnxInputs, { inputs: own, members }: Networks): string {
  const blocks = writeEncoders(graph, inputs, own.encoders);
  if (blocks.length === 0) throw new Error('A network in which no column counts cannot be written as ONNX.');
  const encoded = graph.beside(blocks.map(({ table }) => table));
  const places = blocks.flatMap(block => block.places);
  const scores = members.map(layers => writeLayers(graph, encoded, places, layers, members.length));
  return graph.add('Sum', scores);
}

function writeLayers(
  graph: Graph,
  encoded: string,
  places: readonly number[],
  layers: readonly Layer[],
  share: number,
): string {
  let from = encoded;
  let width = places.length;
  layers.forEach(({ units, weights, biases, radial }, index) => {
    if (radial) {
      from = writeRadial(graph, from, weights, biases, index === 0 ? places : undefined);
      width = units;
      return;
    }
    const isLast = index === layers.length - 1;
    // Of two classes only the second has a score; that of the first is 0.
    const skip = isLast && units === 1 ? 1 : 0;
    const scale = isLast ? share : 1;
    const own = new Float64Array((units + skip) * width);
    for (let i = 0; i < units * width; i += 1) {
      const place = index === 0 ? (places[i % width] ?? 0) : i % width;
      own[skip * width + i] = (weights[Math.floor(i / width) * width + place] ?? 0) / scale;
    }
    const bias = Float64Array.of(...new Array<number>(skip).fill(0), ...biases).map(one => one / scale);
    const given = [from, graph.constant([units + skip, width], own), graph.constant([units + skip], bias)];
    from = graph.add('Gemm', given, { transB: 1 });
    if (!isLast) from = graph.add('Relu', [from]);
    width = units;
  });
  return from;
}

/** The squared distance is put together from squares and products: ONNX has nothing that takes it at once. */
function writeRadial(
  graph: Graph,
  from: string,
  weights: Float32Array,
  biases: Float32Array,
  places: readonly number[] | undefined,
): string {
  const units = biases.length;
  const width = weights.length / units;
  const centres = Float64Array.from(
    weights,
    (_, i) => weights[Math.floor(i / width) * width + (places?.[i % width] ?? i % width)] ?? 0,
  );
  const squares = Float64Array.from({ length: units }, (_, unit) =>
    centres.subarray(unit * width, (unit + 1) * width).reduce((sum, one) => sum + one * one, 0),
  );
  const across = graph.constant([1], BigInt64Array.of(1n));
  const own = graph.add('ReduceSum', [graph.add('Mul', [from, from]), across], { keepdims: 1 });
  const rest = graph.add(
    'Gemm',
    [
      from,
      graph.constant(
        [units, width],
        centres.map(one => -2 * one),
      ),
      graph.constant([units], squares),
    ],
    { transB: 1 },
  );
  const distance = graph.add('Max', [graph.add('Add', [own, rest]), graph.number(0)]);
  return graph.add('Exp', [graph.add('Mul', [distance, graph.constant([units], Float64Array.from(biases))])]);
}

function writeEncoders(graph: Graph, inputs: OnnxInputs, encoders: readonly Encoder[]): readonly Block[] {
  let start = 0;
  const placed = encoders.map((encoder, column) => {
    start += inputsOf(encoder);
    return { encoder, column, start: start - inputsOf(encoder) };
  });
  const of = <Kind extends Encoder['kind']>(kind: Kind): Placed<Kind>[] =>
    placed.filter((one): one is Placed<Kind> => one.encoder.kind === kind);
  return [
    ...writeNumbers(graph, inputs, of('number'), furthestInput),
    ...writeNumbers(graph, inputs, of('plain'), undefined),
    ...writeRanks(graph, inputs, of('rank')),
    ...of('one-hot')
      .filter(({ encoder }) => inputsOf(encoder) > 0)
      .map(one => writeCategory(graph, inputs, one, oneHotTable(one.encoder))),
    ...of('odds').map(one => writeCategory(graph, inputs, one, one.encoder.odds)),
  ];
}

/** Held within far limits, and, where there is a nearer one, drawn in towards it: see `encodeRow`. */
function writeNumbers(
  graph: Graph,
  inputs: OnnxInputs,
  some: readonly (Placed<'number'> | Placed<'plain'>)[],
  limit: number | undefined,
): readonly Block[] {
  if (some.length === 0) return [];
  const values = pick(graph, inputs, some);
  const centres = graph.constant(
    [some.length],
    Float64Array.from(some, ({ encoder }) => encoder.centre),
  );
  const scales = graph.constant(
    [some.length],
    Float64Array.from(some, ({ encoder }) => encoder.scale),
  );
  const away = graph.add('Div', [graph.add('Sub', [values, centres]), scales]);
  const most = limit === undefined ? furthestPlain : 1e9;
  const held = graph.add('Clip', [away, graph.number(-most), graph.number(most)]);
  if (limit === undefined) return withGaps(graph, some, values, held);
  const part = graph.add('Div', [held, graph.number(limit)]);
  const bent = graph.add('Sqrt', [graph.add('Add', [graph.add('Mul', [part, part]), graph.number(1)])]);
  return withGaps(graph, some, values, graph.add('Div', [held, bent]));
}

/** Between each two knots a value has gone nothing, a part, or all of the way: the sum says its rank. */
function writeRanks(graph: Graph, inputs: OnnxInputs, some: readonly Placed<'rank'>[]): readonly Block[] {
  if (some.length === 0) return [];
  const values = pick(graph, inputs, some);
  const steps = Math.max(...some.map(({ encoder }) => encoder.knots.length)) - 1;
  const from = new Float64Array(some.length * steps);
  // Where others have more knots, there is no way to go.
  const lengths = new Float64Array(some.length * steps).fill(Infinity);
  some.forEach(({ encoder: { knots } }, row) => {
    knots.subarray(1).forEach((knot, step) => {
      from[row * steps + step] = knots[step] ?? 0;
      lengths[row * steps + step] = knot - (knots[step] ?? 0);
    });
  });
  const last = graph.constant([1], BigInt64Array.of(2n));
  const each = graph.add('Unsqueeze', [values, last]);
  const gone = graph.add('Sub', [each, graph.constant([some.length, steps], from)]);
  const shares = graph.add('Clip', [
    graph.add('Div', [gone, graph.constant([some.length, steps], lengths)]),
    graph.number(0),
    graph.number(1),
  ]);
  const sum = graph.add('ReduceSum', [shares, last], { keepdims: 0 });
  const spread = Float64Array.from(some, ({ encoder }) => (2 * Math.sqrt(3)) / (encoder.knots.length - 1));
  const scaled = graph.add('Mul', [sum, graph.constant([some.length], spread)]);
  return withGaps(graph, some, values, graph.add('Sub', [scaled, graph.number(Math.sqrt(3))]));
}

/** What is missing lies in the middle, and some columns have an input that says so. */
function withGaps(
  graph: Graph,
  some: readonly (Placed<'number'> | Placed<'plain'> | Placed<'rank'>)[],
  values: string,
  encoded: string,
): readonly Block[] {
  const isMissing = graph.add('IsNaN', [values]);
  const known = {
    table: graph.add('Where', [isMissing, graph.number(0), encoded]),
    places: some.map(one => one.start),
  };
  const flagged = some.flatMap(({ encoder }, place) =>
    'missing' in encoder && encoder.missing ? [place] : [],
  );
  if (flagged.length === 0) return [known];
  const flags = graph.columns(graph.add('Cast', [isMissing], { to: 11 }), flagged);
  return [known, { table: flags, places: flagged.map(place => (some[place]?.start ?? 0) + 1) }];
}

/** A row of the table for each category, one for what was never seen, and one for what is missing. */
function writeCategory(
  graph: Graph,
  { codes }: OnnxInputs,
  { encoder, column, start }: Placed<'one-hot'> | Placed<'odds'>,
  table: Float64Array,
): Block {
  const width = inputsOf(encoder);
  const code = codes.get(column)?.name;
  if (code === undefined) throw notOfItsKind(column);
  const places = Array.from({ length: width }, (_, i) => start + i);
  return { table: graph.add('Gather', [graph.constant([table.length / width, width], table), code]), places };
}

function oneHotTable(encoder: Placed<'one-hot'>['encoder']): Float64Array {
  const width = inputsOf(encoder);
  const table = new Float64Array((encoder.place.length + 2) * width);
  encoder.place.forEach((place, category) => {
    if (place >= 0) table[category * width + place] = 1;
  });
  if (encoder.missing) table[table.length - 1] = 1;
  return table;
}

function pick(
  graph: Graph,
  { numbers, placeOf }: OnnxInputs,
  some: readonly { readonly column: number }[],
): string {
  const places = some.map(({ column }) => {
    const place = placeOf.get(column);
    if (place === undefined) throw notOfItsKind(column);
    return place;
  });
  if (numbers === undefined) throw notOfItsKind(0);
  return graph.columns(numbers, places);
}

function notOfItsKind(column: number): Error {
  return new Error(
    `A model that takes column ${column} for another kind than it is cannot be written as ONNX.`,
  );
}

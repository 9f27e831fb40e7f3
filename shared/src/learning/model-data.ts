import { z } from 'zod';
import type { Member } from './catalog.ts';
import { type Encoder, inputsOf } from './inputs.ts';
import type { Model } from './model.ts';
import type { Layer } from './network.ts';
import { encodeNovelty, isSoundNovelty, noveltyData } from './novelty/novelty-data.ts';
import { mostOnnxBytes } from './onnx/limits.ts';
import type { OnnxMember } from './onnx/member.ts';
import { pack, packedBytes, packedDoubles, packedFloats, packedIntegers, packedShorts } from './packed.ts';
import type { Column } from './table.ts';
import { isSoundForest } from './trees/forest.ts';

// A model as data: JSON, with long rows of numbers in base64. Reading one proves that every answer from it ends and is
// made of finite numbers; nothing in it is ever run.

const mostColumns = 5_000;
const mostClasses = 200;
const mostNumbers = 4_000_000;
/** A parameter of a model is some tens at most; this keeps the arithmetic of an answer finite for any input. */
const parameterLimit = 1e6;

const column = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('number') }),
  z.strictObject({ kind: z.literal('category'), size: z.int().min(1).max(1_000_000) }),
]);
const parameter = z.number().min(-parameterLimit).max(parameterLimit);
const parameters = packedFloats(mostNumbers).refine(
  numbers => numbers.every(number => Math.abs(number) <= parameterLimit),
  'Some numbers are not finite, or far too large to be sound',
);
const count = z.int().min(0).max(mostColumns);

const encoder = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('number'),
    centre: z.number(),
    scale: z.number().positive(),
    missing: z.boolean(),
  }),
  z.strictObject({
    kind: z.literal('rank'),
    knots: packedDoubles(1_000).refine(isAscending, 'The knots do not ascend'),
    missing: z.boolean(),
  }),
  z.strictObject({
    kind: z.literal('one-hot'),
    place: packedIntegers(mostNumbers),
    inputs: count,
    missing: z.boolean(),
  }),
  z.strictObject({ kind: z.literal('odds'), odds: packedDoubles(mostNumbers), inputs: count.min(1) }),
  z.strictObject({ kind: z.literal('plain'), centre: z.number(), scale: z.number().positive() }),
  z.strictObject({ kind: z.literal('none') }),
]);

const layer = z
  .strictObject({
    units: z.int().min(1).max(1_024),
    weights: parameters,
    biases: parameters,
    radial: z.boolean().optional(),
  })
  .refine(
    ({ units, biases, radial }) =>
      biases.length === units && (!radial || Array.from(biases).every(bias => bias <= 0)),
    'A layer needs one bias for each unit, and a radial one none above zero',
  );

const networks = z.strictObject({
  kind: z.literal('networks'),
  inputs: z.strictObject({ encoders: z.array(encoder).max(mostColumns), width: z.int().min(0) }),
  members: z.array(z.array(layer).min(1).max(4)).min(1).max(32),
});

const trees = z.strictObject({
  kind: z.literal('trees'),
  base: z.array(parameter).min(1).max(mostClasses),
  roots: packedIntegers(mostNumbers),
  columns: packedShorts(mostNumbers),
  flags: packedBytes(mostNumbers),
  thresholds: packedDoubles(mostNumbers),
  children: packedIntegers(2 * mostNumbers),
  leaves: parameters,
  sets: packedBytes(16 * mostNumbers),
});

const name = z.string().min(1).max(500);

const onnx = z.strictObject({
  kind: z.literal('onnx'),
  graph: packedBytes(mostOnnxBytes),
  inputs: z
    .array(
      z.strictObject({
        name,
        type: z.enum(['float32', 'float64', 'int64', 'int32', 'bool', 'string']),
        columns: z.array(count).min(1).max(mostColumns),
        texts: z.array(z.array(z.string()).max(mostNumbers)).max(mostColumns),
      }),
    )
    .min(1)
    .max(mostColumns),
  output: z.strictObject({
    name,
    form: z.enum(['probabilities', 'scores', 'labels']),
    labels: z.array(z.string()).min(2).max(mostClasses),
  }),
});

const content = z.strictObject({
  columns: z.array(column).min(1).max(mostColumns),
  classCount: z.int().min(2).max(mostClasses),
  members: z
    .array(z.discriminatedUnion('kind', [networks, trees, onnx]))
    .min(1)
    .max(32),
  blend: z.strictObject({
    weights: z.array(parameter),
    shifts: z.array(parameter),
    doubt: z.number().min(0).max(0.5),
  }),
  novelty: noveltyData.optional(),
});

/** The model as one JSON value. */
export function encodeModel({
  columns,
  classCount,
  members,
  blend,
  novelty,
}: Model): z.input<typeof content> {
  return {
    columns: [...columns],
    classCount,
    members: members.map(encodeMember),
    blend: { weights: [...blend.weights], shifts: [...blend.shifts], doubt: blend.doubt },
    ...(novelty && { novelty: encodeNovelty(novelty) }),
  };
}

/** Reads a model from a JSON value, or throws a `ZodError` that says where it is unsound. */
export const modelData = content.transform((read, context): Model => {
  const { columns, classCount, blend, novelty } = read;
  const members = read.members.map((member): Member => {
    if (member.kind === 'networks') {
      const { inputs, members: own } = member;
      return { kind: 'networks', networks: { inputs, members: own } };
    }
    if (member.kind === 'onnx') {
      const { kind, ...own } = member;
      return { kind, onnx: own };
    }
    const { kind, base, ...forest } = member;
    return { kind, forest: { ...forest, base: Float64Array.from(base) } };
  });
  const fault =
    blend.weights.length !== members.length || blend.shifts.length !== classCount
      ? 'The blend does not fit the members and classes'
      : members.map(member => faultOf(member, columns, classCount)).find(found => found !== undefined);
  if (fault === undefined && novelty && !isSoundNovelty(novelty, columns, classCount)) {
    context.addIssue({
      code: 'custom',
      message: 'What is known of rows does not fit the columns or classes',
    });
    return z.NEVER;
  }
  if (fault !== undefined) {
    context.addIssue({ code: 'custom', message: fault });
    return z.NEVER;
  }
  return { columns, classCount, members, blend, ...(novelty && { novelty }) };
});

function encodeMember(member: Member): z.input<typeof content>['members'][number] {
  if (member.kind === 'onnx') {
    const { graph, inputs, output } = member.onnx;
    return {
      kind: 'onnx',
      graph: pack(graph),
      inputs: inputs.map(one => ({
        ...one,
        columns: [...one.columns],
        texts: one.texts.map(list => [...list]),
      })),
      output: { ...output, labels: [...output.labels] },
    };
  }
  if (member.kind === 'trees') {
    const { base, roots, columns, flags, thresholds, children, leaves, sets } = member.forest;
    return {
      kind: 'trees',
      base: [...base],
      roots: pack(roots),
      columns: pack(columns),
      flags: pack(flags),
      thresholds: pack(thresholds),
      children: pack(children),
      leaves: pack(leaves),
      sets: pack(sets),
    };
  }
  const { inputs, members } = member.networks;
  return {
    kind: 'networks',
    inputs: { width: inputs.width, encoders: inputs.encoders.map(encodeEncoder) },
    members: members.map(layers =>
      layers.map(({ units, weights, biases, radial }) => ({
        units,
        weights: pack(weights),
        biases: pack(biases),
        ...(radial && { radial }),
      })),
    ),
  };
}

function encodeEncoder(one: Encoder): z.input<typeof encoder> {
  if (one.kind === 'rank') return { ...one, knots: pack(one.knots) };
  if (one.kind === 'one-hot') return { ...one, place: pack(one.place) };
  if (one.kind === 'odds') return { ...one, odds: pack(one.odds) };
  return { ...one };
}

/** What would let an answer read past its numbers, or never end; nothing where all is sound. */
function faultOf(member: Member, columns: readonly Column[], classCount: number): string | undefined {
  const outputs = classCount === 2 ? 1 : classCount;
  if (member.kind === 'trees') {
    if (member.forest.base.length !== outputs) return 'The trees do not answer for each class';
    return isSoundForest(member.forest, columns) ? undefined : 'The trees are not sound';
  }
  if (member.kind === 'onnx') return faultOfOnnx(member.onnx, columns, classCount);
  const { inputs, members } = member.networks;
  if (inputs.encoders.length !== columns.length) return 'A network needs one encoder for each column';
  if (!inputs.encoders.every((one, i) => fits(one, columns[i]))) return 'An encoder does not fit its column';
  if (inputs.encoders.reduce((sum, one) => sum + inputsOf(one), 0) !== inputs.width) {
    return 'The encoders do not make as many inputs as the networks have';
  }
  return members.every(layers => areWhole(layers, inputs.width, outputs))
    ? undefined
    : 'The layers of a network do not fit together';
}

/** What it says besides is found out when it is asked. */
function faultOfOnnx(
  { inputs, output }: OnnxMember,
  columns: readonly Column[],
  classCount: number,
): string | undefined {
  const taken = inputs.flatMap(input => input.columns).toSorted((a, b) => a - b);
  if (taken.length !== columns.length || taken.some((column, i) => column !== i)) {
    return 'The inputs do not take each column once';
  }
  if (inputs.some(input => input.texts.length !== input.columns.length)) {
    return 'An input does not say what its texts are';
  }
  return output.labels.length === classCount ? undefined : 'The labels are not those of the classes';
}

function fits(one: Encoder, of: Column | undefined): boolean {
  if (one.kind !== 'odds' && one.kind !== 'one-hot') return true;
  if (of?.kind !== 'category') return false;
  if (one.kind === 'odds') return one.odds.length === (of.size + 2) * one.inputs;
  return one.place.length === of.size && one.place.every(place => place >= -1 && place < one.inputs);
}

function areWhole(layers: readonly Layer[], width: number, outputs: number): boolean {
  return (
    layers.at(-1)?.units === outputs &&
    layers.every(({ units, weights }, i) => weights.length === units * (layers[i - 1]?.units ?? width))
  );
}

function isAscending(numbers: Float64Array): boolean {
  return numbers.length > 1 && numbers.every((number, i) => i === 0 || number > (numbers[i - 1] ?? 0));
}

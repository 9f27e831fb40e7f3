import {
  type OnnxAttribute,
  type OnnxGraph,
  type OnnxNode,
  type OnnxTensor,
  type OnnxValue,
  writeOnnx,
} from './format.ts';

// What ONNX files are put together from. The numbers of types are those of onnx.proto.

/** What a list of numbers is taken for follows from its array. */
export type OnnxAttributeValue = number | string | readonly string[] | Int32Array | Float32Array | OnnxTensor;
export type OnnxAttributes = Readonly<Record<string, OnnxAttributeValue>>;

const types = { float: 1, bytes: 2, integers: 7, text: 8, double: 11 } as const;
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

export function node(
  opType: string,
  input: readonly string[],
  output: readonly string[],
  attributes: OnnxAttributes = {},
  domain = '',
): OnnxNode {
  return { opType, input, output, domain, attribute: Object.entries(attributes).map(attributeOf) };
}

/** An operator of those made for tables. */
export function tableNode(
  opType: string,
  input: readonly string[],
  output: readonly string[],
  attributes: OnnxAttributes = {},
): OnnxNode {
  return node(opType, input, output, attributes, 'ai.onnx.ml');
}

function attributeOf([name, value]: [string, OnnxAttributeValue]): OnnxAttribute {
  if (typeof value === 'string') return { name, s: bytesOf(value), type: 3 };
  if (typeof value === 'number') {
    return Number.isInteger(value) ? { name, i: value, type: 2 } : { name, f: value, type: 1 };
  }
  if (value instanceof Int32Array) return { name, ints: [...value], type: 7 };
  if (value instanceof Float32Array) return { name, floats: [...value], type: 6 };
  if (isTensor(value)) return { name, t: value, type: 4 };
  return { name, strings: value.map(bytesOf), type: 8 };
}

function isTensor(value: OnnxTensor | readonly string[]): value is OnnxTensor {
  return !Array.isArray(value);
}

export function value(
  name: string,
  type: keyof typeof types,
  ...dims: readonly (number | string)[]
): OnnxValue {
  const dim = dims.map(size => (typeof size === 'number' ? { dimValue: size } : { dimParam: size }));
  return { name, type: { tensorType: { elemType: types[type], shape: { dim } } } };
}

/** Numbers as a value; the array says of which type they are. */
export function tensor(
  dims: readonly number[],
  data: Float32Array | Float64Array | BigInt64Array | Uint8Array,
  name = '',
): OnnxTensor {
  const rawData = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return { name, dims, dataType: types[typeOf(data)], rawData };
}

function typeOf(data: ArrayBufferView): keyof typeof types {
  if (data instanceof Float64Array) return 'double';
  if (data instanceof Float32Array) return 'float';
  return data instanceof BigInt64Array ? 'integers' : 'bytes';
}

export function onnxFile(graph: OnnxGraph, producerName: string): Uint8Array {
  const opsetImport = [
    { domain: '', version: 15 },
    { domain: 'ai.onnx.ml', version: 3 },
  ];
  return writeOnnx({ irVersion: 8, producerName, opsetImport, graph: { name: 'model', ...graph } });
}

/** A graph that grows: each step is added behind those that it needs, and called by a name of its own. */
export class Graph {
  readonly nodes: OnnxNode[] = [];
  readonly constants: OnnxTensor[] = [];

  add(opType: string, input: readonly string[], attributes?: OnnxAttributes): string {
    const name = this.nextName(opType);
    this.nodes.push(node(opType, input, [name], attributes));
    return name;
  }

  addForTables(opType: string, input: readonly string[], attributes: OnnxAttributes): string {
    const name = this.nextName(opType);
    this.nodes.push(tableNode(opType, input, [name], attributes));
    return name;
  }

  constant(...[dims, data]: Parameters<typeof tensor>): string {
    const name = `constant ${this.constants.length}`;
    this.constants.push(tensor(dims, data, name));
    return name;
  }

  number(value: number): string {
    return this.constant([], Float64Array.of(value));
  }

  /** The numbers of some columns, in that order. */
  columns(of: string, places: readonly number[]): string {
    const wanted = this.constant([places.length], BigInt64Array.from(places, BigInt));
    return this.add('Gather', [of, wanted], { axis: 1 });
  }

  /** Several tables side by side. */
  beside(tables: readonly string[]): string {
    const [only] = tables;
    return only !== undefined && tables.length === 1 ? only : this.add('Concat', tables, { axis: 1 });
  }

  /** Hands a value out under a name that others know. */
  output(name: string, from: string): void {
    this.nodes.push(node('Identity', [from], [name]));
  }

  private nextName(opType: string): string {
    return `${opType} ${this.nodes.length}`;
  }
}

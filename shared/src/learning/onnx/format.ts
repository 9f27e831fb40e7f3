import protobuf from 'protobufjs/light.js';

// The parts of ONNX's protocol buffers that models of tables are made of (https://github.com/onnx/onnx, onnx.proto). The
// rest is skipped while reading.

const field = (id: number, type: string, rule?: 'repeated') => ({ id, type, ...(rule && { rule }) });

const root = protobuf.Root.fromJSON({
  nested: {
    Model: {
      fields: {
        irVersion: field(1, 'int64'),
        producerName: field(2, 'string'),
        graph: field(7, 'Graph'),
        opsetImport: field(8, 'Opset', 'repeated'),
        trainingInfo: field(20, 'Anything', 'repeated'),
        functions: field(25, 'Anything', 'repeated'),
      },
    },
    Anything: { fields: {} },
    Opset: { fields: { domain: field(1, 'string'), version: field(2, 'int64') } },
    Graph: {
      fields: {
        node: field(1, 'Node', 'repeated'),
        name: field(2, 'string'),
        initializer: field(5, 'Tensor', 'repeated'),
        input: field(11, 'Value', 'repeated'),
        output: field(12, 'Value', 'repeated'),
        sparseInitializer: field(15, 'Anything', 'repeated'),
      },
    },
    Node: {
      fields: {
        input: field(1, 'string', 'repeated'),
        output: field(2, 'string', 'repeated'),
        name: field(3, 'string'),
        opType: field(4, 'string'),
        attribute: field(5, 'Attribute', 'repeated'),
        domain: field(7, 'string'),
      },
    },
    Attribute: {
      fields: {
        name: field(1, 'string'),
        f: field(2, 'float'),
        i: field(3, 'int64'),
        s: field(4, 'bytes'),
        t: field(5, 'Tensor'),
        g: field(6, 'Anything'),
        floats: field(7, 'float', 'repeated'),
        ints: field(8, 'int64', 'repeated'),
        strings: field(9, 'bytes', 'repeated'),
        tensors: field(10, 'Tensor', 'repeated'),
        graphs: field(11, 'Anything', 'repeated'),
        type: field(20, 'int32'),
        sparseTensor: field(22, 'Anything'),
      },
    },
    Tensor: {
      fields: {
        dims: field(1, 'int64', 'repeated'),
        dataType: field(2, 'int32'),
        floatData: field(4, 'float', 'repeated'),
        int32Data: field(5, 'int32', 'repeated'),
        stringData: field(6, 'bytes', 'repeated'),
        int64Data: field(7, 'int64', 'repeated'),
        name: field(8, 'string'),
        rawData: field(9, 'bytes'),
        doubleData: field(10, 'double', 'repeated'),
        uint64Data: field(11, 'uint64', 'repeated'),
        externalData: field(13, 'Anything', 'repeated'),
        dataLocation: field(14, 'int32'),
      },
    },
    Value: { fields: { name: field(1, 'string'), type: field(2, 'Type') } },
    Type: { fields: { tensorType: field(1, 'TensorType') } },
    TensorType: { fields: { elemType: field(1, 'int32'), shape: field(2, 'Shape') } },
    Shape: { fields: { dim: field(1, 'Dimension', 'repeated') } },
    Dimension: { fields: { dimValue: field(1, 'int64'), dimParam: field(2, 'string') } },
  },
});

const model = root.lookupType('Model');

/** Names of types of values by ONNX's numbers. */
export const elementTypes = {
  1: 'float32',
  6: 'int32',
  7: 'int64',
  8: 'string',
  9: 'bool',
  11: 'float64',
} as const;

export interface OnnxTensor {
  readonly name?: string;
  readonly dims?: readonly number[];
  readonly dataType?: number;
  readonly floatData?: readonly number[];
  readonly int32Data?: readonly number[];
  readonly int64Data?: readonly number[];
  readonly uint64Data?: readonly number[];
  readonly doubleData?: readonly number[];
  readonly stringData?: readonly Uint8Array[];
  readonly rawData?: Uint8Array;
  readonly externalData?: readonly unknown[];
  readonly dataLocation?: number;
}

export interface OnnxAttribute {
  readonly name: string;
  readonly type?: number;
  readonly f?: number;
  readonly i?: number;
  readonly s?: Uint8Array;
  readonly t?: OnnxTensor;
  readonly g?: unknown;
  readonly floats?: readonly number[];
  readonly ints?: readonly number[];
  readonly strings?: readonly Uint8Array[];
  readonly tensors?: readonly OnnxTensor[];
  readonly graphs?: readonly unknown[];
  readonly sparseTensor?: unknown;
}

export interface OnnxNode {
  readonly input?: readonly string[];
  readonly output?: readonly string[];
  readonly opType: string;
  readonly domain?: string;
  readonly attribute?: readonly OnnxAttribute[];
}

export interface OnnxValue {
  readonly name: string;
  readonly type?: {
    readonly tensorType?: {
      readonly elemType?: number;
      readonly shape?: {
        readonly dim?: readonly { readonly dimValue?: number; readonly dimParam?: string }[];
      };
    };
  };
}

export interface OnnxGraph {
  readonly name?: string;
  readonly node?: readonly OnnxNode[];
  readonly initializer?: readonly OnnxTensor[];
  readonly sparseInitializer?: readonly unknown[];
  readonly input?: readonly OnnxValue[];
  readonly output?: readonly OnnxValue[];
}

export interface OnnxFile {
  readonly irVersion?: number;
  readonly producerName?: string;
  readonly opsetImport?: readonly { readonly domain?: string; readonly version?: number }[];
  readonly graph?: OnnxGraph;
  readonly trainingInfo?: readonly unknown[];
  readonly functions?: readonly unknown[];
}

/** Reads a file; throws where it is none. */
export function readOnnx(bytes: Uint8Array): OnnxFile {
  return model.toObject(model.decode(bytes), { longs: Number });
}

export function writeOnnx(file: OnnxFile): Uint8Array {
  return model.encode(model.fromObject(file)).finish();
}

import { availableParallelism } from 'node:os';

const toCommonJs = [
  '@swc/jest',
  { jsc: { target: 'es2023', parser: { syntax: 'typescript' } }, module: { type: 'commonjs' } },
];

/** @type {import('jest').Config} */
export default {
  testEnvironment: 'node',
  // Jest's own choice leaves one core to its parent, which has nothing to do. Each worker may run a whole loop, so more
  // than these would take more memory than a laptop has.
  maxWorkers: Math.min(4, availableParallelism()),
  testMatch: [
    '<rootDir>/{shared,functions,local-cloud,local,build,scripts,testing,trials,test,bench,deploy}/**/*.test.ts',
  ],
  // What was built is tested from outside; its manifests would be taken for the workspaces'.
  modulePathIgnorePatterns: ['<rootDir>/dist/'],
  // These are published as ES modules only.
  transform: { '\\.ts$': toCommonJs, '(jose|openid-client|oauth4webapi)/(dist|build)/.+\\.js$': toCommonJs },
  transformIgnorePatterns: ['/node_modules/(?!(jose|openid-client|oauth4webapi)/)'],
  globalSetup: '<rootDir>/testing/src/global-setup.ts',
  globalTeardown: '<rootDir>/testing/src/global-teardown.ts',
  // Jest runs tests in a context of their own, in which looking up a global is slow: as arguments, arithmetic is ten times as fast, and a training takes half the time.
  sandboxInjectedGlobals: [
    'Math',
    'Number',
    'Float64Array',
    'Float32Array',
    'Uint32Array',
    'Uint8Array',
    'Map',
    'Symbol',
    'Array',
    'Object',
    'Int32Array',
  ],
  // A machine on which others work, too, takes its time; who waits in vain is told what for by the wait itself.
  testTimeout: 300_000,
  // So does the end of a process: jest kills a worker that has nothing open after half a second, and calls it a leak.
  workerGracefulExitTimeout: 10_000,
};

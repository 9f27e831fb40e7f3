const toCommonJs = [
  '@swc/jest',
  { jsc: { target: 'es2023', parser: { syntax: 'typescript' } }, module: { type: 'commonjs' } },
];

/** @type {import('jest').Config} */
export default {
  testEnvironment: 'node',
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
  testTimeout: 60_000,
};

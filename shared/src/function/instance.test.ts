import { banknotes } from '@banknote-loop/testing/data-sets';
import { gateRules, qualityRules } from '../resources/rules.ts';
import { startInstance } from './instance.ts';

const definition = {
  name: 'example',
  uses: {},
  publishes: [],
  settings: { gate: gateRules, quality: qualityRules },
};

it('reads the settings of a function under the names of its definition, with their defaults', () => {
  const environment = { PROJECT_ID: 'test', RETRAIN_ON_DRIFT: 'true', GATE_MIN_ROWS: '7' };
  expect(startInstance(definition, environment, banknotes).settings).toMatchObject({
    gate: { minimumRows: 7, minimumGain: 0 },
    quality: { retrainOnDrift: true, rollBackOnLiveAccuracy: false },
  });
});

it('does not start with settings that are malformed', () => {
  expect(() => startInstance(definition, { GATE_ALPHA: '5', QUALITY_ROWS: 'all' }, banknotes)).toThrow(
    /PROJECT_ID is missing; (?=.*GATE_ALPHA is malformed)(?=.*QUALITY_ROWS is malformed)/,
  );
});

it('does not start where it is to refuse what is not signed, and has no keys to tell', () => {
  const environment = { PROJECT_ID: 'test', UNSIGNED_MESSAGES: 'refuse' };
  expect(() => startInstance(definition, environment, banknotes)).toThrow('MESSAGE_KEYS_SECRET is missing');
  const withKeys = { ...environment, MESSAGE_KEYS_SECRET: 'message-keys' };
  expect(startInstance(definition, withKeys, banknotes).takesUnsigned).toBe(false);
});

it('does not start for another data set than it was built for', () => {
  expect(() => startInstance(definition, { PROJECT_ID: 'test', DATA_SET: 'wine' }, banknotes)).toThrow(
    'DATA_SET is wine, and this was built for banknotes.',
  );
});

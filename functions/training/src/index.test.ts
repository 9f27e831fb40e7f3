import type { ModelMessage } from '@banknote-loop/shared';
import { describe as describeError } from '@banknote-loop/shared/base';
import { contentHash } from '@banknote-loop/shared/bucket';
import { decideManually } from '@banknote-loop/shared/models';
import { failureOf } from '@banknote-loop/testing';
import {
  type LabelledNote,
  openTrainingKit,
  type PreparedKit,
  prepareKit,
  type TrainingKit,
} from '@banknote-loop/testing/training-kit';

let kit: TrainingKit;
/** Where one model answers, and where a second one has learned labels of people's and taken its place. */
let afterFirst: PreparedKit<ModelMessage>;
let afterSecond: PreparedKit<readonly [first: string, second: string]>;

beforeAll(async () => {
  afterFirst = await prepareKit(async ({ train }) => made(await train()));
  afterSecond = await prepareKit(async ({ train, correct }) => {
    const first = made(await train());
    await correct(notes(5));
    return [first.model_file_name, made(await train()).model_file_name] as const;
  });
});
afterAll(() => Promise.all([afterFirst.close(), afterSecond.close()]));
afterEach(() => kit.close());

async function beginAfter<Made>(prepared: PreparedKit<Made>): Promise<Made> {
  kit = await prepared.open();
  return prepared.made;
}

function made(model: ModelMessage | undefined): ModelMessage {
  if (!model) throw new Error('There was nothing to train.');
  return model;
}

const account = { by: 'ann', why: 'it was wrong on Monday' };

/** A note that no bank data is like, and each a little different, but more than such as count as one. */
function note(number: number, label: 0 | 1 = 0): LabelledNote {
  return { features: [20 + number / 20, 20, 20, 5], label };
}

function notes(count: number, from = 0, label: 0 | 1 = 0): LabelledNote[] {
  return Array.from({ length: count }, (_, i) => note(from + i, label));
}

const live = async (): Promise<string | undefined> => (await kit.db.models.live())?.model_file_name;

describe('training', () => {
  it('makes the first model, records it and how it was decided', async () => {
    kit = await openTrainingKit();
    const model = await kit.train();
    expect(model).toMatchObject({
      promoted: true,
      parent: null,
      report: {
        rule: 'first-model',
        classes: ['fake', 'real'],
        challenger: {
          confusion: [expect.any(Array), expect.any(Array)],
          interval: { low: expect.any(Number) },
        },
        data: { training: { people: 0 }, holdout: { people: 0 }, labels: {} },
      },
    });
    expect(await live()).toBe(model?.model_file_name);
    expect(await kit.db.decisions.newest(10)).toMatchObject([
      { kind: 'training', promoted: true, made_by: 'training', why: model?.reason },
    ]);
  });

  it('writes down what the file of a model is, and holds no model against one that has become another', async () => {
    const model = await beginAfter(afterFirst);
    const name = model.model_file_name;
    const hash = contentHash(await kit.store.load(name));
    expect(model.content_sha256).toBe(hash);
    expect(await kit.db.models.contentHash(name)).toBe(hash);
    await kit.asOwner(`update models set content_sha256 = '${'0'.repeat(64)}'`);
    await kit.correct(notes(15));
    expect(await kit.train()).toMatchObject({ parent: null, report: { rule: 'first-model' } });
  });

  it('makes the first model in less time, and where that was too short the next one chooses anew', async () => {
    kit = await openTrainingKit();
    // Of rows whose class nothing tells, more candidates are tried than there is time for.
    await kit.asOwner(
      `insert into training (variance, skewness, curtosis, entropy, class)
       select i * 7919 % 1009, i * 7907 % 1013, i * 7901 % 1019, i * 7883 % 1021, i * 31 % 97 % 2
       from generate_series(1, 2000) i`,
    );
    const settings = { TRAIN_BUDGET_SECONDS: '1', GATE_MIN_ACCURACY: '0', GATE_MIN_RECALL: '0' };
    const choiceOf = async (name = '') => JSON.parse(await kit.store.load(name)).choice;
    const first = await kit.train(settings);
    expect(first).toMatchObject({ promoted: true });
    expect(first?.report.learning).toMatchObject({ hurried: true });
    expect(await choiceOf(first?.model_file_name)).toBeUndefined();
    // Also on the same rows, once.
    const second = await kit.train(settings);
    expect(second).toMatchObject({ parent: first?.model_file_name, fingerprint: first?.fingerprint });
    expect(await choiceOf(second?.model_file_name)).toMatchObject({ members: expect.any(Array) });
    // What was made in haste proves nothing: where the second is promoted, it is the best.
    expect(second?.report.provedBest).toBe(second?.promoted);
    expect(await kit.train(settings)).toBeUndefined();
  });

  it('learns the best again with other seeds, so that later ones need not have its luck', async () => {
    const best = await beginAfter(afterFirst);
    expect(best.report.provedBest).toBe(true);
    const repeats = await kit.store.load(best.model_file_name.replace('.json', '.repeats.json'));
    const [repeat] = JSON.parse(repeats);
    expect(repeat).toEqual({ fewer: expect.any(Number), logLoss: expect.any(Number) });
    expect(repeat).not.toEqual({ fewer: 0, logLoss: 0 });
    await kit.correct(notes(15));
    const next = await kit.train();
    expect(next?.report).toMatchObject({ provedBest: false, besideBest: { best: best.model_file_name } });
    expect(
      await kit.store.find(next?.model_file_name.replace('.json', '.repeats.json') ?? ''),
    ).toBeUndefined();
  });

  it('trains once on the same rows, and writes down why not again', async () => {
    const model = await beginAfter(afterFirst);
    expect(await kit.train()).toBeUndefined();
    expect(await kit.db.skippedTrainings.newest(10)).toMatchObject([
      {
        fingerprint: model.fingerprint,
        reason: `These rows have been trained on already, for ${model.model_file_name}.`,
      },
    ]);
    expect(await kit.db.models.newest(10)).toHaveLength(1);
  });

  it('learns what people say, and tells of every label what became of it', async () => {
    const first = await beginAfter(afterFirst);
    const batch = await kit.correct(notes(15));
    const second = await kit.train();
    expect(second).toMatchObject({ promoted: true, parent: first.model_file_name });
    const receipt = await kit.db.ratings.receipt(batch);
    const roles = new Set(receipt.map(({ role }) => role));
    expect(roles).toEqual(new Set(['trains', 'judges']));
    expect(receipt.every(({ job_id, promoted }) => job_id === second?.job_id && promoted)).toBe(true);
  });

  it('trains again when a withdrawn label brings earlier rows back, but never twice for nothing', async () => {
    const first = await beginAfter(afterFirst);
    const batch = await kit.correct(notes(5));
    const second = await kit.train();
    const subjects = notes(5).map((_, i) => `note ${i}`);
    await kit.db.ratings.apply({ batch_id: batch, subjects, ratings: subjects.map(() => null) }, new Date());
    await kit.db.training.sync(batch, subjects);
    const third = await kit.train();
    expect(third).toMatchObject({ fingerprint: first.fingerprint, parent: second?.model_file_name });
    expect(third?.job_id).not.toBe(first.job_id);
    expect(await kit.train()).toBeUndefined();
  });

  it('announces a model that was recorded by a training that died', async () => {
    const model = await beginAfter(afterFirst);
    await kit.asOwner('delete from jobs');
    expect(await kit.train()).toEqual(model);
  });

  it('puts a training off until enough labels have changed or enough time has passed', async () => {
    await beginAfter(afterFirst);
    await kit.correct(notes(3));
    expect(await kit.train({ RETRAIN_AFTER_ROWS: '5' })).toBeUndefined();
    expect(await kit.db.skippedTrainings.newest(1)).toMatchObject([
      { reason: 'Put off: 3 labels have changed, and 5 are worth a training.' },
    ]);
    expect(await kit.train({ RETRAIN_AFTER_ROWS: '5', RETRAIN_AFTER_MINUTES: '0.000001' })).toBeDefined();
    await kit.correct(notes(3, 3));
    await kit.correct(notes(3, 6));
    expect(await kit.train({ RETRAIN_AFTER_ROWS: '5' })).toBeDefined();
  });
});

describe('the live accuracy', () => {
  // The search for who holds learning back is not what is tested here.
  const settings = { QUALITY_MIN_ROWS: '20', ROLLBACK_ON_LIVE_ACCURACY: 'true', QUARANTINE_SECONDS: '0' };

  /** People rate answers of the live model: every note is called real. */
  async function rate(right: number, wrong: number, from: number): Promise<void> {
    await kit.correct([...notes(right, from, 1), ...notes(wrong, from + right)], 'bob');
  }

  it.each([
    ['brings the model before back where that is wanted', 'true', 'rollback'],
    ['changes nothing by itself otherwise', 'false', 'training'],
  ])('%s', async (_what, wanted, kind) => {
    const first = await beginAfter(afterFirst);
    await rate(40, 0, 0);
    const second = await kit.train();
    expect(await live()).toBe(second?.model_file_name);
    await rate(0, 40, 100);
    await kit.train({ ...settings, ROLLBACK_ON_LIVE_ACCURACY: wanted, RETRAIN_AFTER_ROWS: '1000' });
    expect(await kit.db.decisions.newest(1)).toMatchObject([
      kind === 'rollback'
        ? {
            kind,
            made_by: 'live accuracy',
            model_file_name: first.model_file_name,
            why: 'People found 0 of 40 answers right, and 40 of 40 of the model before.',
          }
        : { kind, model_file_name: second?.model_file_name },
    ]);
  });

  it('does not move a pinned model', async () => {
    await beginAfter(afterFirst);
    await rate(40, 0, 0);
    await kit.train();
    await decideManually(kit.db, { kind: 'pin', ...account }, kit.announce);
    await rate(0, 40, 100);
    await kit.train(settings);
    const kinds = (await kit.db.decisions.newest(10)).map(({ kind }) => kind);
    expect(kinds).toEqual(['training', 'pin', 'training', 'training']);
  });
});

describe('a decision of a person', () => {
  it('brings the model before back, and its rows are not tried again until they change', async () => {
    const [first, second] = await beginAfter(afterSecond);
    await decideManually(kit.db, { kind: 'rollback', ...account }, kit.announce);
    expect(await live()).toBe(first);
    expect((await kit.db.decisions.newest(1))[0]).toMatchObject({
      kind: 'rollback',
      model_file_name: first,
      replaces: second,
      made_by: 'ann',
      why: account.why,
    });
    expect(await kit.train()).toBeUndefined();
    await kit.correct(notes(2, 50));
    expect(await kit.train()).toMatchObject({ promoted: true, parent: first });
  });

  it('remembers a rollback when the data comes back to those rows', async () => {
    await beginAfter(afterSecond);
    await decideManually(kit.db, { kind: 'rollback', ...account }, kit.announce);
    const batch = await kit.correct([note(60)]);
    await kit.train();
    await kit.db.ratings.apply({ batch_id: batch, subjects: ['note 0'], ratings: [null] }, new Date());
    await kit.db.training.sync(batch, ['note 0']);
    expect(await kit.train()).toBeUndefined();
    const [{ reason } = { reason: '' }] = await kit.db.skippedTrainings.newest(1);
    expect(reason).toMatch(/was rolled back by ann: it was wrong on Monday$/);
  });

  it('holds a model in its place until it is let go', async () => {
    const [first, second] = await beginAfter(afterSecond);
    await decideManually(kit.db, { kind: 'pin', model_file_name: first, ...account }, kit.announce);
    expect(await live()).toBe(first);
    await kit.correct(notes(2, 50));
    const refused = await kit.train();
    expect(refused).toMatchObject({ promoted: false, report: { rule: 'pinned' } });
    expect(refused?.reason).toContain('is pinned by ann (it was wrong on Monday). Without the pin: ');
    await expect(decideManually(kit.db, { kind: 'rollback', ...account }, kit.announce)).rejects.toThrow(
      'unpin it first',
    );
    await decideManually(kit.db, { kind: 'unpin', ...account }, kit.announce);
    await decideManually(kit.db, { kind: 'promotion', model_file_name: second, ...account }, kit.announce);
    expect(await live()).toBe(second);
  });

  it('lets a model go that is held in its place and cannot answer any more, and says why', async () => {
    const [first] = await beginAfter(afterSecond);
    await decideManually(kit.db, { kind: 'pin', model_file_name: first, ...account }, kit.announce);
    await kit.correct(notes(2, 50));
    const find = kit.store.find.bind(kit.store);
    const withoutFirst: typeof find = async (name, ...rest) =>
      name === first ? undefined : find(name, ...rest);
    jest.spyOn(kit.store, 'find').mockImplementation(withoutFirst);
    const next = await kit.train();
    expect(next).toMatchObject({ promoted: true, parent: null });
    expect(next?.reason).toMatch(
      new RegExp(`The model ${first}, pinned by ann .+, cannot answer any more: Its file is gone\\.$`),
    );
    expect(await live()).toBe(next?.model_file_name);
  });

  it('is taken at once while a training is under way, which then begins again', async () => {
    const [, second] = await beginAfter(afterSecond);
    await kit.correct(notes(2, 50));
    const save = kit.store.save.bind(kit.store);
    jest.spyOn(kit.store, 'save').mockImplementationOnce(async (...file) => {
      await decideManually(kit.db, { kind: 'pin', ...account }, kit.announce);
      return save(...file);
    });
    expect(await kit.train()).toMatchObject({ promoted: false, parent: second, report: { rule: 'pinned' } });
    const kinds = (await kit.db.decisions.newest(3)).map(({ kind }) => kind);
    expect(kinds).toEqual(['training', 'pin', 'training']);
  });

  it('is made once, also when it is sent again, if it says which model it is about', async () => {
    const [first, second] = await beginAfter(afterSecond);
    const request = { kind: 'rollback', instead_of: second, ...account } as const;
    await decideManually(kit.db, request, kit.announce);
    await expect(decideManually(kit.db, request, kit.announce)).rejects.toThrow(
      `The model ${second} does not answer now, but ${first}.`,
    );
  });

  it('is not announced when it cannot be recorded', async () => {
    const [, second] = await beginAfter(afterSecond);
    const announce = jest.fn();
    for (const unstorable of [{ by: 'ann\u0000' }, { why: 'wrong\u0000' }]) {
      const request = { kind: 'rollback', ...account, ...unstorable } as const;
      const error = await failureOf(decideManually(kit.db, request, announce));
      expect(describeError(error)).toContain('PostgreSQL refuses a value');
    }
    expect(announce).not.toHaveBeenCalled();
    expect(await live()).toBe(second);
  });

  it.each([
    [
      'the next decision',
      async () => void (await decideManually(kit.db, { kind: 'pin', ...account }, kit.announce)),
    ],
    ['the next training', async () => void (await kit.train())],
  ])('is announced by %s when its own announcement failed', async (_what, decideNext) => {
    const [first, second] = await beginAfter(afterSecond);
    const failing = () => Promise.reject(new Error('Pub/Sub is away.'));
    const request = { kind: 'rollback', ...account } as const;
    await expect(decideManually(kit.db, request, failing)).rejects.toThrow(
      /^The rollback is recorded, but not announced yet: the next decision or training announces it/,
    );
    const [recorded] = await kit.db.decisions.newest(1);
    const announce = jest.spyOn(kit, 'announce');
    await decideNext();
    expect(announce.mock.calls[0]).toMatchObject([
      {
        model_file_name: first,
        promoted: true,
        created: new Date(recorded?.created ?? 0).toISOString(),
        decision: { kind: 'rollback', by: 'ann', why: account.why, replaces: second },
      },
    ]);
    const kinds = (await kit.db.decisions.newest(10)).map(({ kind }) => kind);
    expect(kinds.filter(kind => kind === 'rollback')).toHaveLength(1);
  });

  it.each([
    [
      { kind: 'promotion', model_file_name: 'nobody.json' },
      'NotFoundError',
      /^There is no model nobody.json\.$/,
    ],
    [{ kind: 'unpin' }, 'ConflictError', /^No model is pinned\.$/],
    [{ kind: 'rollback' }, 'ConflictError', /^No model answered before model-/],
    [
      { kind: 'pin', instead_of: 'nobody.json' },
      'ConflictError',
      /^The model nobody.json does not answer now/,
    ],
  ] as const)('is refused where it makes no sense: %j', async (request, name, reason) => {
    await beginAfter(afterFirst);
    const error = await failureOf(decideManually(kit.db, { ...request, ...account }, kit.announce));
    expect(error).toMatchObject({ name, message: expect.stringMatching(reason) });
  });

  it('lets the first model answer that the gate refused', async () => {
    kit = await openTrainingKit();
    const refused = await kit.train({ GATE_MIN_ROWS: '1000' });
    expect(refused).toMatchObject({ promoted: false });
    await expect(decideManually(kit.db, { kind: 'pin', ...account }, kit.announce)).rejects.toThrow(
      'No model answers yet',
    );
    const model_file_name = refused?.model_file_name ?? '';
    await decideManually(kit.db, { kind: 'promotion', model_file_name, ...account }, kit.announce);
    expect(await live()).toBe(model_file_name);
  });

  it('does not promote a training that ended without a model', async () => {
    await beginAfter(afterFirst);
    await kit.asOwner('delete from training where class = 1');
    const refused = await kit.train();
    expect(refused).toMatchObject({ promoted: false, report: { rule: 'too-few-rows' } });
    const request = {
      kind: 'promotion',
      model_file_name: refused?.model_file_name ?? '',
      ...account,
    } as const;
    await expect(decideManually(kit.db, request, kit.announce)).rejects.toThrow('ended without a model');
  });
});

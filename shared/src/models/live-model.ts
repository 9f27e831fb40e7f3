import { describe, PermanentError, TransientError } from '../base/errors.ts';
import type { Logger } from '../base/log.ts';
import { atMost } from '../base/timing.ts';
import type { ModelFacts } from '../classifier/model-file.ts';
import type { Classifier } from '../learning/model.ts';

export interface LiveModel extends Classifier {
  readonly fileName: string;
  /** Rows of its training, for explanations; earlier models know none. */
  readonly background?: ModelFacts['background'];
}

export interface TrainedModel extends Classifier {
  readonly facts: {
    /** When it was trained. */
    readonly created: string;
    readonly background?: ModelFacts['background'];
  };
}

/** What the live model is made from; apart from each other, so that a test can give its own. */
export interface ModelSource {
  /** The name of the model that should answer now, or nothing if there is none yet. */
  latestName(): Promise<string | undefined>;
  /** The name of a model that could be loaded, if another program may have put something else into the place of it. */
  lastGoodName(): Promise<string | undefined>;
  /** Downloads, checks and warms up a model. A PermanentError means that the file itself is no good. */
  load(fileName: string): Promise<TrainedModel>;
}

const checkEveryMs = 1_000;
const trustForMs = 2_000;
/** A message waits for news of the model no longer than this; the last good model answers it then. */
const maxWaitMs = 1_000;
const maxBackOffMs = 30_000;

/**
 * Keeps the model that answers. It is looked up aside from the messages, once a second, and swapped only when the new
 * one has been loaded, checked and warmed up; until then, and if that fails, the last good one answers.
 */
export class LiveModelKeeper {
  readonly #source: ModelSource;
  readonly #log: Logger;
  #live: LiveModel | undefined;
  #trainedAt: Date | undefined;
  #checking: Promise<void> | undefined;
  #checkedAt = 0;
  #failures = 0;
  #refused: string | undefined;
  readonly #timer: NodeJS.Timeout;

  constructor(source: ModelSource, log: Logger) {
    this.#source = source;
    this.#log = log;
    this.#timer = setInterval(() => this.#checkIfDue(checkEveryMs), checkEveryMs).unref();
  }

  async current(): Promise<LiveModel> {
    if (!this.#live) await this.#check();
    // The timer stands still while the platform gives an idle instance no processor: then the message itself asks.
    else await atMost(maxWaitMs, this.#checkIfDue(trustForMs));
    if (!this.#live) {
      const forCaller = 'No model answers yet: /jobs tells what became of the trainings.';
      throw new TransientError('There is no model yet.', { forCaller });
    }
    return this.#live;
  }

  /** How long ago the model that answers was trained. */
  get secondsSinceTraining(): number | undefined {
    return this.#trainedAt && Math.round((Date.now() - this.#trainedAt.getTime()) / 1000);
  }

  /** Settles when nothing is being fetched any more. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#checking?.catch(() => undefined);
  }

  #checkIfDue(age: number): Promise<void> | undefined {
    const backOff = this.#failures === 0 ? 0 : Math.min(checkEveryMs * 2 ** this.#failures, maxBackOffMs);
    if (Date.now() - this.#checkedAt < Math.max(age, backOff)) return undefined;
    return this.#check().catch(error => {
      this.#log.warn(
        { reason: describe(error), live: this.#live?.fileName },
        'the newest model could not be taken into use',
      );
    });
  }

  /** One check at a time: whoever asks meanwhile shares its outcome. */
  #check(): Promise<void> {
    this.#checking ??= this.#takeNewest()
      .then(
        () => {
          this.#failures = 0;
        },
        error => {
          this.#failures += 1;
          throw error;
        },
      )
      .finally(() => {
        this.#checkedAt = Date.now();
        this.#checking = undefined;
      });
    return this.#checking;
  }

  async #take(fileName: string): Promise<void> {
    const { facts, ...classifier } = await this.#source.load(fileName);
    this.#log.info({ model: fileName, before: this.#live?.fileName }, 'a new model answers');
    this.#live = { fileName, ...classifier, background: facts.background };
    this.#trainedAt = new Date(facts.created);
  }

  /** Who starts while the newest cannot be loaded answers by the one before, as those do who were there already. */
  async #takeLastGood(newest: string): Promise<void> {
    try {
      const fileName = await this.#source.lastGoodName();
      if (fileName && fileName !== newest) await this.#take(fileName);
    } catch (error) {
      this.#log.warn({ reason: describe(error) }, 'nor could the last good model be taken into use');
    }
  }

  async #takeNewest(): Promise<void> {
    const fileName = await this.#source.latestName();
    if (!fileName || fileName === this.#live?.fileName || fileName === this.#refused) return;
    try {
      await this.#take(fileName);
    } catch (error) {
      if (!this.#live) await this.#takeLastGood(fileName);
      if (!(error instanceof PermanentError)) throw error;
      // Said once, and not tried again: a file never changes. The last good model stays.
      this.#refused = fileName;
      this.#log.error(
        { model: fileName, reason: error.message, live: this.#live?.fileName },
        'a model file was refused',
      );
    }
  }
}

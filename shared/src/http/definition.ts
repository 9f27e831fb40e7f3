import type { Logger } from '../base/log.ts';
import type { Topic } from '../contract/topics.ts';
import type { DataSet } from '../data-set/declaration.ts';
import {
  type Clients,
  type Definition,
  defaultNeeds,
  type EventFunction,
  type Reads,
  type SettingsOf,
  type Uses,
  type WrittenDefinition,
} from '../function/definition.ts';
import { replyRules } from '../resources/rules.ts';
import type { Gauge } from '../telemetry/prometheus.ts';
import { access } from './access/resource.ts';
import type { AuditSink } from './audit-buffer.ts';
import type { Request, Route } from './route.ts';

/** A function that people and programs call over HTTP. */
export interface HttpFunction<
  Used extends Uses = Uses,
  Published extends Topic<unknown> = Topic<unknown>,
  Read extends Reads = Reads,
> extends Definition<Used, Published, Read> {
  readonly kind: 'http';
  /** Access control is part of every HTTP function, and so are the settings and rights that it needs. */
  readonly uses: Used & { readonly access: typeof access };
  readonly settings: Read & { readonly replies: typeof replyRules };
  /** What they take and answer follows from the declaration of the data set. */
  routes(dataSet: DataSet): readonly Route<Clients<Used> & SettingsOf<Read> & Request<Published>>[];
  /** Throws while the function could not answer. */
  ready?(clients: Clients<Used>): Promise<void>;
  /** Where it is written down who was refused, and who saw what is others'. */
  audit?(clients: Clients<Used>): AuditSink;
  /** What there is to measure beside the requests. */
  gauges?(context: Clients<Used> & { readonly log: Logger }): Promise<readonly Gauge[]>;
}

export type AnyFunction = EventFunction | HttpFunction;

/** Defines a function that is called over HTTP: plain data, as with `defineFunction`. */
export function defineHttp<
  Used extends Uses = Record<never, never>,
  Published extends Topic<unknown> = never,
  Read extends Reads = Record<never, never>,
>(
  definition: Omit<
    WrittenDefinition<HttpFunction<Used, Published, Read>, 'publishes'>,
    'uses' | 'settings'
  > & {
    readonly uses?: Used;
    readonly settings?: Read;
  },
): HttpFunction<Used, Published, Read> {
  const used = definition.uses ?? ({} as Used);
  const read = definition.settings ?? ({} as Read);
  return {
    publishes: [],
    optionalPackages: [],
    ...definition,
    uses: { ...used, access },
    settings: { ...read, replies: replyRules },
    needs: { ...defaultNeeds, ...definition.needs },
    kind: 'http',
  };
}

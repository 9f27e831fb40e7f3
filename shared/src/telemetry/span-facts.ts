import type { Facts } from '../function/definition.ts';

/** What a piece of work found out, as attributes of its span: the same facts as on its log line. */
export function spanFacts(correlationId: string | undefined, facts: Facts): Facts {
  const own = Object.entries(facts).map(([name, value]) => [`banknote.${name}`, value]);
  return { 'messaging.message.conversation_id': correlationId, ...Object.fromEntries(own) };
}

import { answerHelp, quoteForShell, timeOrderedUuid } from '@banknote-loop/shared/base';
import { topics } from '@banknote-loop/shared/contract';
import { type DataSet, exampleRow } from '@banknote-loop/shared/data-set';
import { publishByHand } from '@banknote-loop/shared/function';
import { fitMessage } from '@banknote-loop/shared/pubsub';
import { words } from './meant-loop.ts';
import { runTool } from './tool.ts';

const usage = `npm run publish -- TOPIC 'JSON'    publishes one message, after checking it, and prints its id
  topics: ${Object.keys(topics).join(', ')}; where "batch_id" is left out, a new one is made`;

/** One that can be typed as it stands here. */
function exampleOf(dataSet: DataSet): string {
  const request = { subjects: [`${dataSet.item} 1`], features: [exampleRow(dataSet)] };
  return `  for example: npm run publish -- request ${quoteForShell(JSON.stringify(request))}`;
}

answerHelp(usage);
const [name = '', json = ''] = words;

await runTool({}, async (_clients, instance) => {
  const topic = Object.values(topics).find(one => one.name === name);
  if (!topic || !json) throw new Error(`${usage}\n${exampleOf(instance.dataSet)}`);
  const message = { batch_id: timeOrderedUuid(), ...parse(json) };
  fitMessage<unknown>(message, topic.schema(instance.dataSet));
  console.log(`message ${await publishByHand(instance, topic, message)}: ${JSON.stringify(message)}`);
});

function parse(text: string): object {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`This is not JSON: ${text}`);
  }
}

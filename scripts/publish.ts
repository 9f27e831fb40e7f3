import { timeOrderedUuid } from '@banknote-loop/shared/base';
import { topics } from '@banknote-loop/shared/contract';
import { fitMessage } from '@banknote-loop/shared/pubsub';
import { runTool, words } from './tool.ts';

const usage = `npm run publish -- TOPIC 'JSON'    publishes one message, after checking it, and prints its id
  topics: ${Object.keys(topics).join(', ')}; where "batch_id" is left out, a new one is made`;

const [name = '', json = ''] = words;

await runTool({}, async (_clients, instance) => {
  const topic = Object.values(topics).find(one => one.name === name);
  if (!topic || !json) throw new Error(usage);
  const data = Buffer.from(JSON.stringify({ batch_id: timeOrderedUuid(), ...parse(json) }));
  fitMessage<unknown>(JSON.parse(data.toString()), topic.schema(instance.dataSet));
  const publisher = await instance.publisher();
  console.log(`message ${await publisher.send(topic.name, data, {})}: ${data.toString()}`);
});

function parse(text: string): object {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`This is not JSON: ${text}`);
  }
}

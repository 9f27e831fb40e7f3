import { administrationContract } from './contract/administration.ts';
import { contractKit, type Target } from './contract/kit.ts';
import { promisesContract } from './contract/promises.ts';
import { pullingContract } from './contract/pulling.ts';
import { pushingContract } from './contract/pushing.ts';
import { refusalsContract } from './contract/refusals.ts';
import { restContract } from './contract/rest.ts';
import { schemasContract } from './contract/schemas.ts';
import { seekingContract } from './contract/seeking.ts';
import { streamingContract } from './contract/streaming.ts';
import { startPubSub } from './server.ts';
import { findGoogleEmulator, startGoogleEmulator } from './testing/google-emulator.ts';

const launcher = findGoogleEmulator();
const targets: Target[] = [{ name: 'our Pub/Sub', start: () => startPubSub(), lacks: {} }];
if (launcher === undefined) {
  it.skip("Google's Pub/Sub emulator, because gcloud with its pubsub-emulator component is not installed", () => {});
} else {
  targets.push({
    name: "Google's Pub/Sub emulator",
    start: () => startGoogleEmulator(launcher),
    lacks: {
      'refuses the options that it does not honour': 'it takes them',
      'answers UNIMPLEMENTED for what it does not offer': 'it offers revisions of schemas',
      'keeps to the limits on messages': 'it takes more',
      'refuses a request of more than 10 MB': 'it takes more',
      'keeps within the flow control of the subscriber': 'it sends more than the subscriber allows',
      'refuses to be pulled from while it pushes': 'it lets a pull wait',
      'waits for the back-off of the retry policy': 'it delivers again at once',
      'pushes CloudEvents as Eventarc does': 'it pushes in the plain form only',
      'pushes the ordering key': 'its pushes leave it out',
      'tells the attempt and gives up into the dead-letter topic': 'it does not dead-letter what is pulled',
      'say that they are active': 'it does not',
      'get a name where they are given none': 'it wants one',
      'expire after the time that is asked for, or never': 'it does not change it',
      'snapshots are got, listed, changed and deleted': 'it loses their labels',
      'a topic that keeps messages gives them to subscriptions that come later': 'it keeps none',
      'a detached subscription has nothing and gets nothing': 'it cannot detach',
      'are delivered in order, and again in order from the one that was refused': 'it goes on after it',
      'let through what matches, and nothing else': 'it takes filters and honours none',
      'are refused when they are malformed, or changed later': 'it takes filters and honours none',
      'refuses fields that it does not know, and methods': 'it takes them',
      'backs off from a failing push endpoint, then dead-letters': 'its pushes do not tell the attempt',
    },
  });
}

describe.each(targets)('$name', target => {
  const kit = contractKit(target);
  administrationContract(kit);
  refusalsContract(kit);
  pullingContract(kit);
  streamingContract(kit);
  pushingContract(kit);
  seekingContract(kit);
  schemasContract(kit);
  promisesContract(kit);
  restContract(kit);
});

import { styleText } from 'node:util';

// `npm run help`: every command of this repository, by what somebody wants.

/** Each command as it is typed, and what it does; a test holds the list to package.json. */
export const topics: Readonly<Record<string, readonly (readonly [string, string])[]>> = {
  'Run it on this machine': [
    ['npm start', 'the whole loop, with page and APIs on http://127.0.0.1:8080 (-- --help says more)'],
    ['npm run tour', 'goes once around a running loop, and says what happens where'],
    ['npm run doctor', 'whether everything that the loop needs is there, and what to do about it'],
    ['npm run publish', 'publishes a message, as another program would'],
  ],
  'Other tables': [
    ['npm run data-set', 'declarations: infer one from a CSV file, check, compare, and migrate to them'],
  ],
  'Models and messages': [
    ['npm run models', 'lists, trains, promotes, rolls back, pins, imports and exports models'],
    ['npm run dead-letters', 'messages that could not be processed: list, show, replay, drop'],
  ],
  'Data that has its time': [
    ['npm run keep', 'takes out what has been kept for as long as the settings say (KEEP_UNRATED_DAYS …)'],
  ],
  'Personal data': [['npm run people', 'all that is kept of a person: export it, or forget the person']],
  'Database and cache': [
    ['npm run migrate', 'brings the tables up to the code; -- --from old takes over those of the demo'],
    ['npm run set-up-database', 'makes the tables and the user of the functions on a server of yours'],
    ['npm run rebuild-cache', 'makes Redis what Postgres says, and proves the two equal'],
  ],
  'In the cloud': [
    [
      'npm run deploy',
      'builds and deploys (-- --dry-run shows each command); check, cost, rollback, down, run',
    ],
  ],
  'Work on the code': [
    ['npm test', 'runs everything that there is to test'],
    ['npm run check', 'format, lint, types, unused code, borders'],
    ['npm run build', 'the artefacts that are deployed, in dist/functions'],
    ['npm run bench', 'measures; -- --only serving and others measure a part'],
    ['npm run stress', 'loads a running loop, and says what people would feel'],
    ['npm run faults', 'breaks services under load, and audits what is left'],
    ['npm run fuzz', 'hostile requests and messages'],
    ['npm run restore-drill', 'loses a database in two ways, and gets it back from a backup and the log'],
    ['npm run screenshots', 'takes the pictures of the docs anew'],
    [
      'npm run page-speed',
      'measures how soon the page can be used on a slow phone, and how fast its map moves',
    ],
    ['npm run model-card', 'writes the figures of docs/model.md anew'],
    ['npm run staleness', 'replays a month and says how much worse models of 1, 7 and 30 days ago are'],
    ['npm run gate-curve', 'simulates how often the judge is right, and draws the chart'],
    ['npm run help', 'this list'],
  ],
};

if (process.argv[1]?.endsWith('help.ts')) {
  for (const [topic, commands] of Object.entries(topics)) {
    console.log(`\n${styleText('bold', topic)}`);
    for (const [command, what] of commands) console.log(`  ${command.padEnd(26)} ${what}`);
  }
}

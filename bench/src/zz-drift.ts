import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gaussian } from '@banknote-loop/shared/learning';
import { drift, operatingCurve } from '@banknote-loop/testing/gate-world';

// `npm run gate-curve`: how probably the gate promotes a model that is so much better or worse, in a world where that is
// known. Prints the tables of docs/model.md and draws its chart.

const differences = [0.01, 0.005, 0, -0.0025, -0.005, -0.0075, -0.01, -0.015, -0.02, -0.05];
const trainings = [1, 100, 1_000];
const studies = [
  { title: '1,348 rows', rows: 1_348, worlds: 6 },
  { title: '1,348 rows, models less alike (2 % of answers differ)', rows: 1_348, worlds: 6, likeness: 0.8 },
  { title: '10,000 rows', rows: 10_000, worlds: 2 },
];

export const points = (share: number): string => `${share > 0 ? '+' : ''}${100 * share}`;

for (const [n, step] of Object.entries({ walk: (c: number, r: () => number) => c + 0.002 * gaussian(r), less: (c: number) => c - 0.002 })) { const ch = drift({ rows: 1_348, worlds: 4, labelNoise: 0.1 }, 1_000, step); console.log(n, ch.map(x => (100 * x).toFixed(2)).join(' ')); }

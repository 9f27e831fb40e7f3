import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readCommandLine } from '@banknote-loop/shared/base';
import { gaussian } from '@banknote-loop/shared/learning';
import { drift, operatingCurve } from '@banknote-loop/testing/gate-world';

// How probably the gate promotes a model that is so much better or worse, in a world where that is
// known. Prints the tables of docs/model.md and draws its chart.

readCommandLine(
  'npm run gate-curve         simulates how often the gate is right, prints the tables and draws the chart',
  {},
);

const differences = [0.01, 0.005, 0, -0.0025, -0.005, -0.0075, -0.01, -0.015, -0.02, -0.05];
const worlds = 24;
/** No world of the tests, and none by which margins were chosen. */
const seed = 500_000;
const studies = [
  { title: '1,348 rows', rows: 1_348, worlds, seed },
  {
    title: '1,348 rows, models less alike (2 % of answers differ)',
    rows: 1_348,
    worlds,
    seed,
    likeness: 0.8,
  },
  { title: '1,348 rows, models not alike at all (4 %)', rows: 1_348, worlds, seed, likeness: 0 },
  { title: '10,000 rows', rows: 10_000, worlds, seed, trainings: [1, 100] },
];

const points = (share: number): string => `${share > 0 ? '+' : ''}${100 * share}`;
const curves = studies.map(study => {
  const { trainings = [1, 100, 1_000] } = study;
  return { ...study, trainings, curve: operatingCurve(study, differences, trainings, 12) };
});
for (const { title, trainings, curve } of curves) {
  console.log(
    `\n| ${title} | ${differences.map(points).join(' | ')} |\n| --- |${' ---: |'.repeat(differences.length)}`,
  );
  curve.forEach((shares, line) => {
    console.log(
      `| after ${trainings[line]} | ${shares.map(share => (100 * share).toFixed(0)).join(' | ')} |`,
    );
  });
}

console.log(
  '\n| 1,000 trainings, each as good as | true accuracy at the end, in points beside the first: mean | worst | below -0.5, of 24 worlds |\n| --- | ---: | ---: | ---: |',
);
const steps = {
  'the first, give or take 0.3 points': (_: number, random: () => number) => 0.98 + 0.003 * gaussian(random),
  'the champion, give or take 0.2 points': (champion: number, random: () => number) =>
    champion + 0.002 * gaussian(random),
  'the champion less 0.2 points': (champion: number) => champion - 0.002,
};
for (const labelNoise of [0, 0.1]) {
  for (const [name, step] of Object.entries(steps)) {
    const changes = drift({ rows: 1_348, worlds, seed: seed + 1_000, labelNoise }, 1_000, step);
    const mean = changes.reduce((sum, change) => sum + change, 0) / changes.length;
    const noise = labelNoise > 0 ? `, ${100 * labelNoise} % of labels wrong` : '';
    console.log(
      `| ${name}${noise} | ${(100 * mean).toFixed(2)} | ${(100 * Math.min(...changes)).toFixed(2)} | ${changes.filter(change => change < -0.005 - 1e-9).length} |`,
    );
  }
}

const file = join(import.meta.dirname, '../../docs/images/gate.svg');
writeFileSync(file, draw());
console.log(`\nThe chart is in ${file}.`);

/** The share promoted over the true difference, one line for each study, after the most trainings. */
function draw(): string {
  const [width, height, left, bottom] = [640, 320, 50, 260];
  const shown = differences.filter(difference => difference >= -0.02).sort((a, b) => a - b);
  const x = (difference: number): number => left + ((difference + 0.02) / 0.03) * (width - left - 20);
  const y = (share: number): number => bottom - share * 220;
  const colours = ['#0b6e4f', '#c0392b', '#8e5a00', '#1f4e8c'];
  const lines = curves.map(({ title, curve }, index) => {
    const shares = curve.at(-1) ?? [];
    const path = shown.map(
      one => `${x(one).toFixed(1)},${y(shares[differences.indexOf(one)] ?? 0).toFixed(1)}`,
    );
    return `<polyline points="${path.join(' ')}" fill="none" stroke="${colours[index]}" stroke-width="2"/>
<text x="${left + 10}" y="${60 + 18 * index}" fill="${colours[index]}">${title}</text>`;
  });
  const ticks = shown.map(
    one => `<text x="${x(one)}" y="${bottom + 18}" text-anchor="middle">${points(one)}</text>`,
  );
  const marks = [0, 0.5, 0.8, 1].map(
    share => `<line x1="${left}" x2="${width - 20}" y1="${y(share)}" y2="${y(share)}" stroke="#ccc"/>
<text x="${left - 8}" y="${y(share) + 4}" text-anchor="end">${100 * share} %</text>`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12">
<title>How probably a model is promoted, by how much better or worse than the champion it truly is</title>
<rect width="${width}" height="${height}" fill="#fff"/>
${[...marks, ...ticks, ...lines].join('\n')}
<text x="${width / 2}" y="${height - 12}" text-anchor="middle">truly better or worse by so many points, after 1,000 trainings (100 with 10,000 rows)</text>
</svg>
`;
}

import { compare, readAnswers } from './comparison.ts';
import { Evaluation, type JudgedRows } from './evaluation.ts';
import { refuseBelowFloor, refuseBrokenScores, refuseRows } from './floors.ts';
import {
  defaultGateSettings,
  type GateDecision,
  type GateInput,
  type GateSettings,
  promote,
} from './input.ts';
import { itemsOf } from './words.ts';

/**
 * Decides whether the challenger may answer from now on, and says why. Whatever it is given, it never throws, and it
 * depends on nothing else, not even on the order of the rows.
 *
 * - Floors, on the hold-out: what every model must reach.
 * - Not worse than the champion, in hits and in log loss, on all trusted rows, but for a margin that is as wide as chance.
 * - Nor worse than the best model that was ever proved to be so: or else many losses within the margin would add up.
 * - Not worse beyond doubt on the hold-out alone, in any segment, or on the rows of people: each has a veto.
 */
export function decide(input: GateInput): GateDecision {
  const broken = refuseBrokenScores(input);
  if (broken) return broken;
  const settings = { ...defaultGateSettings, ...input.settings };
  const sides = pickSides(input, settings);
  const challenger = readAnswers(input.challenger, input.truth, input.classes.length);
  if (!input.champion) return decideAlone(input, settings, sides);
  const champion = readAnswers(input.champion, input.truth, input.classes.length);
  const anchor = input.anchor && readAnswers(input.anchor, input.truth, input.classes.length);
  return new Evaluation({ input, settings, sides, challenger, champion, anchor }).decide();
}

/** While the data set's own hold-out rows are too few, people's count along with them. */
function pickSides(
  { truth, byPeople = [], outOfFold = [] }: GateInput,
  { minimumRows }: GateSettings,
): JudgedRows {
  const all = Uint32Array.from({ length: truth.length }, (_, row) => row);
  const holdOut = all.filter(row => byPeople[row] !== 1 && outOfFold[row] !== 1);
  const people = all.filter(row => byPeople[row] === 1);
  if (holdOut.length >= minimumRows)
    return { trusted: all.filter(row => byPeople[row] !== 1), holdOut, people };
  return { trusted: all, holdOut: all.filter(row => outOfFold[row] !== 1), people: people.subarray(0, 0) };
}

function decideAlone(input: GateInput, settings: GateSettings, { holdOut }: JudgedRows): GateDecision {
  const { challenger } = compare(input, holdOut, undefined);
  const floor = refuseRows(challenger, input, settings) ?? refuseBelowFloor(challenger, input, settings);
  if (floor) return { ...floor, challenger };
  const { correct, rows } = challenger;
  const reason = `The first model: it got ${correct} of ${rows} hold-out ${itemsOf(input.item)} right.`;
  return { ...promote('first-model', reason), challenger, provedBest: true };
}

// What items look like: a class has a shape beside its colour, and what people said of an answer a frame around that.

/** Shapes of seven by seven, one for each class; from the eighth on they come again, in other colours. */
const shapes = [
  '.......|..###..|.#####.|.#####.|.#####.|..###..|.......',
  '.......|.#####.|.#####.|.#####.|.#####.|.#####.|.......',
  '.......|...#...|..###..|..###..|.#####.|#######|.......',
  '...#...|..###..|.#####.|#######|.#####.|..###..|...#...',
  '.......|#######|.#####.|..###..|..###..|...#...|.......',
  '...#...|...#...|#######|.#####.|..###..|.##.##.|.#...#.',
  '..##...|.###...|####...|####...|####...|.###...|..##...',
];

/** Frames of eleven by eleven; a known item and an answer that nobody has rated have none. */
const frames = {
  confirmed:
    '...........|...........|...........|...........|...........|...........|...........|...........|...........|...........|.#########.',
  corrected:
    '.#########.|#.........#|#.........#|#.........#|#.........#|#.........#|#.........#|#.........#|#.........#|#.........#|.#########.',
  suspicious:
    '.##.###.##.|#.........#|...........|#.........#|#.........#|...........|#.........#|#.........#|...........|#.........#|.##.###.##.',
  'set aside':
    '##.......##|###.....###|.##.....##.|...........|...........|...........|...........|...........|.##.....##.|###.....###|##.......##',
} as const;

/** Where the pixels of a picture are, from its middle: x and y of one after another. */
export type Stamp = Int8Array;

function stampOf(picture: string): Stamp {
  const lines = picture.split('|');
  const middle = (lines.length - 1) / 2;
  return Int8Array.from(
    lines.flatMap((line, y) =>
      [...line].flatMap((sign, x) => (sign === '#' ? [x - middle, y - middle] : [])),
    ),
  );
}

const shapeStamps = shapes.map(stampOf);
/** A known item is drawn small: there are many of them, and they only say where things lie. */
const smallStamps = shapes.map(shape => halved(stampOf(shape)));

export function stampFor(label: number, isKnown: boolean): Stamp {
  const stamps = isKnown ? smallStamps : shapeStamps;
  return stamps[label % stamps.length] ?? new Int8Array();
}

export const frameStamps: Readonly<Record<keyof typeof frames, Stamp>> = {
  confirmed: stampOf(frames.confirmed),
  corrected: stampOf(frames.corrected),
  suspicious: stampOf(frames.suspicious),
  'set aside': stampOf(frames['set aside']),
};

function halved(stamp: Stamp): Stamp {
  const places = new Map<string, readonly [number, number]>();
  for (let at = 0; at < stamp.length; at += 2) {
    const [x, y] = [Math.trunc((stamp[at] ?? 0) / 2), Math.trunc((stamp[at + 1] ?? 0) / 2)];
    places.set(`${x} ${y}`, [x, y]);
  }
  return Int8Array.from([...places.values()].flat());
}
